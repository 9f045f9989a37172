import Feeds
import StateCoding

extension FallFit {
    func write(to writer: inout StateWriter) {
        for value in [acceleration, descending, duration, drop] { writer.float(value) }
        writer.integer(points)
        writer.truth(falls)
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init(
            acceleration: try reader.float(), descending: try reader.float(), duration: try reader.float(),
            drop: try reader.float(), points: try reader.integer32(), falls: try reader.truth())
    }
}

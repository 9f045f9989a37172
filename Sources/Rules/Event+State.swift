import Feeds
import SiteConfiguration
import StateCoding
import Windowing

extension Trace {
    func write(to writer: inout StateWriter) {
        writer.instant(at)
        writer.integer(topic)
        writer.integer(device)
        writer.byte(kind.rawValue)
        writer.byte((isInward ? 1 : 0) | (isOutward ? 2 : 0))
    }

    init(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        at = try reader.instant()
        topic = numbers.topic(try reader.integer32())
        device = numbers.deviceKept(try reader.integer32())
        guard let kind = ObservationKind(rawValue: try reader.byte()) else {
            throw reader.damaged("an observation's kind")
        }
        self.kind = kind
        let ways = try reader.byte()
        isInward = ways & 1 != 0
        isOutward = ways & 2 != 0
    }
}

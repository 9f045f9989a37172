import Community
import Feeds
import SiteConfiguration
import StateCoding
package import Timekeeping
package import Vocabulary
import Windowing

/// A record that an alert rests on, as a number until somebody wants to read it.
package struct Trace: Equatable, Sendable {
    package var at: Instant
    package var topic: Int32
    package var device: Int32
    package var kind: ObservationKind
    package var isInward: Bool
    package var isOutward: Bool

    package init(_ event: Event) {
        at = event.observation.time
        topic = event.topic
        device = event.device
        kind = event.observation.kind
        isInward = event.observation.marks.contains(.inward)
        isOutward = event.observation.marks.contains(.outward)
    }
}

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

extension StateReader {
    /// What was written as an array of traces.
    mutating func traces(_ numbers: inout Renumbering) throws(StateError) -> [Trace] {
        try array(ofSize: 12) { (reader) throws(StateError) in try Trace(from: &reader, &numbers) }
    }
}

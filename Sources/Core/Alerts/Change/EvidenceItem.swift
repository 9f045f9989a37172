import Diagnostics
import RecordLog
import SiteConfiguration
package import Timekeeping
package import Vocabulary

/// One record that an alert rests on, as people and programs read it.
package struct EvidenceItem: Equatable, Sendable {
    package var at: Instant
    package var topic: String
    package var device: String
    package var kind: ObservationKind

    package init(at: Instant, topic: String, device: String, kind: ObservationKind) {
        self.at = at
        self.topic = topic
        self.device = device
        self.kind = kind
    }
}

import Community
import Feeds
import SiteConfiguration
import Timekeeping

/// What stepping leaves: the caller owns and reuses it.
package struct RuleOutput: Sendable {
    package var findings: [Finding] = []
    package var actuations: [Actuation] = []

    package init() {}

    /// Puts what was found into the configuration's order of the rules; what one rule found keeps its own.
    package mutating func sort() {
        let places = findings.indices.sorted { (findings[$0].rule, $0) < (findings[$1].rule, $1) }
        findings = places.map { findings[$0] }
    }

    /// Empties both, keeping the room they have.
    package mutating func removeAll() {
        findings.removeAll(keepingCapacity: true)
        actuations.removeAll(keepingCapacity: true)
    }
}

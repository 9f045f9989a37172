import Community
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Windowing

/// What became of a snapshot's state.
package struct RestoreReport: Equatable, Sendable {
    /// New and changed rules that a warmed pipeline gave their state …
    package var warmedRules: [String] = []
    /// … and those that begin without, since there was none.
    package var coldRules: [String] = []
    /// Rules, homes and devices that were written and that nothing here goes by.
    package var droppedRules: [String] = []
    package var droppedHouseholds = 0
    package var droppedDevices = 0
    /// Homes that are watched now and were not then.
    package var newHouseholds = 0
}

extension RestoreReport {
    init(_ snapshot: Snapshot, _ numbers: Renumbering, _ pipeline: Pipeline) {
        let used = Set(pipeline.rules.compactMap { snapshot.rule(for: $0)?.name })
        coldRules = snapshot.changed(pipeline.rules, pipeline.fingerprints)
        droppedRules = snapshot.rules.map(\.name).filter { !used.contains($0) }
        droppedHouseholds = numbers.droppedHomes
        droppedDevices = numbers.droppedDevices
        newHouseholds = pipeline.context.registry.households.count - numbers.homes.count { $0 >= 0 }
    }
}

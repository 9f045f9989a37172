package import Timekeeping
package import Vocabulary

package struct EvidenceSettings: Equatable, Sendable {
    /// Not empty for `no_movement`.
    package var kinds: [ObservationKind]
    /// How many motions and presences within ``within`` corroborate each other; at least 1.
    package var count: Int
    package var within: Milliseconds

    package init(kinds: [ObservationKind], count: Int, within: Milliseconds) {
        self.kinds = kinds
        self.count = count
        self.within = within
    }
}

import Community
import Rules
import SiteConfiguration

/// What taking up a snapshot under today's configuration and registry needs.
package struct RestorePlan: Equatable, Sendable {
    package var header: SnapshotHeader
    /// Rules that are new, or whose settings changed what their state means.
    package var changedRules: [String] = []
    /// Homes that are watched now and were not then.
    package var newHouseholds = 0
    /// What heartbeats are learned from, and what a door shows, had another meaning: it is learned again.
    package var hasOldMeaning = false
    /// A pipeline that was run over the whole journal up to the snapshot's record knows what the snapshot does not.
    package var needsWarming = false
}

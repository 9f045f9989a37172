import Community
import Feeds
import SiteConfiguration
package import Timekeeping

/// A hand on a machine, for the live driver alone.
package struct Actuation: Equatable, Sendable {
    package var topic: String
    package var payload: String
    /// After this it is not done any more; a release has no such limit.
    package var freshUntil: Instant?
}

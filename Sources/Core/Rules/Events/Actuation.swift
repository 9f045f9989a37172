import Community
import Feeds
import SiteConfiguration
package import Timekeeping

/// What is published so that a machine acts (a lift is held, a door released); for the live driver alone.
package struct Actuation: Equatable, Sendable {
    package var topic: String
    package var payload: String
    /// After this it is not done any more; a release has no such limit.
    package var freshUntil: Instant?
}

import Alerts
import Diagnostics
import Feeds
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping

/// Something that came out of the pipeline.
struct Happening: Sendable {
    enum What: Sendable {
        case change(AlertChange, ChangeJSON)
        case action(topic: String, payload: String)
        case refused(code: String, detail: String)
    }

    /// By the engine's clock.
    var at: Instant
    var what: What
}

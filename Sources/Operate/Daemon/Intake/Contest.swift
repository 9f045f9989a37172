import Diagnostics
import MQTTIntake
import SiteConfiguration
import Timekeeping

/// Of which client another one takes the id away.
enum Contest {
    /// The publishing client, as a trouble's name; the intake's is the empty one.
    static let out = "out"
    private static let isOverAfter: Int64 = 300_000

    /// An id that was contested is ours again when its own connection has stood for a while.
    /// - Parameters: since when each of the two stands; nil where it does not.
    static func end(_ faults: BoxFaults, _ now: Int64, intakeSince: Int64?, outSince: Int64?) {
        if let intakeSince, now - intakeSince >= isOverAfter { faults.clear(.session) }
        if let outSince, now - outSince >= isOverAfter { faults.clear(.session, name: out) }
    }
}

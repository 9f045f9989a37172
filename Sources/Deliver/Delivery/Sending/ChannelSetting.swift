package import Channels
import Ledger
package import Timekeeping

/// A channel under its name in the config, and how hard it may be driven.
package struct ChannelSetting: Sendable {
    package var name: String
    package var channel: BuiltChannel
    /// Requests at once; of one (recipient, alert) never more than one.
    package var parallel: Int
    /// Deliveries in hand at once.
    package var batch: Int
    /// Our own limit, ahead of the platform's: attempts in a window, counted from the ledger.
    package var limit: SendLimit?
    /// Of those that go over HTTP.
    package var http = HTTPTerms()

    package struct SendLimit: Equatable, Sendable {
        package var count: Int
        package var window: Milliseconds

        package init(count: Int, window: Milliseconds) {
            self.count = count
            self.window = window
        }
    }

    /// With the defaults of its kind: a webhook 8 at once, a group robot one after the other and 18 a minute (the
    /// platform's limit is 20), MQTT 8 at once.
    package init(name: String, channel: BuiltChannel) {
        self.name = name
        self.channel = channel
        switch channel {
        case .webhook, .mqtt:
            parallel = 8
            batch = 256
        case .wecom:
            parallel = 1
            batch = 1
            limit = SendLimit(count: 18, window: .minutes(1))
        }
    }
}

package import Channels

/// A channel under its name in the configuration, with its secrets read, and how hard it may be driven.
package struct ReadyChannel: Sendable {
    package var name: String
    package var channel: any Channel
    package var pace: SendPace
    /// Of those that go over HTTP.
    package var http = HTTPTerms()

    /// With the pace of its kind.
    package init(name: String, channel: any Channel) {
        self.name = name
        self.channel = channel
        pace = channel.pace
    }
}

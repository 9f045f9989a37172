package import Timekeeping

/// A channel that is ready to send: how a message becomes a request, and what an answer means. A pure value: no clock,
/// no socket. It is made of its ``ChannelSettings``; the one shell around all channels is the target `Delivery`.
package protocol Channel: Sendable {
    /// How hard it may be driven.
    var pace: SendPace { get }
    /// The same message gives the same request, but for the mark of a repeat.
    func request(for message: ChannelMessage) -> ChannelRequest
    /// - Parameter now: for answers that name a moment (`Retry-After` as a date, "the next minute").
    func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome
    /// Takes this channel's secrets out of a text that came from outside. There is no default, so that whoever adds a
    /// kind thinks of its secrets.
    func withoutSecrets(_ text: String) -> String
}

extension Channel {
    /// Makes a text that came from outside fit for the ledger and the log: without this channel's secrets, without
    /// control characters, and only then cut, so that no half of a secret is left at the cut.
    package func scrubbed(_ text: String) -> String {
        String(withoutSecrets(ChatText.withoutControls(text)).prefix(300))
    }
}

package import Ledger
package import Timekeeping

/// What one kind of channel knows: how a delivery becomes a request, and what an answer means. A pure value: no clock,
/// no socket. One file a kind; the one shell around them all is ``OutboxSender``.
package protocol Channel: Sendable {
    /// The same delivery gives the same request, but for the mark of a repeat.
    func request(for delivery: Delivery) -> ChannelRequest
    /// - Parameter now: for answers that name a moment (`Retry-After` as a date, "the next minute").
    func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome
}

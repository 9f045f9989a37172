/// What came of a trial message over a channel.
package struct ChannelTest: Equatable, Sendable {
    package var isSent: Bool
    /// The platform's own answer, without secrets.
    package var answer: String

    package init(isSent: Bool, answer: String) {
        self.isSent = isSent
        self.answer = answer
    }
}

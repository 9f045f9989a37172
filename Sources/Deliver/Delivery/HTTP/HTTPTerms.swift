/// What is agreed with one channel of those that go over HTTP.
package struct HTTPTerms: Sendable {
    /// The authorities that it trusts; nil for the system's.
    package var authority: ChannelAuthority?
    /// From connecting to the answer's last byte; nil for the sender's own.
    package var total: Duration?

    package init(authority: ChannelAuthority? = nil, total: Duration? = nil) {
        self.authority = authority
        self.total = total
    }
}

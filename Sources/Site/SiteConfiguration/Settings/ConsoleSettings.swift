package import ConfigReading

package struct ConsoleSettings: Equatable, Sendable {
    /// On loopback, unless there is TLS or it is said to be open.
    package var listen: ListenAddress
    /// How the console is reached from outside; nil: messages have no links to it.
    package var publicURL: WebAddress?
    /// A file of tokens by their hashes, beside those of the ledger.
    package var tokens: SecretSource?
    /// `cert` and `key` alone.
    package var tls: TLSSettings?
    /// IP addresses of proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [String] = []

    package init(listen: ListenAddress, publicURL: WebAddress? = nil, tokens: SecretSource? = nil) {
        self.listen = listen
        self.publicURL = publicURL
        self.tokens = tokens
    }
}

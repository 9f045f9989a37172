package import ConfigReading

package struct ConsoleSettings: Equatable, Sendable {
    package var listen: ListenAddress
    /// Not acted on yet.
    package var publicURL: WebAddress?
    /// Not acted on yet.
    package var tokens: SecretSource?

    package init(listen: ListenAddress, publicURL: WebAddress? = nil, tokens: SecretSource? = nil) {
        self.listen = listen
        self.publicURL = publicURL
        self.tokens = tokens
    }
}

/// What the console answered.
package struct ConsoleAnswer: Equatable, Sendable {
    package var status: Int
    package var body: [UInt8]
    /// Seconds of `Retry-After`.
    package var retryAfter: Int?

    package init(status: Int, body: [UInt8], retryAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }

    /// Nil where it is no JSON.
    package var value: ConsoleValue? { ConsoleValue(body) }
}

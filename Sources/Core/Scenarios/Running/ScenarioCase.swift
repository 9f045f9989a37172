package import Timekeeping

/// One run over the site of its file.
package struct ScenarioCase: Sendable {
    package let name: String
    /// Of `case:`, from 1.
    package let line: Int
    package let start: Instant
    let steps: [Step]
    let expectations: [Expectation]
    /// Until then the clock goes on in quiet after the last step.
    let end: Instant

    /// What happens, in order; a clock that is set back is the only way for times to fall.
    struct Step: Sendable {
        enum Act: Sendable {
            case record(Sent)
            /// The pipeline is written as a snapshot and read again.
            case restart
            /// As `restart`, and nothing comes until the daemon's next `start`: no tick either.
            case down
        }

        var at: Instant
        var line: Int
        var act: Act
    }

    /// A record as the journal would hold it.
    struct Sent: Sendable {
        /// Of a system record the name alone, without `$shouwang/`.
        var topic: String
        var isOwn: Bool
        var payload: Payload
        var qos: UInt8 = 1
        var mid: UInt16 = 0
        var isRetained = false
    }
}

import Timekeeping

/// What must happen at an instant of the engine's clock.
struct Expectation: Sendable {
    enum What: Sendable {
        /// A change of an alert, by the names of the contract.
        case change(String, rule: String, fields: [Field])
        case publish(topic: String, payload: [UInt8])
        /// A record that is not taken; nil: for whatever reason.
        case refused(code: String?)
    }

    /// One key of the change's JSON and what must stand there.
    struct Field: Equatable, Sendable {
        enum Wanted: Equatable, Sendable {
            case absent
            case equal(String)
            case containing(String)
            /// Where the value is a time; otherwise the text is what is wanted.
            case time(Instant, text: String)
        }

        /// As it was written: `detail.count`.
        var name: String
        var wanted: Wanted

        /// The JSON pointer (RFC 6901) into the change.
        var pointer: String {
            let name = name == "message.zh" ? "message.zh-Hans" : name
            return name.split(separator: ".", omittingEmptySubsequences: false)
                .map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
        }
    }

    var at: Instant
    var line: Int
    /// As it was written, without comment.
    var text: String
    var what: What
}

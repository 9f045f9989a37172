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
        /// Of an own record the name alone, without `$shouwang/`.
        var topic: String
        var isOwn: Bool
        var payload: Payload
        var qos: UInt8 = 1
        var mid: UInt16 = 0
        var isRetained = false
    }
}

/// The bytes of a payload; where it names an alert, the id is known only when the case runs.
struct Payload: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case bytes([UInt8])
        /// The id, in quotes, of the alert that the rule raised last.
        case alert(rule: String)
    }

    var parts: [Part] = []

    /// Sixteen zeros stand for an alert that there is none of yet.
    func bytes(alerts: [String: String]) -> [UInt8] {
        parts.flatMap { part -> [UInt8] in
            switch part {
            case .bytes(let bytes): bytes
            case .alert(let rule): Array("\"\(alerts[rule] ?? "0000000000000000")\"".utf8)
            }
        }
    }

    mutating func append(_ text: String) {
        if case .bytes(let bytes) = parts.last {
            parts[parts.count - 1] = .bytes(bytes + Array(text.utf8))
        } else {
            parts.append(.bytes(Array(text.utf8)))
        }
    }

    mutating func append(_ other: Payload) {
        for part in other.parts {
            if case .bytes(let bytes) = part, case .bytes(let before) = parts.last {
                parts[parts.count - 1] = .bytes(before + bytes)
            } else {
                parts.append(part)
            }
        }
    }
}

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

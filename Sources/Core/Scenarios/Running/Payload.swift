import Timekeeping

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

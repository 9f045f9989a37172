import Alerts
import CSIMDJSON
import JSONWriting
import RecordLog
import Timekeeping

/// A change of an alert as programs get it, for looking at single keys: expectations are held against the contract's
/// JSON, so that whatever a rule tells in it can be expected.
struct ChangeJSON: Sendable {
    /// What stands at a key.
    enum Value: Equatable, Sendable {
        case text(String)
        case number(Double)
        case word(String)
        /// An object or a list, which cannot be expected as a whole.
        case nested
    }

    let bytes: [UInt8]

    init(_ change: AlertChange, zone: Zone) { bytes = change.json(zone: zone) }

    /// - Returns: by pointer, nil where there is nothing.
    func values(at pointers: [String]) -> [Value?] {
        let parser = JSONParser()
        let padded = bytes + [UInt8](repeating: 0, count: Int(CSJ_PADDING))
        // Sound: the padding that the parser may read stands behind the text.
        let problem = unsafe padded.withUnsafeBufferPointer {
            unsafe parser.open(UnsafeBufferPointer(rebasing: $0[0..<bytes.count]))
        }
        guard problem == nil else { return pointers.map { _ in nil } }
        return pointers.map { pointer in
            let found = unsafe parser.find(pointer)
            switch unsafe Int(found.value.kind) {
            case CSJ_ABSENT: return nil
            // The parser is not used while the text is copied.
            case CSJ_STRING: return .text(unsafe String(decoding: found.text, as: UTF8.self))
            case CSJ_NUMBER: return .number(unsafe found.value.number)
            case CSJ_TRUE: return .word("true")
            case CSJ_FALSE: return .word("false")
            case CSJ_NULL: return .word("null")
            default: return .nested
            }
        }
    }
}

extension Expectation.Field.Wanted {
    func holds(for value: ChangeJSON.Value?) -> Bool {
        guard let value else { return self == .absent }
        switch (self, value) {
        case (.absent, _), (_, .nested): return false
        case (.equal(let wanted), .text(let text)), (.equal(let wanted), .word(let text)): return text == wanted
        case (.equal(let wanted), .number(let number)): return Double(wanted) == number
        case (.containing(let wanted), .text(let text)): return text.contains(wanted)
        case (.containing, _): return false
        case (.time(let instant, let wanted), .text(let text)):
            guard let told = TimeText.absolute(text, zone: .utc) else { return text == wanted }
            return told == instant
        case (.time(_, let wanted), .number(let number)): return Double(wanted) == number
        case (.time, _): return false
        }
    }
}

extension ChangeJSON.Value? {
    /// As a scenario writes it: what can be pasted as an expectation.
    /// - Parameter start: of the case, for what is a time.
    func written(since start: Instant, zone: Zone) -> String {
        switch self {
        case nil: return "-"
        case .nested: return "…"
        case .word(let word): return word
        case .number(let number):
            return number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .text(let text):
            if text.count >= 20, text.contains("T"), let instant = TimeText.absolute(text, zone: zone) {
                return TimeText.write(instant, since: start)
            }
            let isPlain = !text.isEmpty && text != "-" && !text.contains { $0.isWhitespace || "\"'#[".contains($0) }
            return isPlain ? text : JSONString.quoted(text)
        }
    }
}

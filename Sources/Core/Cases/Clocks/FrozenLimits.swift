package import JSONWriting
import Timekeeping

/// The time limits of one alert, as they were when it was raised.
///
/// Form, as it is stored: a JSON object of texts, a step that has no limit left out, lengths in milliseconds:
/// `{"ack":"180000 urgent","arrive":"600000 urgent","handle":"3600000 urgent","check":"86400000 urgent",
/// "case":"259200000 work_day"}`. What a later version writes beside these is passed over.
///
/// Law: what is read back is what was written.
package struct FrozenLimits: Equatable, Sendable {
    package var ack: ClockLimit?
    package var arrive: ClockLimit?
    package var handle: ClockLimit?
    package var check: ClockLimit?
    package var whole: ClockLimit?

    package init(
        ack: ClockLimit? = nil, arrive: ClockLimit? = nil, handle: ClockLimit? = nil, check: ClockLimit? = nil,
        whole: ClockLimit? = nil
    ) {
        self.ack = ack
        self.arrive = arrive
        self.handle = handle
        self.check = check
        self.whole = whole
    }

    package subscript(step: ClockStep) -> ClockLimit? {
        get {
            switch step {
            case .ack: ack
            case .arrive: arrive
            case .handle: handle
            case .check: check
            case .case: whole
            }
        }
        set {
            switch step {
            case .ack: ack = newValue
            case .arrive: arrive = newValue
            case .handle: handle = newValue
            case .check: check = newValue
            case .case: whole = newValue
            }
        }
    }
}

extension FrozenLimits {
    /// As it is stored.
    package var json: String { JSONWriter.text { write(to: &$0) } }

    /// The same into an object that is being written.
    package func write(to object: inout JSONWriter) {
        for step in ClockStep.allCases {
            object.text(step.rawValue, ifAny: self[step].map { "\($0.length.count) \($0.time.rawValue)" })
        }
    }

    /// - Returns: nil for what is no such object. O(its length).
    package init?(json: String) {
        self.init()
        var rest = Substring(json)
        func skip(_ word: Character) -> Bool {
            rest = rest.drop { $0 == " " || $0 == "\n" }
            guard rest.first == word else { return false }
            rest.removeFirst()
            return true
        }
        func text() -> Substring? {
            guard skip("\"") else { return nil }
            let text = rest.prefix { $0 != "\"" && $0 != "\\" }
            rest = rest[text.endIndex...]
            return skip("\"") ? text : nil
        }
        guard skip("{") else { return nil }
        if skip("}") { return }
        repeat {
            guard let key = text(), skip(":"), let value = text() else { return nil }
            guard let step = ClockStep(rawValue: String(key)) else { continue }
            let words = value.split(separator: " ")
            guard words.count == 2, let count = Int64(words[0]), count > 0,
                let time = ClockTime(rawValue: String(words[1]))
            else { return nil }
            self[step] = ClockLimit(Milliseconds(count), time)
        } while skip(",")
        guard skip("}"), rest.allSatisfy(\.isWhitespace) else { return nil }
    }
}

import Alerts
package import Diagnostics
import Timekeeping

/// What came of a case.
package struct Outcome: Sendable {
    /// Something that happened, or was to happen.
    package enum Line: Equatable, Sendable {
        case same(String)
        /// Expected, and did not come; the line of the scenario.
        case missing(String, line: Int)
        case surplus(String)
    }

    package let scenario: String
    package let name: String
    package let line: Int
    /// Expected and got in the scenario's own notation, in order; without a difference the case holds.
    package internal(set) var lines: [Line] = []
    /// What kept the case from being run to its end.
    package internal(set) var trouble: LocalizedText?

    package var holds: Bool {
        trouble == nil && lines.allSatisfy { if case .same = $0 { true } else { false } }
    }

    /// The place, the case, and what differs; lines with `+` are what came and can be pasted into the scenario.
    package func rendered(in language: Language) -> String {
        var text = "\(scenario):\(line): \(name)\n"
        if let trouble { text += "  ! " + trouble.text(in: language) + "\n" }
        for line in lines {
            switch line {
            case .same(let item): text += "    \(item)\n"
            case .missing(let item, let number):
                let phrase = LocalizedText(zh: "第 \(number) 行，没有发生", en: "line \(number), did not come")
                text += "  - \(item)    # \(phrase.text(in: language))\n"
            case .surplus(let item): text += "  + \(item)\n"
            }
        }
        return text
    }
}

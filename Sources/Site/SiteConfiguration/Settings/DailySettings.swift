import ConfigReading
import Diagnostics

/// The daily message: when, and to whom.
package struct DailySettings: Equatable, Sendable {
    /// Minutes since midnight of the site's time, 0 ..< 1440.
    package var at = 8 * 60
    /// Not empty.
    package var to: [Target] = [.role("property"), .role("community")]
    /// Somebody wrote to whom: then it is a fault where nobody is reached.
    package var isWritten = false

    package init() {}
}

extension DailySettings {
    /// `08:00` as minutes since midnight.
    static func minutes(_ text: String) throws(UnplacedDiagnostic) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.count == 2 && part.allSatisfy(\.isWholeNumber) ? Int(part) : nil }
        guard parts.count == 2, numbers.count == 2, numbers[0] < 24, numbers[1] < 60 else {
            throw UnplacedDiagnostic(
                code: "config.bad-value",
                what: LocalizedText(zh: "“\(text.shown)”不是时刻", en: "\"\(text.shown)\" is no time of day"),
                remedy: LocalizedText(zh: "写成 08:00", en: "write 08:00"))
        }
        return numbers[0] * 60 + numbers[1]
    }
}

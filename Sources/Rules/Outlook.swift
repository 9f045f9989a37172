package import Diagnostics
package import Timekeeping

/// What a rule has of one key now, for somebody who asks why it does not fire: what holds, what is missing, and when it
/// would fire.
package struct Outlook: Equatable, Sendable {
    /// A sentence.
    package var text: Phrase
    /// When it would fire if nothing came; nil where something must come.
    package var due: Instant?

    package init(zh: String, en: String, due: Instant? = nil) {
        text = Phrase(zh: zh, en: en)
        self.due = due
    }
}

extension Milliseconds {
    /// How long ago something was, as people say it: in the two largest units, seconds and all below left out from a
    /// minute on. Limits are told as they were set.
    var ago: String {
        let units: [(length: Int64, name: String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min")]
        guard let first = units.firstIndex(where: { count >= $0.length }) else { return "\(max(0, count) / 1000) s" }
        let large = units[first]
        let rest = first + 1 < units.count ? count % large.length / units[first + 1].length : 0
        return "\(count / large.length) \(large.name)" + (rest > 0 ? " \(rest) \(units[first + 1].name)" : "")
    }
}

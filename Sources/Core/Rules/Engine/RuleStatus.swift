package import Diagnostics
package import Timekeeping

/// What a rule has of one key now, for somebody who asks why it does not fire: what holds, what is missing, and when it
/// would fire.
package struct RuleStatus: Equatable, Sendable {
    /// A sentence.
    package var text: LocalizedText
    /// When it would fire if nothing came; nil where something must come.
    package var due: Instant?

    package init(zh: String, en: String, due: Instant? = nil) {
        text = LocalizedText(zh: zh, en: en)
        self.due = due
    }
}

extension Milliseconds {
    /// A length as people say it, in its two largest units, what is smaller left out: 2小时5分钟, 2 h 5 min. Days from more
    /// than 72 hours on, since people say 24 h and 72 h; a negative one is none.
    package var spoken: LocalizedText {
        let units: [(length: Int64, zh: String, en: String)] = [
            (86_400_000, "天", "d"), (3_600_000, "小时", "h"), (60_000, "分钟", "min"), (1000, "秒", "s"), (1, "毫秒", "ms"),
        ]
        let days = count > 72 * 3_600_000
        guard count > 0, let first = units.indices.first(where: { count >= units[$0].length && (days || $0 > 0) })
        else { return LocalizedText(zh: "0秒", en: "0 s") }
        let large = units[first]
        var phrase = LocalizedText(zh: "\(count / large.length)\(large.zh)", en: "\(count / large.length) \(large.en)")
        // Nobody wants to know the milliseconds of seconds.
        guard first < 3 else { return phrase }
        let small = units[first + 1]
        let rest = count % large.length / small.length
        if rest > 0 {
            phrase.zh += "\(rest)\(small.zh)"
            phrase.en += " \(rest) \(small.en)"
        }
        return phrase
    }
}

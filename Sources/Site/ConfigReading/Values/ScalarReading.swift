package import Diagnostics
import Foundation
package import Timekeeping

/// The text of one value to its type, or what is wrong with it and what to write instead.
package enum ScalarReading {
    package static func duration(_ text: String, in range: ClosedRange<Milliseconds>) throws(UnplacedDiagnostic)
        -> Milliseconds
    {
        guard let value = Milliseconds(text: text) else { throw .badDuration(text, guess: durationGuess(text)) }
        guard range.contains(value) else {
            throw .outOfRange(text, "\(range.lowerBound)", "\(range.upperBound)")
        }
        return value
    }

    package static func size(_ text: String, in range: ClosedRange<Int64>) throws(UnplacedDiagnostic) -> Int64 {
        guard let value = SizeText(text: text)?.bytes else { throw .badSize(text) }
        guard range.contains(value) else {
            throw .outOfRange(text, "\(SizeText(bytes: range.lowerBound))", "\(SizeText(bytes: range.upperBound))")
        }
        return value
    }

    package static func integer(_ text: String, in range: ClosedRange<Int>) throws(UnplacedDiagnostic) -> Int {
        guard let value = Int(text), !text.hasPrefix("+") else { throw .badNumber(text, "\(range.lowerBound)") }
        guard range.contains(value) else { throw .outOfRange(text, "\(range.lowerBound)", "\(range.upperBound)") }
        return value
    }

    package static func fraction(_ text: String) throws(UnplacedDiagnostic) -> Double {
        try number(text, in: 0...1, as: "0.6")
    }

    package static func number(
        _ text: String, in range: ClosedRange<Double>, as example: String = "37.3"
    ) throws(UnplacedDiagnostic) -> Double {
        let isPlain = text.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 || $0 == 45 }
        guard isPlain, let value = Double(text) else { throw .badNumber(text, example) }
        guard range.contains(value) else {
            throw .outOfRange(text, "\(NumberText(range.lowerBound))", "\(NumberText(range.upperBound))")
        }
        return value
    }

    /// Hours of the week: `Mon-Fri 22:00-05:00; weekends`.
    package static func hours(_ text: String) throws(UnplacedDiagnostic) -> WeekHours {
        guard let hours = WeekHours(text: text, wholeDays: true) else { throw .badHours(text) }
        return hours
    }

    package static func boolean(_ text: String) throws(UnplacedDiagnostic) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            throw UnplacedDiagnostic(
                code: "config.bad-value",
                what: LocalizedText(zh: "“\(text.shown)”不是是与否", en: "\"\(text.shown)\" is neither yes nor no"),
                remedy: LocalizedText(zh: "写 true 或 false", en: "write true or false"))
        }
    }

    package static func text(_ text: String) throws(UnplacedDiagnostic) -> String {
        guard !text.isEmpty else { throw .emptyText }
        return text
    }

    /// Letters of any language, so that a rule may be named 电梯-电动车; nothing that topics, ids or files take apart.
    package static func isName(_ text: String) -> Bool {
        let isClean = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".unicodeScalars.contains($0)
        }
        return isClean && !text.isEmpty && text.utf8.count <= 128
    }

    package static func name(_ text: String) throws(UnplacedDiagnostic) -> String {
        guard isName(text) else {
            throw UnplacedDiagnostic(
                code: "config.bad-name",
                what: LocalizedText(zh: "“\(text.shown)”不能作名称", en: "\"\(text.shown)\" cannot be a name"),
                remedy: LocalizedText(
                    zh: "名称只用字母、汉字、数字和 - _ .", en: "names are made of letters, digits, - _ and ."))
        }
        return text
    }

    package static func choice(_ text: String, of known: [String], code: String) throws(UnplacedDiagnostic) -> String {
        guard known.contains(text) else { throw .unknownName(text, known: known, code: code) }
        return text
    }

    package static func zone(_ text: String) throws(UnplacedDiagnostic) -> Zone {
        if let zone = Zone(identifier: text) { return zone }
        // What people in China write for it; CST is four zones in the world.
        let chinese = ["cst", "beijing", "asia/beijing", "china", "prc", "shanghai", "北京", "北京时间", "中国", "gmt+8"]
        let folded = text.lowercased().replacing(" ", with: "")
        let offsets = ["utc+8", "+8", "+08:00", "+0800", "utc+08:00", "gmt+08:00", "etc/gmt-8"]
        let nearest =
            (chinese + offsets).contains(folded)
            ? "Asia/Shanghai" : SpellingSuggestion.name(to: text, among: TimeZone.knownTimeZoneIdentifiers)
        throw UnplacedDiagnostic(
            code: "config.bad-zone",
            what: LocalizedText(zh: "“\(text.shown)”不是时区名称", en: "\"\(text.shown)\" is no time zone's name"),
            remedy: LocalizedText(
                zh: nearest.map { "请写 \($0)" } ?? "请写 IANA 名称，如 Asia/Shanghai",
                en: nearest.map { "write \($0)" } ?? "write an IANA name, as Asia/Shanghai"))
    }

    /// What was meant by a length of time that is written otherwise: `3 days`, `3天`, `72 h`, `1.5h`.
    private static func durationGuess(_ text: String) -> String? {
        let compact = text.lowercased().replacing(" ", with: "")
        let digits = compact.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        guard let number = Double(digits), number > 0, number < 1e6 else { return nil }
        let units: [(names: [String], unit: String, ms: Double)] = [
            (["ms", "msec", "millis", "milliseconds", "毫秒"], "ms", 1),
            (["s", "sec", "secs", "second", "seconds", "秒", "秒钟"], "s", 1000),
            (["m", "min", "mins", "minute", "minutes", "分", "分钟"], "m", 60_000),
            (["h", "hr", "hrs", "hour", "hours", "小时", "时", "个小时"], "h", 3_600_000),
            (["d", "day", "days", "天", "日"], "d", 86_400_000),
        ]
        let unit = String(compact.dropFirst(digits.count))
        guard let found = units.first(where: { $0.names.contains(unit) }) else { return nil }
        if number == number.rounded() { return "\(Int64(number))\(found.unit)" }
        return "\(Milliseconds(Int64((number * found.ms).rounded())))"
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badDuration(_ text: String, guess: String?) -> UnplacedDiagnostic {
        let isNumber = !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber }
        let zh = guess.map { "请写 \($0)" } ?? "写成 72h、5m、30s、250ms 或 3d，数字和单位之间不空格"
        let en = guess.map { "write \($0)" } ?? "write it as 72h, 5m, 30s, 250ms or 3d, without a blank"
        return UnplacedDiagnostic(
            code: "config.bad-duration",
            what: isNumber
                ? LocalizedText(zh: "时间“\(text.shown)”没有单位", en: "the time \"\(text.shown)\" has no unit")
                : LocalizedText(zh: "“\(text.shown)”不是时间长度", en: "\"\(text.shown)\" is no length of time"),
            remedy: isNumber && text.count < 6
                ? LocalizedText(zh: "加上单位，如 \(text)h 或 \(text)m", en: "add a unit, as \(text)h or \(text)m")
                : LocalizedText(zh: zh, en: en))
    }

    fileprivate static func badSize(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-size",
            what: LocalizedText(zh: "“\(text.shown)”不是大小", en: "\"\(text.shown)\" is no size"),
            remedy: LocalizedText(
                zh: "写成 4GB、64MB 或 512KB，整数，不空格", en: "write it as 4GB, 64MB or 512KB: whole, without a blank"))
    }

    fileprivate static func badNumber(_ text: String, _ example: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-number",
            what: LocalizedText(zh: "“\(text.shown)”不是合适的数", en: "\"\(text.shown)\" is not the number that is needed"),
            remedy: LocalizedText(zh: "写一个数，如 \(example)", en: "write a number, as \(example)"))
    }

    fileprivate static func badHours(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-hours",
            what: LocalizedText(zh: "“\(text.shown)”不是时段", en: "\"\(text.shown)\" are no hours of the week"),
            remedy: LocalizedText(
                zh: "写成 \"Mon-Fri 22:00-05:00\"、\"workdays 08:00-18:00\"、\"holidays\"，多段用 ；分开",
                en: "write \"Mon-Fri 22:00-05:00\", \"workdays 08:00-18:00\" or \"holidays\"; several are divided by ;")
        )
    }

    package static func outOfRange(_ text: String, _ low: String, _ high: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.out-of-range",
            what: LocalizedText(zh: "“\(text.shown)”超出范围", en: "\"\(text.shown)\" is out of range"),
            remedy: LocalizedText(zh: "可用范围 \(low) 到 \(high)", en: "it may be \(low) to \(high)"))
    }

    fileprivate static let emptyText = UnplacedDiagnostic(
        code: "config.empty-value", what: LocalizedText(zh: "值为空", en: "the value is empty"),
        remedy: LocalizedText(zh: "请填写，或删除这一行", en: "write one, or delete the line"))
}

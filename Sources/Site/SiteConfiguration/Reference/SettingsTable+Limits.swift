import Cases
import ConfigReading
import Timekeeping
import Vocabulary

extension SettingsTable {
    /// Bounds, and the time limits of cases.
    static let limits: [SettingKey] =
        [
            SettingKey(
                "limits", .section, zh: "上限，以及案件的时限", en: "bounds of what may pile up, and time limits of cases"),
            SettingKey(
                "limits.payload", .size(1 << 10...8 << 20), "1MB", zh: "单条消息的上限（求助、跌倒、火警、困梯不限）",
                en: "largest payload that is read; of a call for help, a fall, smoke, a trapped lift any is"),
            SettingKey(
                "limits.rejects", .integer(0...1_000_000), "1000", zh: "保留多少条被拒消息",
                en: "how many refused records are kept to be looked at"),
            SettingKey(
                "limits.outbox", .integer(1...10_000_000), "100000", zh: "待发通知的上限",
                en: "how many notifications the outbox holds"),
        ] + severities.flatMap { severity, standard in times("limits.\(severity.rawValue)", .section, standard) }
        + times("limits.kinds", .named, nil) + times("limits.categories", .named, nil) + [
            SettingKey(
                "work", .hours, "Mon-Fri 09:00-18:00", zh: "工作时间，用于按工时、工作日计的限时；节假日和调休见 `site.holidays`",
                en: "when people work, for limits in hours and days of work; holidays: `site.holidays`")
        ]

    private struct Standard {
        var ack: String
        var arrive: String
        var handle: String
        var whole: String
        var time: ClockTime
    }

    private static let severities: [(Severity, Standard)] = [
        (.critical, Standard(ack: "3m", arrive: "10m", handle: "1h", whole: "24h", time: .urgent)),
        (.high, Standard(ack: "5m", arrive: "10m", handle: "2h", whole: "24h", time: .urgent)),
        (.medium, Standard(ack: "15m", arrive: "1h", handle: "8h", whole: "72h", time: .urgent)),
        (.low, Standard(ack: "1d", arrive: "1d", handle: "1d", whole: "5d", time: .workDay)),
    ]

    /// A section of limits with its keys. What an exception does not name is as its severity has it.
    private static func times(_ path: String, _ form: SettingKey.Form, _ standard: Standard?) -> [SettingKey] {
        let name = path.dropFirst("limits.".count)
        let head =
            switch name {
            case "kinds": SettingKey(path, form, zh: "某种规则的时限，先于级别", en: "of a kind of rule, before its severity")
            case "categories": SettingKey(path, form, zh: "某类上报的时限，最先", en: "of a category of reports, before all")
            default: SettingKey(path, form, zh: "级别 \(name) 的时限", en: "time limits of alerts of severity \(name)")
            }
        let keys = standard == nil ? path + ".*" : path
        let range = SettingKey.Form.duration(.seconds(1) ... .days(365))
        return [
            head,
            SettingKey("\(keys).ack", range, standard?.ack, zh: "从派出到签收", en: "until somebody has it in hand"),
            SettingKey("\(keys).arrive", range, standard?.arrive, zh: "从签收到到场", en: "from then until on site"),
            SettingKey("\(keys).handle", range, standard?.handle, zh: "从到场到处置完", en: "from then until handled"),
            SettingKey("\(keys).case", range, standard?.whole, zh: "从发现到结案", en: "from the raise until closed"),
            SettingKey(
                "\(keys).time", .choice(names(ClockTime.self)), (standard?.time ?? .urgent).rawValue,
                zh: "这里各限时怎样计：昼夜、工作小时、工作日（1d 为一个工作日）、自然日",
                en: "what these are counted in: around the clock, hours of work, days of work (1d is one), days"),
        ]
    }
}

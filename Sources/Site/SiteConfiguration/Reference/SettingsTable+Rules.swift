import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

extension SettingsTable {
    static let rules: [SettingKey] = everyRule + looks + lengths + counts + episodes + devices + publish + expressions

    /// A key of some kinds of rule: which, and its defaults, the catalogue says.
    private static func key(_ name: String, _ form: SettingKey.Form, zh: String, en: String) -> SettingKey {
        var key = SettingKey("rules.*.\(name)", form, zh: zh, en: en)
        key.kinds = RuleCatalogue.kinds(taking: name)
        return key.standard(RuleCatalogue.standards(of: name))
    }

    /// A key of a section of a rule, which belongs to all kinds that take the section.
    private static func inner(_ name: String, _ form: SettingKey.Form, zh: String, en: String) -> SettingKey {
        SettingKey("rules.*.\(name)", form, zh: zh, en: en).standard(RuleCatalogue.standards(of: name))
    }

    private static let year: SettingKey.Form = .duration(.seconds(1) ... .days(365))
    private static let gap: SettingKey.Form = .duration(.zero ... .days(30))

    private static let everyRule: [SettingKey] = [
        SettingKey("rules", .named, zh: "规则，名称即身份", en: "rules; the name is the identity"),
        SettingKey("rules.*.kind", .choice(names(RuleKind.self)), zh: "种类", en: "what it watches for").needed,
        SettingKey("rules.*.title", .any, zh: "给人看的名称 {zh-Hans, en}", en: "what people read: {zh-Hans, en}"),
        SettingKey("rules.*.was", .name, zh: "改名前的名称", en: "its name before, to carry its state over"),
        key("severity", .choice(names(Severity.self)), zh: "级别", en: "how urgent"),
        key(
            "key", .choices(names(RuleKey.self)), zh: "按什么计；计数类可写多个，各计各的",
            en: "what it counts for; what counts may name several, each apart"),
        SettingKey(
            "rules.*.cooldown", gap, "0s", zh: "一次结束后同一对象静默多久", en: "how long the same key stays quiet after an end"),
        SettingKey(
            "rules.*.calendar", .hours,
            zh: "只在这些时段开始；可用 workdays、holidays、weekends。状态在时段外开始的，时段开始时仍在即从那时起算",
            en: "begins in these hours alone; workdays, holidays and weekends are known. A state from before "
                + "that still holds begins with them"),
        SettingKey(
            "rules.*.except", .hours, zh: "在这些时段不开始（许可）；仍在的状态，过后起算",
            en: "does not begin in these hours: permits; what still holds begins when they end"),
    ]

    private static let looks: [SettingKey] = [
        key("zone", .texts, zh: "画面区域", en: "zones of the camera"),
        key("places", .texts, zh: "只看这些位置及其内部", en: "only these places, and what is inside them"),
        key(
            "device_kinds", .texts, zh: "设备种类；写了 zone 或 devices 时默认不限",
            en: "kinds of device; where `zone` or `devices` is written, all by default"),
        key("devices", .texts, zh: "只看这些设备", en: "only these devices"),
        key("confidence", .fraction, zh: "最低置信度；0 连没报置信度的也算", en: "least confidence; 0 takes what tells none, too"),
        key("kinds", .choices(observations), zh: "只看其中这些观测", en: "only these of its observations"),
        key("categories", .texts, zh: "上报的类别", en: "categories of reports"),
    ]

    private static let lengths: [SettingKey] = [
        key("after", year, zh: "多久后报警；有各级的，只此一级", en: "how long until it fires; where there are stages, one alone"),
        key("stages", .sections, zh: "各级，时间递增", en: "stages, ascending"),
        SettingKey("rules.*.stages[].after", year, zh: "持续多久", en: "how long").needed,
        SettingKey(
            "rules.*.stages[].severity", .choice(names(Severity.self)), zh: "级别，默认同规则", en: "default: the rule's"),
        key("during", .sections, zh: "其他时段用别的时长", en: "other lengths at other times"),
        SettingKey("rules.*.during[].calendar", .hours, zh: "时段", en: "when").needed,
        SettingKey("rules.*.during[].after", year, zh: "那时多久后报警", en: "how long it is then").needed,
        key(
            "gap", gap, zh: "不超过它的中断不算；0s 只由相反的观测结束", en: "gaps up to it are bridged; with 0s only the opposite ends it"
        ),
        key("before", gap, zh: "此前多久内发生过也算", en: "what came so long before counts as well"),
        key(
            "forget", .duration(.minutes(1) ... .days(365)), zh: "多久没有通行即不知在内在外",
            en: "after so long without a pass nobody knows"
        ),
        key(
            "repeat", gap, zh: "同一设备、同一方向，相隔不超过它的是同一次通行", en: "the same way by the same device so soon is the same pass"
        ),
        key("for", gap, zh: "持续多久才算", en: "for how long"),
    ]

    private static let counts: [SettingKey] = [
        key("at_least", .integer(1...100_000), zh: "至少多少", en: "at least so many"),
        key("within", .duration(.init(1) ... .days(365)), zh: "在多长时间内", en: "in so long a time"),
        key("once", gap, zh: "间隔不超过它的算一次", en: "those up to so far apart count as one"),
        key("above", .number(-1e6...1e6), zh: "达到或超过", en: "at it or above"),
        key("below", .number(-1e6...1e6), zh: "达到或低于", en: "at it or below"),
        key(
            "back", .number(-1e6...1e6), zh: "恢复到此值才解除；gate_flow 是限值的几成，0.01–1",
            en: "the value at which it ends; of gate_flow the share of the limits below which it ends, 0.01–1"),
        key("passes", .integer(1...1_000_000), zh: "通行达到多少人次即报", en: "so many passes, or more"),
        key("inside", .integer(1...1_000_000), zh: "区域内达到多少人即报", en: "so many people inside, or more"),
    ]

    private static let episodes: [SettingKey] =
        [
            key("evidence", .section, zh: "什么算活动迹象", en: "what counts as a sign of life"),
            inner("evidence.kinds", .choices(observations), zh: "观测类型", en: "observations"),
            inner(
                "evidence.count", .integer(1...100), zh: "红外、存在类要几次才算",
                en: "how many motions or presences corroborate each other"),
            inner("evidence.within", .duration(.seconds(1) ... .days(30)), zh: "在多长时间内", en: "in so long a time"),
            key("merge", gap, zh: "间隔不超过它的算同一次", en: "events up to this far apart are one episode"),
            key("confirm", .section, zh: "确认条件", en: "what confirms it"),
            inner("confirm.count", .integer(1...100), zh: "次数", en: "observations"),
            inner("confirm.within", .duration(.init(1) ... .days(30)), zh: "在多长时间内", en: "in so long a time"),
            inner("confirm.devices", .integer(1...20), zh: "不同设备数", en: "different devices"),
            key("then", .section, zh: "等什么来结束", en: "what ends the waiting"),
            key("without", .section, zh: "其间出现它就不算，见 `sequence.without`", en: "what undoes it; see `sequence.without`"),
        ] + match("rules.*.then") + match("rules.*.without", kindsNeeded: true)

    private static let devices: [SettingKey] = [
        key("heartbeats", .number(1...100), zh: "可以错过几个心跳", en: "how many heartbeats may be missed"),
        key("settle", gap, zh: "再等多久才报，好把同时失联的并作一条", en: "waits so long, so that several at once are told as one"),
        key("share", .fraction, zh: "失联的占比", en: "share of silent devices"),
        key("least", .integer(2...100_000), zh: "至少几台失联", en: "at least so many silent devices"),
        key("unquiet", .duration(.hours(2) ... .days(365)), zh: "多久没有安静过一小时", en: "so long without a quiet hour"),
        key("records", .integer(1...100_000_000), zh: "消息数的限值", en: "limit of records"),
        key("per", .duration(.seconds(1) ... .days(1)), zh: "在多长时间内", en: "in so long a time"),
    ]

    private static let publish: [SettingKey] = [
        key("publish", .section, zh: "联动：报警时发布", en: "actuation, when it fires"),
        SettingKey("rules.*.publish.topic", .topic, zh: "主题，可用 {device}", en: "topic; {device} is put in").needed,
        SettingKey("rules.*.publish.payload", .text, zh: "内容", en: "what is published").needed,
        SettingKey("rules.*.publish.release", .text, zh: "解除的内容", en: "what undoes it"),
        SettingKey(
            "rules.*.publish.fresh", .duration(.init(100) ... .days(1)), "10s", zh: "观测须多新",
            en: "how old the observation may be"),
        SettingKey(
            "rules.*.publish.max", .duration(.init(100) ... .days(1)), "60s", zh: "最长保持", en: "longest hold"),
    ]

    // MARK: Of `expression`

    private static let within: SettingKey.Form = .duration(.init(1) ... .days(365))

    private static let expressions: [SettingKey] =
        [key("match", .section, zh: "看什么", en: "what it looks at").needed] + match("rules.*.match", kindsNeeded: true)
        + [
            key("session", .section, zh: "窗口：一次一报", en: "window: one alert a session"),
            SettingKey(
                "rules.*.session.gap", gap, "60s", zh: "间隔不超过它的算同一次", en: "events up to this far apart are one"),
            key("count", .section, zh: "窗口：一段时间内的次数", en: "window: so many within a time"),
            SettingKey("rules.*.count.at_least", .integer(1...100_000), zh: "至少几次", en: "at least").needed,
            SettingKey("rules.*.count.within", within, zh: "在多长时间内", en: "in so long a time").needed,
            SettingKey("rules.*.count.once", gap, "0s", zh: "间隔不超过它的算一次", en: "those up to so far apart count as one"),
            key("distinct", .section, zh: "窗口：一段时间内不同的值", en: "window: so many different values within a time"),
            SettingKey(
                "rules.*.distinct.of", .choice(names(WindowSettings.ValueField.self)), zh: "什么的值", en: "of what"
            ).needed,
            SettingKey("rules.*.distinct.at_least", .integer(2...100_000), zh: "至少几个", en: "at least").needed,
            SettingKey("rules.*.distinct.within", within, zh: "在多长时间内", en: "in so long a time").needed,
            key(
                "dwell", .section, zh: "窗口：状态持续；until、gap 至少一个", en: "window: a state lasts; with `until` or `gap`"),
            SettingKey("rules.*.dwell.for", year, zh: "多久后报警", en: "how long until it fires").needed,
            SettingKey("rules.*.dwell.gap", gap, "0s", zh: "这么久没有再来即结束", en: "nothing for so long ends it"),
            SettingKey("rules.*.dwell.until", .section, zh: "什么来结束", en: "what ends it"),
            key("sequence", .section, zh: "窗口：先后", en: "window: one after another"),
            SettingKey("rules.*.sequence.then", .section, zh: "随后是什么", en: "what follows").needed,
            SettingKey("rules.*.sequence.within", within, zh: "在多长时间内", en: "in so long a time").needed,
            SettingKey(
                "rules.*.sequence.missing", .boolean, "false", zh: "true:没有随后才报",
                en: "true: fires where it does not follow"),
            SettingKey(
                "rules.*.sequence.before", gap, "0s", zh: "此前多久内来过也算（missing 时）",
                en: "what came so long before counts as well, with `missing`"),
            SettingsTable.sequenceWithout,
            key("threshold", .section, zh: "窗口：数值越限", en: "window: a number beyond a limit"),
            SettingKey(
                "rules.*.threshold.of", .choice(names(WindowSettings.NumberField.self)), zh: "哪个数", en: "which number"
            ).needed,
            SettingKey("rules.*.threshold.above", .number(-1e9...1e9), zh: "达到或超过", en: "at it or above"),
            SettingKey("rules.*.threshold.below", .number(-1e9...1e9), zh: "达到或低于", en: "at it or below"),
            SettingKey(
                "rules.*.threshold.back", .number(-1e9...1e9), zh: "恢复到此值才解除，默认同限值",
                en: "where it ends; default: the limit"),
            SettingKey("rules.*.threshold.for", gap, "0s", zh: "持续多久才算", en: "for how long"),
        ] + match("rules.*.dwell.until", kindsNeeded: true) + match("rules.*.sequence.then", kindsNeeded: true)
        + match("rules.*.sequence.without", kindsNeeded: true)

    private static let sequenceWithout = SettingKey(
        "rules.*.sequence.without", .section,
        zh: "在前一事之后、后一事之前（同时也算）出现它就不算；missing 时在 `within` 内出现就不算。同一对象的、等着的前一事都作废；报警之后再来不改变什么",
        en: "what undoes the first if it comes after it and not after the second (at one instant it comes before the "
            + "second); with `missing`, within `within` after it. It undoes all that waits of its key, and nothing "
            + "that was told")

    /// The keys of a match.
    private static func match(_ path: String, kindsNeeded: Bool = false) -> [SettingKey] {
        let kinds = SettingKey("\(path).kinds", .choices(observations), zh: "观测类型", en: "observations")
        return [
            kindsNeeded ? kinds.needed : kinds,
            SettingKey("\(path).zone", .texts, zh: "画面区域", en: "zones of the camera"),
            SettingKey("\(path).places", .texts, zh: "位置及其内部", en: "places, and what is inside them"),
            SettingKey("\(path).device_kinds", .texts, zh: "设备种类", en: "kinds of device"),
            SettingKey("\(path).devices", .texts, zh: "设备", en: "devices"),
            SettingKey("\(path).confidence", .fraction, zh: "最低置信度", en: "least confidence"),
            SettingKey(
                "\(path).direction", .choice(names(MatchSettings.Direction.self)), zh: "方向", en: "which way"),
            SettingKey("\(path).reading", .boolean, zh: "传感器说是还是否", en: "what the sensor says"),
            SettingKey(
                "\(path).person", .choice(names(MatchSettings.PersonMatch.self)), zh: "关于谁", en: "whom it is about"),
            SettingKey("\(path).words", .texts, zh: "类别、拒绝原因", en: "categories of reports, reasons of refusals"),
        ]
    }
}

import ConfigReading
import Timekeeping
import Vocabulary

extension SettingsTable {
    /// Who is told of what, when the next ones are, and who checks.
    static let routes: [SettingKey] =
        [SettingKey("routes", .sections, zh: "路由：谁收到什么", en: "who is told of what")] + match + steps + checks

    private static let match: [SettingKey] = [
        SettingKey("routes[].match", .section, zh: "条件，省略即全部", en: "which alerts; left out: all"),
        SettingKey("routes[].match.kind", .choices(names(RuleKind.self)), zh: "规则种类", en: "kinds of rule"),
        SettingKey("routes[].match.rule", .texts, zh: "规则名称", en: "names of rules"),
        SettingKey("routes[].match.severity", .choices(names(Severity.self)), zh: "级别", en: "severities"),
        SettingKey("routes[].match.verdict", .choices(names(Verdict.self)), zh: "研判", en: "verdicts"),
        SettingKey("routes[].match.category", .texts, zh: "上报事项的类别", en: "categories of reports"),
        SettingKey("routes[].match.place", .texts, zh: "位置", en: "places, and what is inside them"),
        SettingKey("routes[].match.grid", .texts, zh: "网格", en: "grids"),
        SettingKey(
            "routes[].match.care", .texts, zh: "家中居民的关爱类别", en: "why somebody of the home is looked after"),
        SettingKey(
            "routes[].match.calendar", .hours, zh: "通知时所在的时段，如 Mon-Fri 08:00-18:00",
            en: "when somebody is to be told, as Mon-Fri 08:00-18:00"),
        SettingKey("routes[].calendar", .hours, zh: "同 match.calendar", en: "the same as match.calendar"),
    ]

    private static let steps: [SettingKey] = [
        SettingKey("routes[].to", .texts, zh: "通道、角色或 worker:ID", en: "channels, roles, worker:ID").needed,
        SettingKey(
            "routes[].escalate", .sections, zh: "无人接单时的升级，每条预警产生时定下",
            en: "who is told next while nobody acknowledges; fixed when an alert is raised"),
        SettingKey(
            "routes[].escalate[].after", .duration(.seconds(1) ... .days(30)), zh: "派遣之后多久", en: "after the dispatch"
        ).needed,
        SettingKey("routes[].escalate[].to", .texts, zh: "通道、角色或 worker:ID", en: "channels, roles, worker:ID").needed,
        SettingKey(
            "routes[].continue", .boolean, "false", zh: "匹配后继续往下看", en: "whether later routes are looked at too"),
        SettingKey(
            "routes[].dispatch", .choice(["auto", "desk"]), "auto", zh: "派遣方式；涉及人命的总是 auto",
            en: "auto, or desk: a person dispatches it; life safety is always auto"),
        SettingKey("routes[].desk", .section, zh: "值班台", en: "the duty desk"),
        SettingKey("routes[].desk.to", .texts, zh: "谁来派遣，默认 property", en: "who dispatches; default: property"),
        SettingKey(
            "routes[].desk.after", .duration(.seconds(1) ... .days(1)), "5m", zh: "值班台不动多久后自动派遣",
            en: "when it goes out by itself"),
        SettingKey(
            "routes[].desk_after", .duration(.seconds(1) ... .days(1)), zh: "同 desk.after", en: "the same as desk.after"
        ),
        SettingKey(
            "routes[].repeat", .duration(.minutes(1) ... .days(30)), zh: "无人接单时隔多久再提醒，省略即不提醒",
            en: "how often it is told again while nobody acknowledges; left out: not again"),
        SettingKey("routes[].mute", .any, zh: "静默时段", en: "when not").later,
        SettingKey("routes[].group", .any, zh: "汇总", en: "what is told as one").later,
        SettingKey("routes[].offer", .text, zh: "发给志愿者抢单", en: "to whom it is offered").later,
        SettingKey(
            "routes[].offer_for", .duration(.seconds(1) ... .days(1)), zh: "抢单多久", en: "how long it is offered"
        ).later,
    ]

    private static let checks: [SettingKey] = [
        SettingKey("routes[].check", .section, zh: "处置之后的核查", en: "the check of what was handled"),
        SettingKey(
            "routes[].check.by", .texts, zh: "谁来核查，默认 community、property",
            en: "who checks; default: community, property"),
        SettingKey(
            "routes[].check.within", .duration(.minutes(1) ... .days(30)), "24h", zh: "核查时限，过后再次提醒",
            en: "within which time; behind it they are told again"),
        SettingKey("routes[].self_check", .boolean, "false", zh: "处置人可自行核查", en: "whoever handled may check"),
    ]
}

import Diagnostics
import Timekeeping

extension SettingsTable {
    private static let moving = RuleKind.noMovement.rawValue
    private static let throwing = RuleKind.thrownObject.rawValue
    private static let ebike = RuleKind.ebikeInBuilding.rawValue

    static let rules: [SettingKey] =
        everyRule + [
            SettingKey(
                "rules.*.after", .duration(.seconds(1) ... .days(365)), zh: "一级的简写:静默多久报警",
                en: "the short form of one stage: how long a silence"
            ).of(moving),
            SettingKey(
                "rules.*.stages", .sections, zh: "各级,时间递增", en: "stages, ascending; default 24h medium, 72h high"
            )
            .of(moving),
            SettingKey(
                "rules.*.stages[].after", .duration(.seconds(1) ... .days(365)), zh: "静默多久", en: "how long a silence"
            ).needed,
            SettingKey(
                "rules.*.stages[].severity", .choice(names(Severity.self)), zh: "级别,默认同规则",
                en: "default: the rule's"),
            SettingKey("rules.*.evidence", .section, zh: "什么算活动迹象", en: "what counts as a sign of life").of(moving),
            SettingKey(
                "rules.*.evidence.kinds", .choices(observations),
                "motion, presence, pass, person, contact, bed, power, water, sos", zh: "观测类型", en: "observations"),
            SettingKey(
                "rules.*.evidence.count", .integer(1...100), "3", zh: "红外、存在类要几次才算",
                en: "how many motions or presences corroborate each other"),
            SettingKey(
                "rules.*.evidence.within", .duration(.seconds(1) ... .days(30)), "15m", zh: "在多长时间内", en: "within"),
            SettingKey("rules.*.zone", .texts, zh: "画面区域", en: "zones of the camera").of(throwing, ebike),
            SettingKey("rules.*.confidence", .fraction, "0.6", zh: "最低置信度 0–1", en: "least confidence, 0–1")
                .of(throwing, ebike),
            SettingKey("rules.*.confirm", .section, zh: "确认条件", en: "what confirms it").of(throwing, ebike),
            SettingKey("rules.*.confirm.count", .integer(1...100), zh: "次数", en: "observations")
                .standard([throwing: "1", ebike: "2"]),
            SettingKey(
                "rules.*.confirm.within", .duration(.init(1) ... .days(30)), zh: "在多长时间内", en: "within"
            ).standard([throwing: "3s", ebike: "5s"]),
            SettingKey("rules.*.confirm.devices", .integer(1...20), "1", zh: "不同设备数", en: "different devices"),
            SettingKey(
                "rules.*.merge", .duration(.zero ... .days(30)), zh: "间隔不超过它的算同一次",
                en: "events up to this far apart are one episode"
            ).of(throwing, ebike).standard([throwing: "10s", ebike: "60s"]),
        ] + publish

    private static let everyRule: [SettingKey] = [
        SettingKey("rules", .named, zh: "规则,名称即身份", en: "rules; the name is the identity"),
        SettingKey("rules.*.kind", .choice(names(RuleKind.self)), zh: "种类", en: "what it watches for").needed,
        SettingKey("rules.*.title", .any, zh: "给人看的名称 {zh-Hans, en}", en: "what people read: {zh-Hans, en}"),
        SettingKey("rules.*.was", .name, zh: "改名前的名称", en: "its name before, to carry its state over"),
        SettingKey("rules.*.severity", .choice(names(Severity.self)), zh: "级别", en: "how urgent")
            .standard([moving: "high", throwing: "critical", ebike: "high"]),
        SettingKey("rules.*.places", .texts, zh: "只看这些位置", en: "only these places, and what is inside them"),
        SettingKey("rules.*.key", .choice(names(RuleKey.self)), zh: "按什么计", en: "what it counts for")
            .standard([moving: "dwelling", throwing: "building", ebike: "device"]),
        SettingKey(
            "rules.*.cooldown", .duration(.zero ... .days(30)), zh: "结案后静默多久", en: "quiet time after closing"
        ).later,
        SettingKey("rules.*.calendar", .any, zh: "生效时段", en: "when it holds").later,
    ]

    private static let publish: [SettingKey] = [
        SettingKey("rules.*.publish", .section, zh: "联动:报警时发布", en: "a hand on a machine, when it fires")
            .of(throwing, ebike),
        SettingKey("rules.*.publish.topic", .topic, zh: "主题,可用 {device}", en: "topic; {device} is put in").needed,
        SettingKey("rules.*.publish.payload", .text, zh: "内容", en: "what is published").needed,
        SettingKey("rules.*.publish.release", .text, zh: "解除的内容", en: "what undoes it"),
        SettingKey(
            "rules.*.publish.fresh", .duration(.init(100) ... .days(1)), "10s", zh: "观测须多新",
            en: "how old the observation may be"),
        SettingKey(
            "rules.*.publish.max", .duration(.init(100) ... .days(1)), "60s", zh: "最长保持", en: "longest hold"),
    ]
}

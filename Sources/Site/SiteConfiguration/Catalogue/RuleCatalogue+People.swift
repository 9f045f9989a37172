import Diagnostics
import Timekeeping
import Vocabulary

/// What happens to people, and what endangers them.
extension RuleCatalogue {
    static let people: [RuleEntry] = [noMovement, unusualInactivity, notReturned] + emergencies

    private static let noMovement = RuleEntry(
        kind: .noMovement, title: LocalizedText(zh: "居家无活动", en: "No movement at home"),
        meaning: LocalizedText(
            zh: "受关注的居民（登记表“关爱类别”或“独居”）一段时间没有任何活动迹象。各级是同一条预警，逐级升高。",
            en: "Nobody who is watched in a home (`care` or `lives_alone` in the registry) gave a sign of life for so "
                + "long. The stages are one alert that grows more urgent."),
        subject: LocalizedText(zh: "受关注居民没有活动迹象", en: "nobody watched in the home gives a sign of life"),
        severity: .high, keys: [.dwelling], match: MatchSettings([]), window: .absence,
        stages: [
            StageSettings(after: .hours(24), severity: .medium), StageSettings(after: .hours(72), severity: .high),
        ],
        looks: ["places"],
        parameters: [
            "stages": "", "after": "",
            "evidence.kinds": "motion, presence, pass, person, contact, bed, power, water, sos",
            "evidence.count": "3", "evidence.within": "15m",
        ],
        example: """
            no-movement:
              kind: no_movement
              stages:
                - {after: 24h, severity: medium}
                - {after: 72h, severity: high}
              evidence: {count: 3, within: 15m}
            """,
        falseAlarms: [
            .init(
                "外出未告知", "填写 外出自、外出至；在“凭证”登记门禁卡，出入即算活动", en: "somebody went away and told nobody",
                "fill `away_from` and `away_until`; register door cards under `credentials`, so that passes count"),
            .init(
                "传感器或网关已坏", "研判 sensor_dead 会说明；上门看人，并查设备。`check --who` 列出只靠一个设备的住户",
                en: "the sensor or its hub is dead",
                "the verdict `sensor_dead` says so: look after the person, and the device. `check --who` tells which "
                    + "homes hang on a single device"),
            .init(
                "家中 15 分钟内很少有 3 次动作", "`evidence: {count: 1}`，或加装门磁",
                en: "three movements in 15 minutes are rare in this home",
                "`evidence: {count: 1}`, or a door contact in addition"),
            .init(
                "红外在空房中单独误触发，静默被漏掉", "保留 `count: 3`；待机设备也报用电时，从 `evidence.kinds` 去掉 `power`",
                en: "a silence is missed, since a PIR fires alone in an empty home",
                "leave `count: 3`; take `power` out of `evidence.kinds` if devices in standby report use"),
            .init(
                "作息安静", "为该居民填写 无活动时限", en: "somebody sleeps long or lives quietly",
                "`inactive_after` for that resident"),
        ], resolves: true)

    private static let unusualInactivity = RuleEntry(
        kind: .unusualInactivity, title: LocalizedText(zh: "活动异常减少", en: "Unusual inactivity"),
        meaning: LocalizedText(
            zh: "比这一户平时同一时段更久没有活动。本版本尚未提供。",
            en: "A home is quiet for longer than it ever is at this hour. Not in this version."),
        subject: LocalizedText(zh: "活动异常减少", en: "a home is unusually quiet"), severity: .medium, keys: [.dwelling],
        window: .open, looks: [], parameters: [:], example: "", falseAlarms: [], resolves: true, isBuilt: false)

    private static let notReturned = RuleEntry(
        kind: .notReturned, title: LocalizedText(zh: "外出未归", en: "Not returned"),
        meaning: LocalizedText(
            zh: "受关注的居民从大门外出，到时没有回来。夜间时限更短。",
            en: "Somebody who is watched went out by an outer gate and is not back in time; at night the time is "
                + "shorter."),
        subject: LocalizedText(zh: "受关注居民从大门外出", en: "somebody watched goes out by an outer gate"),
        after: LocalizedText(zh: "没有进门", en: "does not come in again"), severity: .high, keys: [.person],
        match: MatchSettings([.pass], of: ["gate"], direction: .outward, person: .watched),
        then: MatchSettings([.pass], direction: .inward), window: .missing,
        during: [
            DuringSettings(
                calendar: RuleCalendar(hours: [
                    WeekHours(span: WeekHours.Span(days: WeekHours.Days.all, start: 22 * 60, end: 5 * 60))
                ]), after: .minutes(30))
        ],
        looks: placed,
        parameters: ["after": "12h", "during": "", "then.kinds": "", "without.kinds": ""],
        example: """
            not-returned:
              kind: not_returned
              after: 12h
              during: [{calendar: "22:00-05:00", after: 30m}]
            """,
        falseAlarms: [
            .init(
                "从不刷卡的门回来（消防门、车里）", "给该门装读卡或登记其方向；或加长 after",
                en: "came back by a door where nobody is identified (a side door, a car)",
                "give that door a reader, register its `dir`, or make `after` longer"),
            .init(
                "按按钮出门，外出没有记录", "按钮不识别人，这条规则看不到；靠 no_movement", en: "left by the exit button: nothing is raised",
                "a button knows nobody; `no_movement` is there for that"),
            .init(
                "住院、探亲", "填写 外出自、外出至", en: "is in hospital, or visits family", "fill `away_from` and `away_until`"),
        ], resolves: true)

    private static let emergencies: [RuleEntry] = [
        RuleEntry(
            kind: .sos, title: LocalizedText(zh: "一键呼救", en: "SOS call"),
            meaning: LocalizedText(
                zh: "有人按下呼救按钮。收到一次就报，时间不准、设备未登记、断线补发也照报。",
                en: "Somebody pressed an SOS button. One is enough, whatever its clock says, from unknown devices and "
                    + "from a backlog too."),
            subject: LocalizedText(zh: "有人呼救", en: "somebody calls for help"), severity: .critical, keys: [.dwelling],
            match: MatchSettings([.sos]), window: .session, looks: placed,
            parameters: ["merge": "60s", "publish.topic": ""],
            example: "sos: {kind: sos}",
            falseAlarms: [
                .init(
                    "孩子玩按钮、误碰", "仍须有人回电；给按钮加盖，不要加长 merge", en: "a child plays with it, or it is knocked",
                    "somebody still calls back; cover the button, do not lengthen `merge`"),
                .init(
                    "重连后网关补发旧的呼救", "预警带原时间；先打电话核实", en: "a gateway hands in an old call after an outage",
                    "the alert has its own time; call first"),
            ], resolves: false),
        RuleEntry(
            kind: .fall, title: LocalizedText(zh: "跌倒", en: "Fall"),
            meaning: LocalizedText(zh: "摄像头或穿戴设备报告有人跌倒。", en: "A camera or a wearable tells that somebody fell."),
            subject: LocalizedText(zh: "有人跌倒", en: "somebody falls"), severity: .critical, keys: [.dwelling],
            match: MatchSettings([.fall]), window: .session, looks: camera,
            parameters: sessionKeys, example: "fall: {kind: fall, confidence: 0.7}",
            falseAlarms: [
                .init(
                    "弯腰、坐下、孩子玩耍", "提高 confidence（穿戴设备不报置信度，会因此不报），或 `confirm: {count: 2, within: 10s}`",
                    en: "bending, sitting down, children at play",
                    "raise `confidence` (wearables tell none and would be left out), or "
                        + "`confirm: {count: 2, within: 10s}`")
            ], resolves: false),
        RuleEntry(
            kind: .smokeFire, title: LocalizedText(zh: "烟雾火情", en: "Smoke or fire"),
            meaning: LocalizedText(
                zh: "烟感、燃气或一氧化碳探测器、摄像头报告险情。", en: "A detector or a camera tells of smoke, fire, gas or carbon monoxide."
            ),
            subject: LocalizedText(zh: "出现烟雾、火、燃气或一氧化碳", en: "there is smoke, fire, gas or carbon monoxide"),
            severity: .critical, keys: [.place],
            match: MatchSettings([.smoke, .fire, .gas, .carbonMonoxide]), window: .session, looks: camera + ["kinds"],
            parameters: sessionKeys,
            example: "smoke-fire: {kind: smoke_fire}",
            falseAlarms: [
                .init(
                    "做饭油烟、蒸汽、香烛", "烟感移离厨房；摄像头另写一条规则并 `confirm: {count: 3, within: 10s}`",
                    en: "cooking, steam, incense",
                    "move the detector; give cameras a rule of their own with `confirm: {count: 3, within: 10s}`")
            ], resolves: false),
        RuleEntry(
            kind: .liftTrapped, title: LocalizedText(zh: "电梯困人", en: "Trapped in a lift"),
            meaning: LocalizedText(zh: "电梯报告有人被困。", en: "A lift tells that somebody is trapped."),
            subject: LocalizedText(zh: "有人被困电梯", en: "somebody is trapped in a lift"), severity: .critical,
            keys: [.device],
            match: MatchSettings([.liftTrapped]), window: .session, looks: placed,
            parameters: sessionKeys, example: "lift-trapped: {kind: lift_trapped}",
            falseAlarms: [
                .init(
                    "维保、检修", "用 silence 静音，不要删规则", en: "maintenance", "use a silence, do not delete the rule")
            ], resolves: false),
        RuleEntry(
            kind: .leak, title: LocalizedText(zh: "漏水", en: "Water leak"),
            meaning: LocalizedText(zh: "漏水探测器报告漏水。", en: "A leak detector tells of water."),
            subject: LocalizedText(zh: "有漏水", en: "water is leaking"), severity: .medium, keys: [.place],
            match: MatchSettings([.leak]), window: .session, looks: placed,
            parameters: sessionKeys, example: "leak: {kind: leak}",
            falseAlarms: [
                .init(
                    "拖地、洗澡溅水", "把探测器移离水溅到的地方", en: "mopping, splashing",
                    "move the detector away from where water splashes")
            ], resolves: false),
        RuleEntry(
            kind: .liftFault, title: LocalizedText(zh: "电梯故障", en: "Lift fault"),
            meaning: LocalizedText(zh: "电梯报告故障，无人被困。", en: "A lift tells of a fault, with nobody inside."),
            subject: LocalizedText(zh: "电梯故障", en: "a lift has a fault"), severity: .high, keys: [.device],
            match: MatchSettings([.liftFault]), window: .session, looks: placed,
            parameters: sessionKeys, example: "lift-fault: {kind: lift_fault, merge: 10m}",
            falseAlarms: [
                .init(
                    "同一故障反复上报", "加长 merge，或写 cooldown", en: "one fault is told again and again",
                    "a longer `merge`, or a `cooldown`")
            ], resolves: false),
    ]

    /// What a rule over devices, and one over cameras, may be limited to.
    static let placed = ["places", "device_kinds", "devices"]
    static let camera = ["zone", "places", "device_kinds", "devices", "confidence"]
    static let sessionKeys: KeyValuePairs = [
        "merge": "60s", "confirm.count": "1", "confirm.within": "5s", "confirm.devices": "1", "publish.topic": "",
    ]
}

import Diagnostics
import Timekeeping
import Vocabulary

/// The devices themselves, reports of people, and rules of an integrator's own.
extension RuleCatalogue {
    private static func device(
        _ kind: RuleKind, _ title: LocalizedText, _ meaning: LocalizedText, _ severity: Severity,
        _ parameters: KeyValuePairs<String, String>, _ example: String, _ falseAlarms: [RuleEntry.FalseAlarm]
    ) -> RuleEntry {
        RuleEntry(
            kind: kind, title: title, meaning: meaning, subject: title, severity: severity, keys: [.device],
            match: MatchSettings(ObservationKind.allCases), window: .device, looks: placed, parameters: parameters,
            example: example, falseAlarms: falseAlarms, resolves: true)
    }

    static let devices: [RuleEntry] = [
        device(
            .deviceSilent, LocalizedText(zh: "设备失联", en: "Device silent"),
            LocalizedText(
                zh: "设备超过约定（或学得）心跳的 2.5 倍没有消息；说明哪些住户因此没有感知覆盖。没有心跳、或只有动静的设备不算。",
                en: "A device is silent for longer than 2.5 of its heartbeats, given or learned; it tells whom that "
                    + "leaves unwatched. A device without a heartbeat, or one that tells movement alone, is never "
                    + "silent."
            ),
            .medium, ["heartbeats": "2.5", "settle": "5m"], "device-silent: {kind: device_silent, heartbeats: 2.5}",
            [
                .init(
                    "电池设备上报不规律", "在 devices.csv 填 heartbeat；或 heartbeats 写 4", en: "battery devices report irregularly",
                    "fill `heartbeat` in devices.csv; or `heartbeats: 4`")
            ]),
        device(
            .upstreamSilent, LocalizedText(zh: "网关或线路失联", en: "Hub or line silent"),
            LocalizedText(
                zh: "同一网关（登记表 via）2.5 个脉搏内没有任何消息，或其下设备多数同时失联：报一次，而不是每台一次。",
                en: "Nothing at all comes through a hub (`via` in the registry) for 2.5 of its pulses, or most of the "
                    + "devices behind it are silent at once: one alert, not one a device."),
            .high, ["heartbeats": "2.5", "settle": "5m", "share": "0.5", "least": "3"],
            "hub-silent: {kind: upstream_silent, share: 0.5, least: 3}",
            [
                .init(
                    "停电检修", "用 silence 静音", en: "planned power cuts", "use a silence")
            ]),
        device(
            .deviceStuck, LocalizedText(zh: "传感器卡滞", en: "Sensor stuck"),
            LocalizedText(
                zh: "传感器很久没有安静过一小时，或按固定周期报动：它的话不可信。",
                en: "A movement sensor without a quiet hour for so long: what it tells is not believed."),
            .low, ["unquiet": "48h"], "stuck: {kind: device_stuck, unquiet: 48h}",
            [
                .init(
                    "真的一直有人活动（多人、宠物）", "换位置，或加长 unquiet", en: "there is always somebody (a family, a pet)",
                    "move it, or a longer `unquiet`")
            ]),
        device(
            .deviceFlooding, LocalizedText(zh: "设备消息过多", en: "Device flooding"),
            LocalizedText(
                zh: "一台设备的消息多得不正常。重连后补发的积压不算（1 小时内 20 分钟）。",
                en: "A device sends more than any device should. A backlog that is handed over is none, for 20 minutes "
                    + "of an hour."),
            .medium, ["records": "600", "per": "1m"], "flood: {kind: device_flooding, records: 600, per: 1m}",
            [
                .init(
                    "补发积压超过 20 分钟", "加大 records，或加长 per", en: "a backlog that takes longer than 20 minutes",
                    "a larger `records`, or a longer `per`")
            ]),
        RuleEntry(
            kind: .lowBattery, title: LocalizedText(zh: "电量低", en: "Low battery"),
            meaning: LocalizedText(zh: "设备电量低于限值；换电池后解除。", en: "A device's battery is low; a new one ends it."),
            subject: LocalizedText(zh: "设备电量（%）", en: "a device's battery (%)"), severity: .low, keys: [.device],
            match: MatchSettings(ObservationKind.allCases), window: .threshold(.battery, isAbove: false), looks: placed,
            parameters: ["below": "15", "back": "20", "for": "0s"], example: "battery: {kind: low_battery, below: 15}",
            falseAlarms: [
                .init(
                    "低温时电压虚低", "写 for: 6h", en: "a cold night", "`for: 6h`")
            ], resolves: true),
        device(
            .clockFault, LocalizedText(zh: "设备时钟不准", en: "Wrong device clock"),
            LocalizedText(
                zh: "设备的时间和收到的时间一直差得太多；积压补发不算。",
                en: "A device's own times are off by a constant; a backlog, whose offset shrinks, is told apart."),
            .low, [:], "clocks: {kind: clock_fault}",
            [
                .init(
                    "时区设错 8 小时", "校正设备时间（NTP）", en: "a zone that is wrong by eight hours",
                    "set the device's clock (NTP)")
            ]),
        device(
            .identityMismatch, LocalizedText(zh: "设备身份不符", en: "Identity mismatch"),
            LocalizedText(
                zh: "消息里的设备名和主题里的不同：接错、或有人冒充。",
                en: "A payload names another device than its topic: wired wrong, or somebody pretends."),
            .high, [:], "identity: {kind: identity_mismatch}",
            [
                .init(
                    "换机后沿用旧配置", "改设备的编号，或登记 identity", en: "a replaced device with the old settings",
                    "set its name, or register its `identity`")
            ]),
    ]

    static let own: [RuleEntry] = [report, expression]

    private static let report = RuleEntry(
        kind: .report, title: LocalizedText(zh: "上报事项", en: "Report"),
        meaning: LocalizedText(
            zh: "居民、巡查员或银行等上报的一件事成为一件工单；按类别写多条规则，各有级别和路由。",
            en: "What a resident, a patroller or a bank reports becomes a case; write a rule a category for severities "
                + "and routes of their own."),
        subject: LocalizedText(zh: "有人上报", en: "somebody reports"), severity: .low, keys: [.report],
        match: MatchSettings([.residentReport, .patrolReport, .dissuasion]), window: .session,
        looks: placed + ["kinds"], parameters: ["merge": "60s", "categories": ""],
        example: """
            fraud: {kind: report, kinds: [dissuasion], severity: high}
            flying-wire: {kind: report, categories: [飞线充电], severity: medium}
            """,
        falseAlarms: [
            .init(
                "同一件事多人上报", "加长 merge:同一位置同一类别算一件", en: "several people report one thing",
                "a longer `merge`: one place and category is one case")
        ], resolves: false)

    private static let expression = RuleEntry(
        kind: .expression, title: LocalizedText(zh: "自定义规则", en: "A rule of your own"),
        meaning: LocalizedText(
            zh: "自己组合：match 说看什么，session、count、distinct、dwell、sequence、threshold 中写且只写一个。",
            en: "Your own: `match` says what it looks at; exactly one of `session`, `count`, `distinct`, `dwell`, "
                + "`sequence`, `threshold` says when."),
        subject: LocalizedText(zh: "", en: ""), severity: .medium, keys: [.device], window: .open, looks: [],
        parameters: [
            "match.kinds": "", "session.gap": "", "count.within": "", "distinct.within": "", "dwell.for": "",
            "sequence.within": "", "threshold.of": "", "confirm.count": "1", "confirm.within": "5s",
            "confirm.devices": "1", "during": "", "publish.topic": "",
        ],
        example: """
            water-all-night:
              kind: expression
              title: {zh-Hans: 夜间长流水, en: Water all night}
              match: {kinds: [water], places: [c1]}
              key: dwelling
              threshold: {of: value, above: 5, back: 1, for: 2h}
              calendar: "22:00-06:00"
            """,
        falseAlarms: [
            .init(
                "不知道会不会太多", "先用 `shouwang replay` 跑历史记录", en: "you cannot tell how often it fires",
                "`shouwang replay` it over old records first")
        ], resolves: true)
}

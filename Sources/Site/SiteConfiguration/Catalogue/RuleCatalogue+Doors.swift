import Diagnostics
import Timekeeping
import Vocabulary

/// Doors, gates and who passes them.
extension RuleCatalogue {
    static let doors: [RuleEntry] = [doorHeldOpen, doorForced, accessDeniedBurst, tailgating] + passes + [antiPassback]

    private static let doorHeldOpen = RuleEntry(
        kind: .doorHeldOpen, title: LocalizedText(zh: "门长时间未关", en: "Door held open"),
        meaning: LocalizedText(zh: "门打开后一直没有关。", en: "A door was opened and is not closed."),
        subject: LocalizedText(zh: "门开着", en: "a door is open"), severity: .medium, keys: [.device],
        match: MatchSettings([.doorOpen]), window: .lasting(ends: MatchSettings([.doorClose])),
        stages: [StageSettings(after: .minutes(3), severity: .medium)], looks: placed,
        parameters: ["stages": "", "after": "", "gap": "0s", "during": ""],
        example: "door-open: {kind: door_held_open, after: 3m, except: [\"Mon-Fri 07:00-09:00\"]}",
        falseAlarms: [
            .init("早晚高峰门不断开合", "加长 after，或用 except", en: "rush hours", "a longer `after`, or `except`"),
            .init(
                "门磁只报开不报关", "写 gap:这么久没有再报开即算关", en: "the door tells of opening alone",
                "write `gap`: nothing for so long is closed"),
        ], resolves: true)

    private static let doorForced = RuleEntry(
        kind: .doorForced, title: LocalizedText(zh: "门被强行打开", en: "Door forced"),
        meaning: LocalizedText(
            zh: "门打开了，前后都没有刷卡、刷脸、访客码或出门按钮。",
            en: "A door opened, and nobody passed with a credential, a visitor's code or the exit button."),
        subject: LocalizedText(zh: "门打开", en: "a door opens"),
        after: LocalizedText(zh: "没有通行或出门按钮", en: "there is neither a pass nor an exit button"), severity: .high,
        keys: [.place], match: MatchSettings([.doorOpen]),
        then: MatchSettings([.pass, .exitButton, .visitorPass]), window: .missing, looks: placed,
        parameters: ["within": "5s", "before": "5s", "then.kinds": "", "without.kinds": ""],
        example: "door-forced: {kind: door_forced, within: 5s, before: 5s}",
        falseAlarms: [
            .init(
                "钥匙开门", "该门不写入本规则（devices 列出其余）", en: "opened with a key",
                "name the other doors in `devices`"),
            .init(
                "消防联动开门", "`without: {kinds: [smoke, fire]}`：其间有火警的不算", en: "opened by the fire alarm",
                "`without: {kinds: [smoke, fire]}`: what has an alarm beside it is none"),
            .init(
                "刷卡和门磁登记在不同位置", "登记到同一 place，它按位置计", en: "reader and contact are registered at different places",
                "register both at one place: it counts by place"),
        ], resolves: false)

    private static let accessDeniedBurst = RuleEntry(
        kind: .accessDeniedBurst, title: LocalizedText(zh: "连续通行被拒", en: "Refused again and again"),
        meaning: LocalizedText(
            zh: "同一扇门、或同一凭证，短时间内多次被拒。", en: "One door, or one credential, refuses again and again."),
        subject: LocalizedText(zh: "通行被拒", en: "somebody is refused"), severity: .medium, keys: [.device, .credential],
        match: MatchSettings([.denied]), window: .count, looks: placed,
        parameters: ["at_least": "5", "within": "10m", "once": "0s"],
        example: "denied: {kind: access_denied_burst, at_least: 5, within: 10m}",
        falseAlarms: [
            .init(
                "卡到期的住户", "看凭证那一条：续期；`key: credential` 只按凭证计", en: "a resident with an expired card",
                "the alert by credential tells whose: renew it"),
            .init(
                "逆光时刷脸失败", "调摄像头；或 `once: 30s`，连续重试算一次", en: "faces against the light",
                "turn the camera; or `once: 30s`, so that retries count as one"),
        ], resolves: false)

    private static let tailgating = RuleEntry(
        kind: .tailgating, title: LocalizedText(zh: "尾随进门", en: "Tailgating"),
        meaning: LocalizedText(
            zh: "门口看到的人比通行的多。需要同一位置有摄像头和门禁。",
            en: "More people are seen at a door than passed it. Needs a camera and a reader at one place."),
        subject: LocalizedText(zh: "门口看到的人比通行的多", en: "more people are seen at a door than pass it"),
        severity: .low, keys: [.place], match: MatchSettings([.person, .pass, .visitorPass, .exitButton]),
        window: .excess, looks: camera, parameters: ["at_least": "2", "within": "10s"],
        example: "tailgating: {kind: tailgating, places: [north-gate], at_least: 2, within: 10s}",
        falseAlarms: [
            .init(
                "推婴儿车、抱孩子、同行的家人", "at_least 写 3", en: "prams, carried children, families", "`at_least: 3`"),
            .init("镜头拍到路过的人", "用 zone 限定门口", en: "passers-by are seen", "limit it by `zone`"),
        ], resolves: false)

    private static let antiPassback = RuleEntry(
        kind: .antiPassback, title: LocalizedText(zh: "凭证重复进出", en: "Passed the same way twice"),
        meaning: LocalizedText(
            zh: "同一凭证进了又进，或出了又出：可能借卡、复制卡或跟着别人出入。区域由 places 内的全部大门围成，一条规则一个区域。不知道在内还是在外的不报："
                + "没有通行过、超过 forget、其间系统断线或有大门失联、大门登记有变。",
            en: "A credential goes in while it is in, or out while it is out: lent, copied, or its holder slipped "
                + "through with others. All outer gates in `places` enclose one area; another area is another rule. "
                + "Of whom nobody knows whether they are in or out nothing is raised: no pass yet, none for `forget`, "
                + "the box blind or a gate silent meanwhile, or the gates changed in the registry. Two cards of one "
                + "resident are one."),
        subject: LocalizedText(
            zh: "同一凭证进了又进、或出了又出", en: "a credential goes in while it is in, or out while it is out"),
        severity: .medium, keys: [.credential], match: MatchSettings([.pass, .visitorPass], of: ["gate"]),
        window: .passback, looks: placed, parameters: ["forget": "16h", "repeat": "60s"],
        example: "passback: {kind: anti_passback, places: [yard], forget: 16h, repeat: 60s}",
        falseAlarms: [
            .init(
                "出门按按钮、走没有读卡的门，出去没有记录", "每个口两个方向都装读卡；做不到的区域不用本规则",
                en: "people leave by a button, or by a door without a reader",
                "readers both ways at each gate; else do not use it for that area"),
            .init(
                "大门离线时有人通行", "登记大门的 heartbeat，失联期间即不判", en: "a gate was off and people passed it",
                "give gates a `heartbeat`: while one is silent nothing is judged"),
            .init(
                "同一人刷了两次才进去", "加长 repeat", en: "somebody holds the card up twice before going in",
                "a longer `repeat`"),
        ], resolves: false)

    private static let passes: [RuleEntry] = [
        RuleEntry(
            kind: .fever, title: LocalizedText(zh: "体温偏高", en: "Fever"),
            meaning: LocalizedText(
                zh: "测温门禁量到体温达到限值；同一人量到恢复值或更低即解除。",
                en: "A gate measured a temperature at the limit or above; it ends when the same person is measured "
                    + "at `back` or below."),
            subject: LocalizedText(zh: "体温（℃）", en: "a person's temperature (°C)"), severity: .medium, keys: [.person],
            match: MatchSettings([.pass, .denied, .visitorPass]), window: .threshold(.temperature, isAbove: true),
            looks: placed, parameters: ["above": "37.3", "back": "37.2", "for": "0s"],
            example: "fever: {kind: fever, above: 37.3}",
            falseAlarms: [
                .init(
                    "日晒、运动后进门", "在阴凉处复测；用 calendar 避开午后", en: "sun, exercise",
                    "measure again in the shade; leave the hot hours out with `calendar`"),
                .init(
                    "室外探头有偏差", "按探头另写规则，调 above", en: "an outdoor probe is off",
                    "a rule of its own for that device, with another `above`"),
            ], resolves: true),
        RuleEntry(
            kind: .crowdedDwelling, title: LocalizedText(zh: "住户人员过多", en: "Crowded dwelling"),
            meaning: LocalizedText(
                zh: "一户在一段时间里出入的不同人员过多：可能群租。",
                en: "Many different people pass for one dwelling: perhaps it is let by the bed."),
            subject: LocalizedText(zh: "出入", en: "pass"), severity: .low, keys: [.dwelling],
            match: MatchSettings([.pass, .visitorPass, .person]), window: .distinct(.person), looks: placed,
            parameters: ["at_least": "8", "within": "14d"],
            example: "crowded: {kind: crowded_dwelling, at_least: 8, within: 14d}",
            falseAlarms: [
                .init(
                    "办喜事、走亲戚、钟点工", "先由网格员核实；at_least 写大些", en: "a feast, relatives, helpers",
                    "somebody asks first; a larger `at_least`")
            ], resolves: true),
        RuleEntry(
            kind: .visitorOverstay, title: LocalizedText(zh: "访客超时未离", en: "Visitor overstays"),
            meaning: LocalizedText(
                zh: "访客码进门后，到时没有用它出门。", en: "A visitor came in with a code and did not leave with it in time."),
            subject: LocalizedText(zh: "访客进门", en: "a visitor comes in"),
            after: LocalizedText(zh: "没有出门", en: "does not leave"),
            severity: .low, keys: [.visit], match: MatchSettings([.visitorPass], direction: .inward),
            then: MatchSettings([.visitorPass], direction: .outward), window: .missing, looks: placed,
            parameters: ["after": "2h", "during": "", "then.kinds": "", "without.kinds": ""],
            example: "visitor: {kind: visitor_overstay, after: 2h}",
            falseAlarms: [
                .init(
                    "出门不用扫码", "给出口装读码器；门禁不报方向时登记 dir，否则不触发", en: "leaving needs no code",
                    "a reader at the exit; where a gate tells no direction, register its `dir`, else nothing is raised")
            ], resolves: true),
        RuleEntry(
            kind: .gateFlow, title: LocalizedText(zh: "出入人数超限", en: "Flow at a gate"),
            meaning: LocalizedText(
                zh: "一处大门一段时间内通行达到 passes，或围合区域内人数达到 inside（至少写一个）。"
                    + "两者都低于限值的 back 倍（默认八成）满一个 within 即解除。",
                en: "At least `passes` passes at a gate within a time, or at least `inside` people inside an enclosed "
                    + "area; one of the two is needed. It is over when both have been below the share `back` of their "
                    + "limits (0.01–1) for one `within`."),
            subject: LocalizedText(zh: "通行", en: "people pass"), severity: .medium, keys: [.place],
            match: MatchSettings([.pass, .visitorPass], of: ["gate"]), window: .flow, looks: placed,
            parameters: ["passes": "", "within": "10m", "inside": "", "back": "0.8"],
            example: "north-flow: {kind: gate_flow, passes: 300, within: 10m, inside: 2000}",
            falseAlarms: [
                .init(
                    "出门不记录，区内人数只增不减", "不要用 inside，或让出口也记录", en: "leaving is not recorded, so that `inside` only grows",
                    "leave `inside` out, or record the exits")
            ], resolves: true),
    ]
}

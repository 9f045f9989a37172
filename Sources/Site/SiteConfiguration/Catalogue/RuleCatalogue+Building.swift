import Diagnostics
import Timekeeping
import Vocabulary

/// What cameras see of the buildings and the ways between them.
extension RuleCatalogue {
    static let building: [RuleEntry] = [
        thrownObject, thrownObjectRepeat, ebikeInBuilding, ebikeStays, fireLaneBlocked,
    ]

    private static let thrownObject = RuleEntry(
        kind: .thrownObject, title: LocalizedText(zh: "高空抛物", en: "Object thrown from height"),
        meaning: LocalizedText(
            zh: "摄像头拍到从楼上落下的东西。多个摄像头、多帧，同一次只报一次；带轨迹的须真在下落，否则只是“疑似”，要第二个摄像头 3 秒内或 10 分钟内再次拍到才报。",
            en: "Cameras saw something fall from a building: many cameras and frames, one alert a throw. What comes "
                + "with a path must fall as things do; else it is only suspected, and waits for a second camera "
                + "within 3 s or a second event within 10 min."),
        subject: LocalizedText(zh: "拍到高空抛物", en: "a camera sees something fall"), severity: .critical,
        keys: [.building],
        match: MatchSettings([.thrownObject], confidence: 0.6, mustFall: true), window: .session, looks: camera,
        parameters: [
            "merge": "10s", "confirm.count": "1", "confirm.within": "3s", "confirm.devices": "1", "publish.topic": "",
        ],
        example: """
            thrown-object:
              kind: thrown_object
              confidence: 0.6
              merge: 10s
              severity: critical
            """,
        falseAlarms: [
            .init(
                "鸟、雨、落叶", "提高 confidence，或 `confirm: {count: 2}`；多个摄像头看同一立面时 `devices: 2`",
                en: "birds, rain, leaves",
                "raise `confidence`, or ask for `confirm: {count: 2}`; where several cameras see the same face, "
                    + "`devices: 2`"),
            .init(
                "镜头前的小虫、晾晒的衣物", "让摄像头上报 path:不下落的不算", en: "insects before the lens, laundry",
                "let the camera send `path`: what does not fall is not taken"),
        ], resolves: false)

    private static let thrownObjectRepeat = RuleEntry(
        kind: .thrownObjectRepeat, title: LocalizedText(zh: "反复高空抛物", en: "Repeated throwing"),
        meaning: LocalizedText(
            zh: "同一楼栋几天内多次高空抛物：该上门宣传、调看录像，而不只是保护现场。",
            en: "Things are thrown from the same building again and again: a matter for talks and recordings, not for "
                + "a guard alone."),
        subject: LocalizedText(zh: "拍到高空抛物", en: "a camera sees something fall"), severity: .high, keys: [.building],
        match: MatchSettings([.thrownObject], confidence: 0.6), window: .count, looks: camera,
        parameters: ["at_least": "3", "within": "7d", "once": "10s"],
        example: "thrown-again: {kind: thrown_object_repeat, at_least: 3, within: 7d, cooldown: 3d}",
        falseAlarms: [
            .init(
                "一阵雨、一群鸟算成多次", "加长 once（如 10m），提高 confidence", en: "one shower, one flock counts as many",
                "a longer `once` (10m), a higher `confidence`")
        ], resolves: false)

    private static let ebikeInBuilding = RuleEntry(
        kind: .ebikeInBuilding, title: LocalizedText(zh: "电动车进楼", en: "E-bike in the building"),
        meaning: LocalizedText(
            zh: "电动车进了电梯或大堂；可让电梯开着门等它出去（publish）。",
            en: "An e-bike is in a lift or a hall; with `publish` the lift waits until it is out."),
        subject: LocalizedText(zh: "拍到电动车", en: "a camera sees an e-bike"), severity: .high, keys: [.device],
        match: MatchSettings([.ebike], confidence: 0.6), window: .session, looks: camera,
        parameters: [
            "merge": "60s", "confirm.count": "2", "confirm.within": "5s", "confirm.devices": "1", "publish.topic": "",
        ],
        example: """
            lift-ebike:
              kind: ebike_in_building
              zone: lift
              confidence: 0.6
              confirm: {count: 2, within: 5s}
              publish: {topic: "lift/{device}/hold", payload: '{"hold":true}', release: '{"hold":false}', max: 60s}
            """,
        falseAlarms: [
            .init(
                "轮椅、婴儿车、自行车", "提高 confidence；单帧误认时 `confirm: {count: 3}`", en: "wheelchairs, prams, bicycles",
                "raise `confidence`; where one frame is wrong, `confirm: {count: 3}`"),
            .init("摄像头拍到院子", "用 zone 限定电梯或大堂", en: "the camera sees the yard", "limit it by `zone`"),
        ], resolves: false)

    private static let ebikeStays = RuleEntry(
        kind: .ebikeStays, title: LocalizedText(zh: "电动车停留楼内", en: "E-bike stays in the building"),
        meaning: LocalizedText(
            zh: "电动车上了电梯，没有再从大堂、单元门出来：多半停在楼上充电。楼层来自电梯，仅供参考。",
            en: "An e-bike went up by the lift and was not seen leaving by the hall: it is probably charged upstairs. "
                + "The floor is the lift's, and a hint."),
        subject: LocalizedText(zh: "电动车进了电梯", en: "an e-bike is in a lift"),
        after: LocalizedText(zh: "没有在大堂、单元门或大门再拍到它", en: "is not seen in the hall or at a door or gate"),
        severity: .high, keys: [.building], match: MatchSettings([.ebike], of: ["lift"], confidence: 0.6),
        then: MatchSettings([.ebike], of: ["lobby", "unit_door", "gate"]), window: .missing, looks: camera,
        parameters: ["after": "10m", "during": "", "then.kinds": "", "without.kinds": ""],
        example: """
            ebike-upstairs:
              kind: ebike_stays
              after: 10m
              then: {device_kinds: [lobby, unit_door]}
            """,
        falseAlarms: [
            .init(
                "大堂没有摄像头，出去拍不到", "给大堂装摄像头并登记 kind 为 lobby；或用 then 指定能拍到它离开的设备",
                en: "no camera sees it leave",
                "a camera in the hall, registered with the kind `lobby`; or name with `then` what sees it leave"),
            .init(
                "两辆车只算一辆", "按楼栋计：先离开的一辆会结束等待", en: "two bikes count as one",
                "it counts by building: the first that leaves ends the waiting"),
        ], resolves: false)

    private static let fireLaneBlocked = RuleEntry(
        kind: .fireLaneBlocked, title: LocalizedText(zh: "消防通道占用", en: "Fire lane blocked"),
        meaning: LocalizedText(
            zh: "车辆停在消防通道。中间看不到不超过 gap 的仍算停着；摄像头失明时不算已离开。",
            en: "A vehicle stands in a fire lane. Gaps up to `gap` are bridged; a blind camera does not mean that the "
                + "lane is clear."),
        subject: LocalizedText(zh: "车辆停在消防通道", en: "a vehicle stands in a fire lane"), severity: .high,
        keys: [.vehicle],
        match: MatchSettings([.vehicle, .ebike], of: ["lane"]), window: .lasting(ends: nil),
        stages: [
            StageSettings(after: .minutes(2), severity: .low), StageSettings(after: .minutes(10), severity: .medium),
            StageSettings(after: .minutes(30), severity: .high),
        ],
        looks: camera + ["kinds"], parameters: ["stages": "", "after": "", "gap": "90s", "during": ""],
        example: """
            fire-lane:
              kind: fire_lane_blocked
              zone: fire-lane
              except: ["Sun 08:00-12:00"]
            """,
        falseAlarms: [
            .init(
                "搬家、救护、施工有许可", "用 except 写许可时段，或用 silence", en: "removals, ambulances, works with a permit",
                "write the permitted hours in `except`, or use a silence"),
            .init(
                "旁边车位入镜", "用 zone 只看通道；设备 kind 为 lane，写了 zone 或 devices 则不限", en: "the camera sees parking spaces",
                "limit it by `zone`. By default only cameras of the kind `lane` count; with `zone` or `devices`, all"),
        ], resolves: true)
}

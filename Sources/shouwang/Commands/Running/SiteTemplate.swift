/// The files that `init` writes for a new site.
struct SiteTemplate {
    struct Answers {
        var id = "my-site"
        var name = "我的小区"
        var timezone = "Asia/Shanghai"
        var language = "zh-Hans"
        var store = "/var/lib/shouwang"
        var webhook = ""
    }

    struct File {
        var name: String
        var text: String
        var isSecret = false
    }

    let files: [File]
    let nextSteps: String

    init(answers: Answers, folder: String) {
        let password = SiteTemplate.password()
        let device = SiteTemplate.password()
        files = [
            File(name: "shouwang.yaml", text: SiteTemplate.configuration(answers)),
            File(name: "mqtt.password", text: password + "\n", isSecret: true),
            File(name: "registry/places.csv", text: SiteTemplate.places),
            File(name: "registry/devices.csv", text: SiteTemplate.devices),
            File(name: "registry/residents.csv", text: SiteTemplate.residents),
            File(name: "registry/workers.csv", text: SiteTemplate.workers(answers)),
            File(name: "mosquitto.conf", text: SiteTemplate.broker(folder)),
            File(name: "mosquitto.acl", text: SiteTemplate.acl(answers), isSecret: true),
            File(name: "mosquitto.passwords", text: "shouwang:\(password)\ngate-1:\(device)\n", isSecret: true),
        ]
        nextSteps = """
            已写入 \(folder)。Written to \(folder).
              1. 用表格软件填写 registry/ 里的四张表 · fill in the four sheets under registry/
              2. 设备账号:mosquitto_passwd \(folder)/mosquitto.passwords 设备编号 · an account for each device
                 示例设备 gate-1 的密码 · the sample device's password: \(device)
              3. shouwang check --config \(folder)/shouwang.yaml --who
              4. mosquitto -c \(folder)/mosquitto.conf
              5. shouwang run --config \(folder)/shouwang.yaml

            """
    }

    /// 24 letters and digits from the system's own random source: about 140 bits.
    private static func password() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        var random = SystemRandomNumberGenerator()
        return String((0..<24).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
    }

    private static func configuration(_ answers: Answers) -> String {
        let isChinese = answers.language == "zh-Hans"
        func comment(_ zh: String, _ en: String) -> String { "# " + (isChinese ? zh : en) }
        let hook = answers.webhook.isEmpty ? "" : "  hook: {kind: webhook, url: \(quoted(answers.webhook))}\n"
        let head = comment(
            "守望配置，由 shouwang init 生成。每一项的说明见 docs/configuration.zh-CN.md；改动后用 check 检查。",
            "Made by shouwang init. Each key is told in docs/configuration.md; after a change, run check.")
        let id = comment("进入主题和预警编号，定了不要改。", "Part of topics and alert ids: do not change it later.")
        let board = comment(
            "预警发布到本机 MQTT，大屏等可订阅。", "Alerts are published at the broker, for a wall screen and the like.")
        return """
            \(head)
            site:
              id: \(quoted(answers.id))   \(id)
              name: \(quoted(answers.name))
              timezone: \(quoted(answers.timezone))
              language: \(answers.language)
            mqtt:
              broker: "mqtt://127.0.0.1:1883"
              client_id: \(quoted("shouwang-" + answers.id))
              username: shouwang
              password: {file: mqtt.password}
              qos: 1
            registry: registry/
            feeds:
              - {topic: "community/+/+/+", format: native}
            store: {path: \(quoted(answers.store)), journal: {sync: batch, keep: 30d, max: 4GB}}

            \(rules(isChinese: isChinese))

            \(routes(isChinese: isChinese, hook: answers.webhook.isEmpty ? "board" : "hook"))

            channels:
              \(board)
              board: {kind: mqtt}
            \(hook)
            """
    }

    /// A text as YAML reads it back, whatever is in it: `null`, `1e3` or `on` are texts too.
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// With a byte order mark: then spreadsheet programs read the Chinese headers right.
    private static let mark = "\u{FEFF}"

    private static let places =
        mark + """
            编号,类型,上级,名称,网格
            1栋,楼栋,,1栋,网格1
            北门,区域,,北门,网格1

            """

    private static let devices =
        mark + """
            编号,位置,类别,类型,心跳,名称
            gate-1,北门,access,gate,,北门
            pir-1,1栋/1单元/101,elder,pir,6h,客厅红外

            """

    private static let residents =
        mark + """
            编号,住址,姓名,电话,关爱类别,凭证,外出自,外出至
            e1,1栋/1单元/101,示例老人,,独居,,,

            """

    private static func workers(_ answers: Answers) -> String {
        let channel = answers.webhook.isEmpty ? "board" : "hook"
        return mark + """
            编号,姓名,角色,电话,网格,通道
            w1,示例网格员,grid-worker,,网格1,\(channel)
            g1,示例保安,guard,,网格1,\(channel)
            p1,示例物业,property,,网格1,\(channel)
            c1,示例社区,community,,网格1,\(channel)
            s1,示例街道,street,,网格1,\(channel)

            """
    }

    private static func broker(_ folder: String) -> String {
        """
        # Made by shouwang init. The broker keeps what comes while the daemon is away.
        listener 1883 127.0.0.1
        allow_anonymous false
        password_file \(folder)/mosquitto.passwords
        acl_file \(folder)/mosquitto.acl
        persistence true
        persistence_location /var/lib/mosquitto/
        autosave_interval 30
        max_inflight_messages 1000
        max_queued_messages 0
        max_queued_bytes 268435456

        """
    }

    private static func acl(_ answers: Answers) -> String {
        """
        # A device writes under its own name alone: its user name is the last level of its topics.
        pattern write community/\(answers.id)/+/%u
        pattern write community/\(answers.id)/+/%u/status

        user shouwang
        topic read community/#
        topic readwrite shouwang/\(answers.id)/#
        topic write lift/#

        """
    }
}

/// The rules and routes that `init` writes: the whole catalogue, what every site can use switched on, the rest ready to
/// be switched on, each with a line that says what it is for.
extension SiteTemplate {
    private struct Line {
        var zh: String
        var en: String
        /// Below `rules`; with `# ` before it where it needs something that not every site has.
        var rule: String

        init(_ rule: String, _ zh: String, _ en: String) {
            self.rule = rule
            self.zh = zh
            self.en = en
        }
    }

    static func rules(isChinese: Bool) -> String {
        let groups: [(zh: String, en: String, lines: [Line])] = [
            ("事关人命：一收到就报，不过滤、不静默", "Life safety: raised at once, never filtered", lifeSafety), ("人", "People", people),
            ("楼栋", "Buildings", buildings), ("门", "Doors", doors),
            ("设备是否还可信", "Whether devices can be believed", deviceRules),
            ("上报和自定义", "Reports, and rules of your own", own),
        ]
        var text =
            isChinese
            ? """
            # 规则的名称是它的身份；改名时写 was: 旧名。前面有 # 的规则需要先有相应的设备，去掉 # 即启用。
            # 全部参数、默认值和误报的处理见 docs/rules.zh-CN.md。
            rules:
            """
            : """
            # A rule's name is its identity; after a renaming write was: OLD. A rule behind a # needs a device first:
            # take the # away to switch it on. All keys, their defaults, and what to do about false alarms are in
            # docs/rules.md.
            rules:
            """
        for group in groups {
            text += "\n  # ---- \(isChinese ? group.zh : group.en) ----"
            for line in group.lines { text += "\n  # \(isChinese ? line.zh : line.en)\n  \(line.rule)" }
        }
        return text
    }

    private static let lifeSafety = [
        Line("sos: {kind: sos}", "一键呼救。", "Somebody presses an SOS button."),
        Line("fall: {kind: fall}", "摄像头或穿戴设备报告跌倒。", "A camera or a wearable tells of a fall."),
        Line(
            "smoke-fire: {kind: smoke_fire}", "烟感、燃气、一氧化碳探测器或摄像头报告险情。",
            "A detector or a camera tells of smoke, fire, gas or carbon monoxide."),
        Line("lift-trapped: {kind: lift_trapped}", "电梯困人。", "Somebody is trapped in a lift."),
        Line("leak: {kind: leak}", "漏水探测器报告漏水。", "A leak detector tells of water."),
    ]

    private static let people = [
        Line(
            "no-movement: {kind: no_movement, stages: [{after: 24h, severity: medium}, {after: 72h, severity: high}]}",
            "受关注的居民（登记表“关爱类别”）没有活动；各级是同一条预警，逐级升高。",
            "No movement of a resident under care (`care` in residents.csv); the stages are one alert."),
        Line(
            "not-returned: {kind: not_returned, after: 12h, during: [{calendar: \"22:00-05:00\", after: 30m}]}",
            "受关注的居民从大门外出未归；夜里 30 分钟。", "Somebody under care went out and is not back; at night 30 minutes."),
        Line("fever: {kind: fever, above: 37.3}", "测温门禁测到发热。", "A gate measures a fever."),
    ]

    private static let buildings = [
        Line(
            "thrown-object: {kind: thrown_object}", "高空抛物：多个摄像头、多帧，同一次只报一次。",
            "Many cameras and frames, one alert a throw."),
        Line(
            "thrown-again: {kind: thrown_object_repeat, at_least: 3, within: 7d, cooldown: 3d}", "同一楼栋反复抛物。",
            "Things are thrown from the same building again and again."),
        Line(
            "lift-ebike: {kind: ebike_in_building, zone: lift}", "电动车进电梯；加上 publish 可让电梯开门等待。",
            "An e-bike in the lift; with `publish` the lift waits with an open door."),
        Line(
            "# ebike-upstairs: {kind: ebike_stays, after: 10m}", "电动车停留楼内：须有电梯和大堂摄像头（类型 lift、lobby）。",
            "It stays upstairs: needs cameras in lift and hall, of the kinds lift and lobby."),
        Line(
            "# fire-lane: {kind: fire_lane_blocked, except: [\"Sun 08:00-12:00\"]}",
            "消防通道占用：须有类型为 lane 的摄像头；except 是许可时段。",
            "A blocked fire lane: needs a camera of the kind lane; `except` has the permitted hours."),
        Line("lift-fault: {kind: lift_fault, merge: 10m}", "电梯故障，无人被困。", "A lift fault with nobody inside."),
    ]

    private static let doors = [
        Line("door-open: {kind: door_held_open, after: 3m}", "门长时间未关。", "A door is held open."),
        Line("door-forced: {kind: door_forced}", "没有刷卡或按钮而门被打开。", "A door opens without a pass or a button."),
        Line(
            "denied: {kind: access_denied_burst, at_least: 5, within: 10m}", "短时间内多次被拒。",
            "Many refusals within a short time."),
        Line("visitor: {kind: visitor_overstay, after: 2h}", "访客超时未离。", "A visitor has not left in time."),
        Line(
            "crowded: {kind: crowded_dwelling, at_least: 8, within: 14d}", "一户出入的人过多（群租）。",
            "Too many different persons in one home."),
        Line(
            "# tailgating: {kind: tailgating, places: [北门]}", "尾随：门口须有数人的摄像头。",
            "Needs a camera at the door that counts persons."),
        Line(
            "# north-flow: {kind: gate_flow, places: [北门], passes: 300, within: 10m}", "大门客流超限。",
            "Too many people pass a gate."),
        Line(
            "# passback: {kind: anti_passback}", "凭证进了又进、出了又出：每个大门两个方向都要读卡。",
            "A credential goes in twice, or out twice: needs readers both ways at each gate."),
    ]

    private static let deviceRules = [
        Line(
            "device-silent: {kind: device_silent}", "设备失联：早于老人的时限就说出来。",
            "A device is silent: told long before an elder's deadline."),
        Line(
            "hub-silent: {kind: upstream_silent}", "网关或线路失联，一次只报一条。",
            "A hub or line is silent: one alert, not one a device."),
        Line("battery: {kind: low_battery, below: 15, back: 20}", "电量低。", "A battery is low."),
        Line("clocks: {kind: clock_fault}", "设备时钟有误。", "A device's clock is wrong."),
        Line("identity: {kind: identity_mismatch}", "设备自称是另一台。", "A device claims to be another."),
        Line("stuck: {kind: device_stuck}", "传感器卡滞，不能据此判断人的活动。", "A sensor is stuck and says nothing about people."),
        Line("flooding: {kind: device_flooding}", "设备发得过多。", "A device sends too much."),
    ]

    private static let own = [
        Line(
            "dissuasion: {kind: report, kinds: [dissuasion], severity: high}", "银行等上报的劝阻（反诈）。",
            "Somebody was kept from a fraud."),
        Line(
            "reports: {kind: report, kinds: [resident_report, patrol_report]}", "居民和巡查人员上报。",
            "What residents and patrols report."),
        Line(
            "# water-all-night: {kind: expression, match: {kinds: [water]}, key: dwelling, "
                + "threshold: {of: value, above: 5, back: 1, for: 2h}, calendar: \"22:00-06:00\"}",
            "自己组合：match 加一个窗口。", "Your own: a match and one window."),
    ]

    // MARK: Routes

    /// - Parameter hook: the channel that gets everything.
    static func routes(isChinese: Bool, hook: String) -> String {
        func comment(_ zh: String, _ en: String) -> String { "# " + (isChinese ? zh : en) }
        let head = comment(
            "谁收到什么；先匹配的先用。角色见 registry/workers.csv。",
            "Who is told of what; the first that matches is taken. Roles are those of registry/workers.csv.")
        let life = comment("人命：网格员、保安、物业同时收到。", "A life in danger: grid worker, guard and property at once.")
        let elders = comment("老人：网格员上门。", "Elders: the grid worker goes and looks.")
        let guarded = comment(
            "抛物、电动车、消防通道、门：保安先到，3 分钟后物业。",
            "Throws, e-bikes, fire lane and doors: the guard, after 3 minutes the property.")
        let devices = comment("漏水、电梯故障、设备：物业。", "Leaks, lift faults and devices: the property.")
        let reports = comment("上报、访客、群租：网格员。", "Reports, visitors, crowded homes: the grid worker.")
        let rest = comment("其余：物业。", "All else: the property.")
        let escalate = "escalate: [{after: 5m, to: [community]}, {after: 15m, to: [street]}]"
        return """
            \(head)
            routes:
              \(life)
              - match: {kind: [sos, fall, smoke_fire, lift_trapped]}
                to: [grid-worker, guard, property, \(hook)]
                \(escalate)
              \(elders)
              - match: {kind: [no_movement, not_returned, fever]}
                to: [grid-worker, \(hook)]
                \(escalate)
              \(guarded)
              - match:
                  kind: [thrown_object, thrown_object_repeat, ebike_in_building, ebike_stays, fire_lane_blocked,
                         door_held_open, door_forced, access_denied_burst, tailgating, gate_flow,
                         anti_passback]
                to: [guard, \(hook)]
                escalate: [{after: 3m, to: [property]}]
              \(devices)
              - match:
                  kind: [leak, lift_fault, device_silent, upstream_silent, low_battery, clock_fault, identity_mismatch,
                         device_stuck, device_flooding]
                to: [property, \(hook)]
              \(reports)
              - match: {kind: [report, visitor_overstay, crowded_dwelling]}
                to: [grid-worker, \(hook)]
              \(rest)
              - match: {}
                to: [property, \(hook)]
            """
    }
}

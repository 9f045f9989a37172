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
            "守望配置,由 shouwang init 生成。每一项的说明见 docs/configuration.zh-CN.md;改动后用 check 检查。",
            "Made by shouwang init. Each key is told in docs/configuration.md; after a change, run check.")
        let id = comment("进入主题和预警编号,定了不要改。", "Part of topics and alert ids: do not change it later.")
        let board = comment(
            "预警发布到本机 MQTT,大屏等可订阅。", "Alerts are published at the broker, for a wall screen and the like.")
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

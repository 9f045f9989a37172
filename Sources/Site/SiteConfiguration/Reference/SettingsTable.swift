import Channels
import ConfigReading
import Diagnostics
import Feeds
import Timekeeping
import Vocabulary

/// All keys of the configuration and of its mapping files.
enum SettingsTable {
    static let all: [SettingKey] = basic + delivery + rules + FeedFormats.files.flatMap(\.keys)

    static let table = KeyTable(
        all, kinds: ["rules.*": RuleKind.built.map(\.rawValue), "channels.*": Channels.built])

    static func names<T: RawRepresentable & CaseIterable>(_ type: T.Type) -> [String] where T.RawValue == String {
        T.allCases.map(\.rawValue)
    }

    static let observations = ObservationKind.allCases.map(\.name)
}

extension SettingsTable {
    /// The site, the broker, feeds, the store, bounds, the console.
    static let basic: [SettingKey] = site + mqtt + feeds + store + console

    private static let site: [SettingKey] = [
        SettingKey("site", .section, zh: "本小区", en: "the community").needed,
        SettingKey("site.id", .name, zh: "小区代号，进主题和编号", en: "short name; part of topics and alert ids").needed,
        SettingKey("site.name", .text, zh: "小区名称，默认同代号", en: "what people call it; default: the id"),
        SettingKey("site.timezone", .zone, "Asia/Shanghai", zh: "时区", en: "time zone, an IANA name"),
        SettingKey("site.language", .choice(names(Language.self)), "zh-Hans", zh: "文字的语言", en: "language of texts"),
        SettingKey(
            "site.holidays", .path, zh: "节假日和调休上班日的 CSV:date,kind,name",
            en: "CSV of holidays and make-up days: date, kind (holiday, workday), name"),
        SettingKey(
            "registry", .path, zh: "存放 places、devices、residents、workers 四个 CSV 的文件夹",
            en: "folder of places.csv, devices.csv, residents.csv, workers.csv"
        ).needed,
        SettingKey(
            "life_safety", .section, zh: "内置的人命安全规则",
            en: "the built-in rules of life safety, for calls that no rule of their kind has in its scope"),
        SettingKey(
            "life_safety.off", .choices(RuleKind.allCases.filter(\.isLifeSafety).map(\.rawValue)),
            zh: "关闭哪几条内置规则，默认都开", en: "which of them are switched off; default: none"),
        SettingKey("heartbeat", .section, zh: "向外报平安", en: "tells a watcher elsewhere that this box lives").later,
        SettingKey("heartbeat.url", .web, zh: "报平安的地址", en: "what is called").needed,
        SettingKey(
            "heartbeat.every", .duration(.seconds(10) ... .days(1)), "1m", zh: "间隔", en: "how often"),
    ]

    private static let mqtt: [SettingKey] = [
        SettingKey("mqtt", .section, zh: "MQTT 服务器", en: "the MQTT broker").needed,
        SettingKey(
            "mqtt.broker", .broker, zh: "mqtt://主机:1883 或 mqtts://主机:8883",
            en: "mqtt://host:1883, or mqtts://host:8883 for TLS"
        ).needed,
        SettingKey(
            "mqtt.client_id", .name, zh: "客户端标识，默认 shouwang-小区代号，须唯一",
            en: "must be unique at the broker; default: shouwang- and the site's id"),
        SettingKey("mqtt.username", .text, zh: "用户名", en: "user name"),
        SettingKey("mqtt.password", .secret, zh: "密码", en: "password"),
        SettingKey("mqtt.tls", .section, zh: "TLS 证书", en: "certificates for TLS; default: the system's CAs"),
        SettingKey("mqtt.tls.ca", .path, zh: "CA 证书文件", en: "CA certificate file"),
        SettingKey("mqtt.tls.cert", .path, zh: "客户端证书文件", en: "client certificate file"),
        SettingKey("mqtt.tls.key", .path, zh: "客户端私钥文件", en: "client key file"),
        SettingKey("mqtt.qos", .integer(0...2), "1", zh: "订阅的 QoS,0 或 1", en: "QoS of the subscriptions, 0 or 1"),
        SettingKey(
            "mqtt.version", .choice(["4", "5"]), "4", zh: "协议：4 即 3.1.1，或 5", en: "protocol: 4 is 3.1.1, or 5"),
        SettingKey(
            "mqtt.inflight", .integer(1...65535), "1000", zh: "未确认消息的上限",
            en: "how many messages may be unacknowledged at once"),
    ]

    private static let feeds: [SettingKey] =
        [
            SettingKey("feeds", .sections, zh: "数据源", en: "what is subscribed to").needed,
            SettingKey(
                "feeds[].name", .name, zh: "名称，唯一，默认同格式", en: "unique; default: the format, with a number if need be"),
            SettingKey("feeds[].topic", .filter, zh: "主题过滤器", en: "topic filter").needed,
            SettingKey(
                "feeds[].format", .choice(FeedFormats.names), zh: "格式", en: "how payloads are read"
            ).needed,
            SettingKey(
                "feeds[].place", .text, zh: "消息未指明时的位置", en: "place of what names none: a place's id"),
        ] + FeedFormats.keys + [
            SettingKey(
                "feeds[].strip", .texts, zh: "从消息里剪出的图片，JSON 指针", en: "inline pictures to cut out, JSON pointers"
            ).later,
            SettingKey(
                "feeds[].redact", .texts, zh: "换成密钥哈希的证件号、电话，JSON 指针",
                en: "ID and phone numbers to hash, JSON pointers"
            ).later,
        ]

    private static let store: [SettingKey] = [
        SettingKey("store", .section, zh: "存储", en: "where state is kept").needed,
        SettingKey("store.path", .path, zh: "存储文件夹", en: "the store's folder").needed,
        SettingKey("store.journal", .section, zh: "原始流水", en: "the journal of all records"),
        SettingKey(
            "store.journal.sync", .text, "batch", zh: "落盘：batch、间隔（如 250ms）或 off",
            en: "batch (each batch, before it is acknowledged), an interval as 250ms, or off"),
        SettingKey(
            "store.journal.keep", .duration(.hours(1) ... .days(3650)), "30d", zh: "保留时间", en: "how long it is kept"),
        SettingKey(
            "store.journal.max", .size(4 << 20...1 << 50), "4GB", zh: "占用上限（1GB = 1024MB）",
            en: "how large it may grow (1GB = 1024MB)"),
        SettingKey(
            "store.journal.segment", .size(1 << 20...4 << 30), "64MB", zh: "每个文件的大小", en: "size of one segment"),
        SettingKey(
            "store.snapshot", .duration(.seconds(1) ... .hours(24)), "10m", zh: "状态快照的间隔",
            en: "how often the state is kept, for a fast start"),
        SettingKey("limits", .section, zh: "上限", en: "bounds of what may pile up"),
        SettingKey(
            "limits.payload", .size(1 << 10...8 << 20), "1MB", zh: "单条消息的上限（求助、跌倒、火警、困梯不限）",
            en: "largest payload that is read; of a call for help, a fall, smoke, a trapped lift any is"),
        SettingKey(
            "limits.rejects", .integer(0...1_000_000), "1000", zh: "保留多少条被拒消息",
            en: "how many refused records are kept to be looked at"),
        SettingKey(
            "limits.outbox", .integer(1...10_000_000), "100000", zh: "待发通知的上限",
            en: "how many notifications the outbox holds"),
    ]

    private static let console: [SettingKey] = [
        SettingKey("console", .section, zh: "管理界面", en: "pages and API; left out: none"),
        SettingKey("console.listen", .listen, "127.0.0.1:8420", zh: "监听地址", en: "where it listens"),
        SettingKey("console.public_url", .web, zh: "外网地址", en: "how it is reached from outside").later,
        SettingKey("console.tokens", .secret, zh: "令牌文件", en: "file of tokens").later,
    ]
}

extension SettingsTable {
    static let delivery: [SettingKey] = routes + channels

    private static let routes: [SettingKey] = [
        SettingKey("routes", .sections, zh: "路由：谁收到什么", en: "who is told of what"),
        SettingKey("routes[].match", .section, zh: "条件，省略即全部", en: "which alerts; left out: all"),
        SettingKey("routes[].match.kind", .choices(names(RuleKind.self)), zh: "规则种类", en: "kinds of rule"),
        SettingKey("routes[].match.severity", .choices(names(Severity.self)), zh: "级别", en: "severities"),
        SettingKey("routes[].match.verdict", .choices(names(Verdict.self)), zh: "研判", en: "verdicts"),
        SettingKey("routes[].match.place", .texts, zh: "位置", en: "places, and what is inside them"),
        SettingKey("routes[].match.calendar", .any, zh: "时段", en: "when").later,
        SettingKey("routes[].to", .texts, zh: "通道、角色或 worker:ID", en: "channels, roles, worker:ID").needed,
        SettingKey("routes[].escalate", .sections, zh: "升级", en: "who is told next, without an acknowledgement").later,
        SettingKey(
            "routes[].escalate[].after", .duration(.seconds(1) ... .days(30)), zh: "多久之后", en: "after"
        ).needed,
        SettingKey("routes[].escalate[].to", .texts, zh: "通道、角色或 worker:ID", en: "channels, roles, worker:ID").needed,
        SettingKey(
            "routes[].continue", .boolean, "false", zh: "匹配后继续往下看", en: "whether later routes are looked at too"),
        SettingKey("routes[].calendar", .any, zh: "时段", en: "when").later,
        SettingKey("routes[].mute", .any, zh: "静默时段", en: "when not").later,
        SettingKey("routes[].repeat", .any, zh: "重复提醒", en: "how often it is told again").later,
        SettingKey("routes[].group", .any, zh: "汇总", en: "what is told as one").later,
        SettingKey("routes[].dispatch", .choice(["auto", "desk"]), zh: "派遣方式", en: "auto, or desk").later,
        SettingKey(
            "routes[].desk_after", .duration(.seconds(1) ... .days(1)), zh: "值班台不动多久后自动派遣",
            en: "when a waiting desk is passed by"
        ).later,
        SettingKey("routes[].offer", .text, zh: "发给志愿者抢单", en: "to whom it is offered").later,
        SettingKey("routes[].self_check", .boolean, zh: "处置人可自行核查", en: "who handled may check").later,
    ]

    private static let channels: [SettingKey] =
        [
            SettingKey("channels", .named, zh: "通道", en: "ways to tell somebody"),
            SettingKey("channels.*.kind", .choice(Channels.names), zh: "种类", en: "what it is").needed,
        ] + Channels.keys
}

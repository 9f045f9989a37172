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
    static let basic: [SettingKey] = site + mqtt + feeds + store + limits + console

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
            "registry", .path, zh: "存放 places、devices、residents、workers（和 shifts）等 CSV 的文件夹",
            en: "folder of places.csv, devices.csv, residents.csv, workers.csv, and shifts.csv where there is one"
        ).needed,
        SettingKey(
            "life_safety", .section, zh: "内置的人命安全规则",
            en: "the built-in rules of life safety, for calls that no rule of their kind has in its scope"),
        SettingKey(
            "life_safety.off", .choices(RuleKind.allCases.filter(\.isLifeSafety).map(\.rawValue)),
            zh: "关闭哪几条内置规则，默认都开", en: "which of them are switched off; default: none"),
        SettingKey(
            "family_channels", .choices(["sms", "voice"]), zh: "同意的家属和钥匙保管人经哪些种类的通道通知，默认 sms、voice",
            en: "kinds of channel for families and key holders who agreed; default: sms, voice"),
        SettingKey("heartbeat", .section, zh: "向外报平安", en: "tells a watcher elsewhere that this box watches"),
        SettingKey("heartbeat.url", .web, zh: "报平安的地址，值守正常时按间隔访问", en: "what is called (GET) while the watch works")
            .needed,
        SettingKey(
            "heartbeat.every", .duration(.seconds(10) ... .days(1)), "1m", zh: "间隔", en: "how often"),
        SettingKey(
            "daily", .section, zh: "平安日报：每天一条，没有事也发", en: "the daily message, also when nothing happened"),
        SettingKey(
            "daily.at", .text, "08:00", zh: "本小区时间几点发；停机错过的 4 小时内补发",
            en: "when, in the site's time; missed while the box was down, it is sent up to 4 h late"),
        SettingKey(
            "daily.to", .texts, "property, community", zh: "发给谁：通道、角色或 worker:ID",
            en: "to whom: channels, roles, worker:ID"),
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
    ]

    private static let console: [SettingKey] = [
        SettingKey("console", .section, zh: "管理界面", en: "pages and API; left out: none"),
        SettingKey("console.listen", .listen, "127.0.0.1:8420", zh: "监听地址", en: "where it listens"),
        SettingKey("console.public_url", .web, zh: "外网地址", en: "how it is reached from outside").later,
        SettingKey(
            "console.tokens", .secret, zh: "令牌文件，每行：名称 角色 SHA-256 [网格员]；其余令牌用 shouwang token add 生成",
            en: "file of tokens by their hashes, a line each: name, role, SHA-256, worker; the others are made with "
                + "`shouwang token add`"),
        SettingKey(
            "console.tls", .section, zh: "加密；监听本机以外的地址时必需", en: "encrypts; needed to listen beyond loopback"),
        SettingKey("console.tls.cert", .path, zh: "证书文件（PEM，含中间证书）", en: "certificate file, PEM, with its chain")
            .needed,
        SettingKey("console.tls.key", .path, zh: "私钥文件（PEM）", en: "key file, PEM").needed,
        SettingKey(
            "console.trusted_proxies", .texts, zh: "可信反向代理的 IP，采信其 X-Forwarded-For",
            en: "IP addresses of proxies whose X-Forwarded-For is believed"),
        SettingKey(
            "console.insecure", .boolean, "false", zh: "允许不加密地对外监听（令牌将明文传输）",
            en: "lets it listen beyond loopback without TLS: tokens cross the network in the clear"),
    ]
}

extension SettingsTable {
    static let delivery: [SettingKey] = routes + channels

    private static let channels: [SettingKey] =
        [
            SettingKey("channels", .named, zh: "通道", en: "ways to tell somebody"),
            SettingKey("channels.*.kind", .choice(Channels.names), zh: "种类", en: "what it is").needed,
        ] + Channels.keys
}

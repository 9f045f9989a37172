import Diagnostics
import Timekeeping

extension SettingsTable {
    static let delivery: [SettingKey] = routes + channels

    private static let routes: [SettingKey] = [
        SettingKey("routes", .sections, zh: "路由:谁收到什么", en: "who is told of what"),
        SettingKey("routes[].match", .section, zh: "条件,省略即全部", en: "which alerts; left out: all"),
        SettingKey("routes[].match.kind", .choices(names(RuleKind.self)), zh: "规则种类", en: "kinds of rule"),
        SettingKey("routes[].match.severity", .choices(names(Severity.self)), zh: "级别", en: "severities"),
        SettingKey("routes[].match.verdict", .choices(names(VerdictName.self)), zh: "研判", en: "verdicts"),
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

    private static let channels: [SettingKey] = [
        SettingKey("channels", .named, zh: "通道", en: "ways to tell somebody"),
        SettingKey("channels.*.kind", .choice(names(ChannelKind.self)), zh: "种类", en: "what it is").needed,
        SettingKey("channels.*.url", .web, zh: "接收地址", en: "who gets the alert changes").needed.of("webhook"),
        SettingKey("channels.*.secret", .secret, zh: "签名密钥", en: "key of the signature").of("webhook"),
        SettingKey("channels.*.key", .secret, zh: "群机器人的 key", en: "the group robot's key").needed.of("wecom"),
        SettingKey("channels.*.base_url", .web, zh: "网关地址", en: "another host: a gateway or a stub")
            .of("webhook", "wecom").standard(["wecom": "https://qyapi.weixin.qq.com"]),
        SettingKey("channels.*.timeout", .duration(.seconds(1) ... .minutes(2)), "10s", zh: "超时", en: "longest wait")
            .of("webhook", "wecom"),
        SettingKey(
            "channels.*.ca", .path, zh: "签发对方证书的 CA(PEM 文件),省略即系统的",
            en: "PEM file with the CA of the other side's certificate; left out: the system's"
        ).of("webhook", "wecom"),
        SettingKey("channels.*.mention", .texts, zh: "要 @ 的成员,@all 为全部", en: "members to mention; @all")
            .of("wecom"),
        SettingKey("channels.*.topic", .topic, "shouwang/{site}/alerts/{id}", zh: "主题", en: "topic").of("mqtt"),
        SettingKey("channels.*.retain", .boolean, "false", zh: "保留消息", en: "whether the broker keeps the last")
            .of("mqtt"),
    ]
}

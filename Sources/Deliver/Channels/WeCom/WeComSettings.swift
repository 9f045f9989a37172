package import ConfigReading
package import Diagnostics

/// `kind: wecom` as the configuration has it.
package struct WeComSettings: ChannelSettings {
    package static let kind = "wecom"
    package static let takesChanges = false
    package static let keys =
        [SettingKey("key", .secret, zh: "群机器人的 key", en: "the group robot's key").needed]
        + HTTPSettings.keys(base: "https://qyapi.weixin.qq.com")
        + [SettingKey("mention", .texts, zh: "要 @ 的成员，@all 为全部", en: "members to mention; @all")]
    package static let example = """
        {kind: wecom, key: {env: K}, base_url: "https://example.org", timeout: 3s, ca: c.pem, mention: ["@all"]}
        """

    package var key: SecretSource
    package var baseURL: WebAddress
    /// Member ids; `@all` is everybody.
    package var mention: [String]
    package var http: HTTPSettings?

    package init?(_ section: Section) {
        let key = section.secret("key")
        mention = section.texts("mention")
        http = HTTPSettings(section)
        guard let key, let baseURL = http?.baseURL else { return nil }
        self.key = key
        self.baseURL = baseURL
    }

    package func channel(in context: ChannelContext) throws(UnplacedDiagnostic) -> any Channel {
        let base = try ChannelURL(baseURL.text, option: "base_url")
        let key = try context.secret(key, key: "key")
        return WeComChannel(WeComChannel.Options(key: key, baseURL: base, mentions: mention))
    }
}

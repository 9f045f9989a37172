package import ConfigReading
package import Diagnostics

/// `kind: webhook` as the configuration has it.
package struct WebhookSettings: ChannelSettings {
    package static let kind = "webhook"
    package static let takesChanges = true
    package static let keys =
        [
            SettingKey("url", .web, zh: "接收地址", en: "who gets the alert changes").needed,
            SettingKey("secret", .secret, zh: "签名密钥", en: "key of the signature"),
        ] + HTTPSettings.keys()
    package static let example = """
        {kind: webhook, url: "https://example.org", secret: {file: k}, base_url: "http://[::1]", timeout: 3s, ca: c.pem}
        """

    package var url: WebAddress
    /// The key of the signature; nil: requests are not signed.
    package var secret: SecretSource?
    package var http: HTTPSettings?

    package init?(_ section: Section) {
        let url = section.web("url")
        secret = section.secret("secret")
        http = HTTPSettings(section)
        guard http != nil, let url else { return nil }
        self.url = url
    }

    package func channel(in context: ChannelContext) throws(UnplacedDiagnostic) -> any Channel {
        let address = try ChannelURL(http?.rebased(url) ?? url.text, option: "url")
        let key = try secret.map { (place) throws(UnplacedDiagnostic) in try context.secret(place, key: "secret") }
        return WebhookChannel(WebhookChannel.Options(url: address, secret: key))
    }
}

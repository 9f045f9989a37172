import ConfigReading
import Diagnostics
import Timekeeping

extension SettingsReader {
    func mqtt(_ root: Section, site: String?) -> MQTTSettings? {
        guard let section = root.section("mqtt") else { return nil }
        let broker = section.value("broker") { (text) throws(UnplacedDiagnostic) in try BrokerAddress(text: text) }
        let clientID = section.name("client_id") ?? "shouwang-" + (site ?? "")
        let username = section.text("username")
        let password = secret(section, "password")
        let tls = tls(section)
        let qos = section.integer("qos")
        if qos == 2 { section.error(.qos2, at: "qos") }
        let version = section.choice("version").flatMap { Int($0) }.flatMap(MQTTSettings.Version.init(rawValue:))
        let inflight = section.integer("inflight")
        if section.has("password"), !section.has("username") { section.error(.passwordAlone, at: "password") }
        if let broker {
            if section.has("tls"), !broker.isTLS { section.error(.tlsWithoutTLS, at: "tls") }
            if password != nil, !broker.isTLS, !broker.isLoopback { section.warning(.openPassword, at: "broker") }
        }
        guard let broker, let qos, let version, let inflight else { return nil }
        return MQTTSettings(
            broker: broker, clientID: clientID, username: username, password: password, tls: tls, qos: qos,
            version: version, inflight: inflight)
    }

    private func tls(_ mqtt: Section) -> TLSSettings? {
        guard let section = mqtt.section("tls") else { return nil }
        if section.has("cert") != section.has("key") {
            section.error(.halfCertificate, at: section.has("cert") ? "cert" : "key")
        }
        let tls = TLSSettings(ca: path(section, "ca"), cert: path(section, "cert"), key: path(section, "key"))
        for (key, path) in [("ca", tls.ca), ("cert", tls.cert), ("key", tls.key)] {
            guard let path else { continue }
            need(.file(path), section, key)
        }
        return tls
    }

    private func need(_ what: NeededFile.What, _ section: Section, _ key: String) {
        findings.needs.append(NeededFile(what: what, key: section.title(key), position: section.place(key)))
    }

    // MARK: Values that several sections have

    func web(_ section: Section, _ key: String) -> WebAddress? {
        let address = section.value(key) { (text) throws(UnplacedDiagnostic) in try WebAddress(text: text) }
        if let address, !address.isTLS, !address.isLoopback { section.warning(.openWeb(address.host), at: key) }
        return address
    }

    /// `{file: …}`, `{env: …}` or `{credential: …}`. Whatever else stands there may be the secret itself, so nothing of
    /// it is told, not even a key.
    func secret(_ section: Section, _ key: String) -> SecretSource? {
        let secret = written(section, key)
        if let secret { need(.secret(secret), section, key) }
        return secret
    }

    func written(_ section: Section, _ key: String) -> SecretSource? {
        guard let node = section.node(key) else { return nil }
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first else {
            section.error(.literalSecret, at: key)
            return nil
        }
        guard case .scalar(let text) = entry.value.content, !text.isEmpty else {
            section.error(.literalSecret, at: key)
            return nil
        }
        switch entry.key {
        case "file": return .file(resolve(text))
        case "env": return .env(text)
        case "credential":
            guard !text.contains("/"), text != ".." else {
                section.error(.credentialPath, at: key)
                return nil
            }
            return .credential(text)
        default:
            section.error(.literalSecret, at: key)
            return nil
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static let literalSecret = UnplacedDiagnostic(
        code: "config.literal-secret",
        what: LocalizedText(
            zh: "这里只能写密码所在的位置,不能写密码本身", en: "a place is needed where the secret is kept, never the secret"),
        remedy: LocalizedText(
            zh: "把它存进只有守望能读的文件,写 {file: 路径};或 {env: 变量名}、{credential: 名称}",
            en: "put it into a file that only the daemon can read and write {file: PATH}, or {env: NAME}, "
                + "{credential: NAME}"))

    fileprivate static let credentialPath = UnplacedDiagnostic(
        code: "config.bad-value",
        what: LocalizedText(zh: "credential 应为名称,不是路径", en: "a credential is a name, no path"),
        remedy: LocalizedText(
            zh: "写 systemd 单元里 LoadCredential= 的名称", en: "write the name that LoadCredential= has in the unit"))

    fileprivate static let qos2 = UnplacedDiagnostic(
        code: "mqtt.qos-2",
        what: LocalizedText(
            zh: "不能用 QoS 2:客户端库在消息落盘前就已确认,断电会丢消息",
            en: "QoS 2 is refused: the client library confirms a message before it is on disk, so a crash loses it"),
        remedy: LocalizedText(
            zh: "写 qos: 1;以 QoS 2 发布的消息会按 1 送达", en: "write qos: 1; what is published at 2 arrives at 1"))

    fileprivate static let passwordAlone = UnplacedDiagnostic(
        code: "mqtt.password-without-username",
        what: LocalizedText(zh: "有密码而没有用户名", en: "there is a password without a user name"),
        remedy: LocalizedText(zh: "请补上 username", en: "add username"))

    fileprivate static let tlsWithoutTLS = UnplacedDiagnostic(
        code: "mqtt.tls-without-mqtts",
        what: LocalizedText(zh: "写了 TLS 证书,但地址是 mqtt://", en: "there are certificates, but the broker is mqtt://"),
        remedy: LocalizedText(zh: "请把 broker 改成 mqtts://,或删除 tls", en: "write mqtts:// in broker, or delete tls"))

    fileprivate static let openPassword = UnplacedDiagnostic(
        code: "mqtt.not-encrypted",
        what: LocalizedText(zh: "密码会以明文经过网络", en: "the password crosses the network in the clear"),
        remedy: LocalizedText(zh: "请用 mqtts://", en: "use mqtts://"))

    fileprivate static let halfCertificate = UnplacedDiagnostic(
        code: "mqtt.half-certificate",
        what: LocalizedText(zh: "cert 和 key 须一起写", en: "cert and key go together"),
        remedy: LocalizedText(zh: "请补上另一个", en: "add the other"))

    fileprivate static func openWeb(_ host: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.not-encrypted",
            what: LocalizedText(
                zh: "发往 \(host.shown) 的内容没有加密,其中有居民的情况",
                en: "what goes to \(host.shown) is not encrypted, and it tells of residents"),
            remedy: LocalizedText(zh: "请用 https://", en: "use https://"))
    }
}

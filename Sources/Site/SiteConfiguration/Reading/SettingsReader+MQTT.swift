import ConfigReading
import Diagnostics
import Timekeeping

extension SettingsReader {
    func mqtt(_ root: Section, site: String?) -> MQTTSettings? {
        guard let section = root.section("mqtt") else { return nil }
        let broker = section.value("broker") { (text) throws(UnplacedDiagnostic) in try BrokerAddress(text: text) }
        let clientID = section.name("client_id") ?? "shouwang-" + (site ?? "")
        let username = section.text("username")
        let password = section.secret("password")
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
        let tls = TLSSettings(ca: section.path("ca"), cert: section.path("cert"), key: section.path("key"))
        for (key, path) in [("ca", tls.ca), ("cert", tls.cert), ("key", tls.key)] {
            guard let path else { continue }
            section.need(.file(path), key)
        }
        return tls
    }
}

extension UnplacedDiagnostic {
    fileprivate static let qos2 = UnplacedDiagnostic(
        code: "mqtt.qos-2",
        what: LocalizedText(
            zh: "不能用 QoS 2：客户端库在消息落盘前就已确认，断电会丢消息",
            en: "QoS 2 is refused: the client library confirms a message before it is on disk, so a crash loses it"),
        remedy: LocalizedText(
            zh: "写 qos: 1；以 QoS 2 发布的消息会按 1 送达", en: "write qos: 1; what is published at 2 arrives at 1"))

    fileprivate static let passwordAlone = UnplacedDiagnostic(
        code: "mqtt.password-without-username",
        what: LocalizedText(zh: "有密码而没有用户名", en: "there is a password without a user name"),
        remedy: LocalizedText(zh: "请补上 username", en: "add username"))

    fileprivate static let tlsWithoutTLS = UnplacedDiagnostic(
        code: "mqtt.tls-without-mqtts",
        what: LocalizedText(zh: "写了 TLS 证书，但地址是 mqtt://", en: "there are certificates, but the broker is mqtt://"),
        remedy: LocalizedText(zh: "请把 broker 改成 mqtts://,或删除 tls", en: "write mqtts:// in broker, or delete tls"))

    fileprivate static let openPassword = UnplacedDiagnostic(
        code: "mqtt.not-encrypted",
        what: LocalizedText(zh: "密码会以明文经过网络", en: "the password crosses the network in the clear"),
        remedy: LocalizedText(zh: "请用 mqtts://", en: "use mqtts://"))

    fileprivate static let halfCertificate = UnplacedDiagnostic(
        code: "mqtt.half-certificate",
        what: LocalizedText(zh: "cert 和 key 须一起写", en: "cert and key go together"),
        remedy: LocalizedText(zh: "请补上另一个", en: "add the other"))
}

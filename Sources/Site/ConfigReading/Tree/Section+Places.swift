import Diagnostics
import Foundation

/// Values of a configuration that name a place elsewhere: a file, a secret, an address.
extension Section {
    /// A path as it is on disk.
    package func path(_ key: String) -> String? { text(key).map(resolve) }

    /// An `http` or `https` address; told where what goes there can be read on the way.
    package func web(_ key: String) -> WebAddress? {
        let address = value(key) { (text) throws(UnplacedDiagnostic) in try WebAddress(text: text) }
        if let address, !address.isTLS, !address.isLoopback { warning(.openWeb(address.host), at: key) }
        return address
    }

    /// The place of a secret that is read when the daemon starts.
    package func secret(_ key: String) -> SecretSource? {
        let secret = secretAsWritten(key)
        if let secret { need(.secret(secret), key) }
        return secret
    }

    /// `{file: …}`, `{env: …}` or `{credential: …}`. Whatever else stands there may be the secret itself, so nothing of
    /// it is told, not even a key.
    package func secretAsWritten(_ key: String) -> SecretSource? {
        guard let node = node(key) else { return nil }
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first else {
            error(.literalSecret, at: key)
            return nil
        }
        guard case .scalar(let text) = entry.value.content, !text.isEmpty else {
            error(.literalSecret, at: key)
            return nil
        }
        switch entry.key {
        case "file": return .file(resolve(text))
        case "env": return .env(text)
        case "credential":
            guard !text.contains("/"), text != ".." else {
                error(.credentialPath, at: key)
                return nil
            }
            return .credential(text)
        default:
            error(.literalSecret, at: key)
            return nil
        }
    }

    /// Notes that a value is read from elsewhere when the daemon starts.
    package func need(_ what: NeededFile.What, _ key: String) {
        findings.needs.append(NeededFile(what: what, key: title(key), position: place(key)))
    }

    private func resolve(_ path: String) -> String { Section.resolve(path, in: folder) }

    /// A path in a file of that folder as it is on disk.
    package static func resolve(_ path: String, in folder: String) -> String {
        let full = path.hasPrefix("/") ? path : folder + "/" + path
        return URL(fileURLWithPath: full).standardizedFileURL.path
    }
}

extension UnplacedDiagnostic {
    fileprivate static let literalSecret = UnplacedDiagnostic(
        code: "config.literal-secret",
        what: LocalizedText(
            zh: "这里只能写密码所在的位置，不能写密码本身", en: "a place is needed where the secret is kept, never the secret"),
        remedy: LocalizedText(
            zh: "把它存进只有守望能读的文件，写 {file: 路径}；或 {env: 变量名}、{credential: 名称}",
            en: "put it into a file that only the daemon can read and write {file: PATH}, or {env: NAME}, "
                + "{credential: NAME}"))

    fileprivate static let credentialPath = UnplacedDiagnostic(
        code: "config.bad-value",
        what: LocalizedText(zh: "credential 应为名称，不是路径", en: "a credential is a name, no path"),
        remedy: LocalizedText(
            zh: "写 systemd 单元里 LoadCredential= 的名称", en: "write the name that LoadCredential= has in the unit"))

    fileprivate static func openWeb(_ host: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.not-encrypted",
            what: LocalizedText(
                zh: "发往 \(host.shown) 的内容没有加密，其中有居民的情况",
                en: "what goes to \(host.shown) is not encrypted, and it tells of residents"),
            remedy: LocalizedText(zh: "请用 https://", en: "use https://"))
    }
}

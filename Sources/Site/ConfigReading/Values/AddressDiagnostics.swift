import Diagnostics
import Foundation

extension UnplacedDiagnostic {
    /// Shows the address up to its path, since paths and queries of robots' URLs hold keys.
    static func badAddress(_ text: String, example: String) -> UnplacedDiagnostic {
        // What stands before @ may be a password, which may itself hold any of the characters that end a host.
        guard !text.contains("@") else { return .userInAddress }
        let start = text.range(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
        let text = String(text[..<end])
        return UnplacedDiagnostic(
            code: "config.bad-address",
            what: LocalizedText(zh: "“\(text.shown)”不是地址", en: "\"\(text.shown)\" is no address"),
            remedy: LocalizedText(zh: "写成 \(example) 的样子", en: "write it as \(example)"))
    }

    static func badScheme(_ scheme: String, schemes: [String], example: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-address",
            what: LocalizedText(
                zh: "地址不能以“\(scheme.shown)://”开头", en: "an address here cannot begin with \"\(scheme.shown)://\""),
            remedy: LocalizedText(
                zh: "以 \(schemes.joined(separator: ":// 或 ")):// 开头，如 \(example)",
                en: "begin it with \(schemes.joined(separator: ":// or "))://, as \(example)"))
    }

    static func badPort(_ text: String, example: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-port",
            what: LocalizedText(zh: "端口“\(text.shown)”不可用", en: "the port \"\(text.shown)\" cannot be used"),
            remedy: LocalizedText(zh: "端口是 1 到 65535，如 \(example)", en: "a port is 1 to 65535, as in \(example)"))
    }

    static let userInAddress = UnplacedDiagnostic(
        code: "config.literal-secret",
        what: LocalizedText(zh: "地址里写了用户名或密码", en: "the address holds a user name or password"),
        remedy: LocalizedText(
            zh: "请从地址中删去，密码另用 {file: …}、{env: …} 或 {credential: …}",
            en: "take it out; a password is told as {file: …}, {env: …} or {credential: …}"))
}

// URLComponents splits the address; Diagnostics carries the words for people.
package import Diagnostics
import Foundation
import Vocabulary

/// An absolute `http` or `https` address. Paths and queries of webhooks are credentials, so its description shows only
/// scheme, host and port.
package struct ChannelURL: Equatable, Sendable {
    private let text: String
    private let shown: String
    /// A name or an address, for people and for the connection.
    package let host: String
    package let port: Int

    /// - Parameter option: the key at which it stands. What is wrong is told without the value: it may hold a secret.
    package init(_ text: String, option: String) throws(UnplacedDiagnostic) {
        let parts = URLComponents(string: text)
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPlain, let parts, let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty,
            scheme == "http" || scheme == "https"
        else {
            throw UnplacedDiagnostic(
                code: "config.bad-address",
                what: LocalizedText(zh: "不是完整的 http(s) 网址", en: "not a complete http(s) address"),
                remedy: LocalizedText(zh: "写成 https://主机/路径", en: "write https://host/path")
            ).at(option)
        }
        guard parts.user == nil, parts.password == nil else {
            throw UnplacedDiagnostic(
                code: "config.literal-secret",
                what: LocalizedText(zh: "网址里带有用户名或密码", en: "the address holds a user name or password"),
                remedy: LocalizedText(zh: "从网址中去掉", en: "take it out of the address")
            ).at(option)
        }
        self.text = text
        self.host = host
        self.port = parts.port ?? (scheme == "https" ? 443 : 80)
        let port = parts.port.map { ":\($0)" } ?? ""
        let hasMore = !(parts.path.isEmpty || parts.path == "/") || parts.query != nil
        shown = "\(scheme)://\(host)\(port)/\(hasMore ? "…" : "")"
    }

    /// The same address with a path and a query behind it; both are plain ASCII and already escaped.
    package func appending(_ rest: String) -> ChannelURL {
        let base = text.hasSuffix("/") ? String(text.dropLast()) : text
        let origin = shown.hasSuffix("…") ? shown : shown + "…"
        return ChannelURL(text: base + rest, shown: origin, host: host, port: port)
    }

    private init(text: String, shown: String, host: String, port: Int) {
        self.text = text
        self.shown = shown
        self.host = host
        self.port = port
    }

    /// The whole address; for the request alone.
    package func reveal() -> String { text }

    /// Takes the address, its path, and each longer part of path and query out of a text that came from outside.
    package func scrubbed(from other: String) -> String {
        let afterScheme = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let target = afterScheme.drop { $0 != "/" && $0 != "?" }
        let parts = target.split { "/?&=#".contains($0) }.filter { $0.utf8.count >= 8 }
        let whole = target.count > 1 ? [Substring(text), target] : [Substring(text)]
        return (whole + parts).reduce(other) { $0.replacing($1, with: Secret.mask) }
    }

    /// A value for a query: everything but unreserved ASCII is percent-encoded (RFC 3986 §2.3).
    package static func escaped(_ value: String) -> String {
        var result = ""
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + Hex.string([byte], uppercase: true)
            }
        }
        return result
    }
}

extension ChannelURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { shown }
    package var debugDescription: String { shown }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

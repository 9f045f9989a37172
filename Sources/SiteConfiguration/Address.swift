import Diagnostics
import Foundation

/// A broker: `mqtt://host[:port]` (default 1883) or `mqtts://host[:port]` (TLS, default 8883).
package struct BrokerAddress: Equatable, Sendable, CustomStringConvertible {
    package var isTLS: Bool
    /// A name or an address; of IPv6 without the brackets.
    package var host: String
    /// 1…65535.
    package var port: Int

    package init(isTLS: Bool, host: String, port: Int) {
        self.isTLS = isTLS
        self.host = host
        self.port = port
    }

    package var isLoopback: Bool { HostPort.isLoopback(host) }

    package var description: String {
        "\(isTLS ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

/// Where the console listens: `host:port`.
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var isLoopback: Bool { HostPort.isLoopback(host) }
    package var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// An `http://` or `https://` URL, kept as written.
package struct WebAddress: Equatable, Sendable, CustomStringConvertible {
    package var text: String
    package var isTLS: Bool
    package var host: String
    package var port: Int

    package var isLoopback: Bool { HostPort.isLoopback(host) }
    package var description: String { text }

    /// - Returns: nil where the text is no `http` or `https` URL, or holds a user or password.
    package init?(_ text: String) {
        do {
            try self.init(text: text)
        } catch {
            return nil
        }
    }
}

/// `scheme://host[:port][/rest]`, read without guessing.
struct HostPort {
    var scheme: String
    var host: String
    var port: Int?
    var rest: String

    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// - Parameter schemes: those that are accepted, the first one for examples; empty where none is written.
    init(_ text: String, schemes: [String], example: String) throws(Fault) {
        var remaining = text[...]
        scheme = ""
        if !schemes.isEmpty {
            guard let range = text.range(of: "://") else { throw .badAddress(text, example: example) }
            scheme = text[..<range.lowerBound].lowercased()
            guard schemes.contains(scheme) else {
                throw text.contains("@")
                    ? .userInAddress : .badScheme(scheme, schemes: schemes, example: example)
            }
            remaining = text[range.upperBound...]
        }
        let end = remaining.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? remaining.endIndex
        rest = String(remaining[end...])
        remaining = remaining[..<end]
        // What stands before @ may be a password, so nothing of the text is told.
        guard !remaining.contains("@") else { throw .userInAddress }
        let portText: Substring?
        if remaining.hasPrefix("[") {
            guard let close = remaining.firstIndex(of: "]") else { throw .badAddress(text, example: example) }
            host = String(remaining[remaining.index(after: remaining.startIndex)..<close])
            let tail = remaining[remaining.index(after: close)...]
            guard tail.isEmpty || tail.hasPrefix(":"), host.contains(":"),
                host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { throw .badAddress(text, example: example) }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = remaining.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw .badAddress(text, example: example) }
            host = String(parts.first ?? "")
            portText = parts.count == 2 ? parts[1] : nil
        }
        let isHost = host.allSatisfy { $0.isLetter || $0.isNumber || "-._:".contains($0) }
        guard !host.isEmpty, isHost else { throw .badAddress(text, example: example) }
        guard let portText else { return }
        guard portText.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(portText),
            (1...65535).contains(number)
        else { throw text.contains("@") ? .userInAddress : .badPort(String(portText), example: example) }
        port = number
    }
}

extension BrokerAddress {
    init(text: String) throws(Fault) {
        let example = "mqtt://127.0.0.1:1883"
        let address = try HostPort(text, schemes: ["mqtt", "mqtts"], example: example)
        guard address.rest.isEmpty || address.rest == "/" else { throw .badAddress(text, example: example) }
        isTLS = address.scheme == "mqtts"
        host = address.host
        port = address.port ?? (isTLS ? 8883 : 1883)
    }
}

extension ListenAddress {
    init(text: String) throws(Fault) {
        let example = "127.0.0.1:8420"
        let address = try HostPort(text, schemes: [], example: example)
        guard let port = address.port, address.rest.isEmpty else { throw .badAddress(text, example: example) }
        host = address.host
        self.port = port
    }
}

extension WebAddress {
    init(text: String) throws(Fault) {
        let example = "https://example.org/alerts"
        let isClean = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        guard isClean else { throw .badAddress(text, example: example) }
        let address = try HostPort(text, schemes: ["https", "http"], example: example)
        self.text = text
        isTLS = address.scheme == "https"
        host = address.host
        port = address.port ?? (isTLS ? 443 : 80)
    }
}

extension Fault {
    /// Shows the address up to its path, since paths and queries of robots' URLs hold keys.
    fileprivate static func badAddress(_ text: String, example: String) -> Fault {
        // What stands before @ may be a password, which may itself hold any of the characters that end a host.
        guard !text.contains("@") else { return .userInAddress }
        let start = text.range(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
        let text = String(text[..<end])
        return Fault(
            code: "config.bad-address",
            what: Phrase(zh: "“\(text.shown)”不是地址", en: "\"\(text.shown)\" is no address"),
            remedy: Phrase(zh: "写成 \(example) 的样子", en: "write it as \(example)"))
    }

    fileprivate static func badScheme(_ scheme: String, schemes: [String], example: String) -> Fault {
        Fault(
            code: "config.bad-address",
            what: Phrase(
                zh: "地址不能以“\(scheme.shown)://”开头", en: "an address here cannot begin with \"\(scheme.shown)://\""),
            remedy: Phrase(
                zh: "以 \(schemes.joined(separator: ":// 或 ")):// 开头,如 \(example)",
                en: "begin it with \(schemes.joined(separator: ":// or "))://, as \(example)"))
    }

    fileprivate static func badPort(_ text: String, example: String) -> Fault {
        Fault(
            code: "config.bad-port",
            what: Phrase(zh: "端口“\(text.shown)”不可用", en: "the port \"\(text.shown)\" cannot be used"),
            remedy: Phrase(zh: "端口是 1 到 65535,如 \(example)", en: "a port is 1 to 65535, as in \(example)"))
    }

    fileprivate static let userInAddress = Fault(
        code: "config.literal-secret",
        what: Phrase(zh: "地址里写了用户名或密码", en: "the address holds a user name or password"),
        remedy: Phrase(
            zh: "请从地址中删去,密码另用 {file: …}、{env: …} 或 {credential: …}",
            en: "take it out; a password is told as {file: …}, {env: …} or {credential: …}"))
}

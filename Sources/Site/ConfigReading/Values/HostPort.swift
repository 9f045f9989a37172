package import Diagnostics
import Foundation

/// `scheme://host[:port][/rest]`, read without guessing.
package struct HostPort {
    package var scheme: String
    package var host: String
    package var port: Int?
    package var rest: String

    package static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// - Parameter schemes: those that are accepted, the first one for examples; empty where none is written.
    package init(_ text: String, schemes: [String], example: String) throws(UnplacedDiagnostic) {
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

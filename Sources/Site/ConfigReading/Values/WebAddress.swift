package import Diagnostics
import Foundation

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

extension WebAddress {
    package init(text: String) throws(UnplacedDiagnostic) {
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

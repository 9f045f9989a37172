package import Diagnostics
import Foundation

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

extension ListenAddress {
    package init(text: String) throws(UnplacedDiagnostic) {
        let example = "127.0.0.1:8420"
        let address = try HostPort(text, schemes: [], example: example)
        guard let port = address.port, address.rest.isEmpty else { throw .badAddress(text, example: example) }
        host = address.host
        self.port = port
    }
}

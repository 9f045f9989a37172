package import Diagnostics
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

extension BrokerAddress {
    package init(text: String) throws(UnplacedDiagnostic) {
        let example = "mqtt://127.0.0.1:1883"
        let address = try HostPort(text, schemes: ["mqtt", "mqtts"], example: example)
        guard address.rest.isEmpty || address.rest == "/" else { throw .badAddress(text, example: example) }
        isTLS = address.scheme == "mqtts"
        host = address.host
        port = address.port ?? (isTLS ? 8883 : 1883)
    }
}

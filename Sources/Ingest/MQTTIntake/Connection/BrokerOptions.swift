package import Timekeeping

/// Where the broker is and how to speak to it; the same for both sessions.
package struct BrokerOptions: Sendable {
    package enum Version: Sendable { case v311, v5 }

    /// Files of PEM. Without `ca` the system's authorities are trusted. The broker's name is always verified.
    package struct TLS: Sendable {
        package var ca: String?
        package var certificate: String?
        /// Not encrypted: a daemon has nobody to ask for a pass phrase.
        package var key: String?

        package init(ca: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.ca = ca
            self.certificate = certificate
            self.key = key
        }
    }

    package var host: String
    package var port: UInt16
    package var version = Version.v311
    package var username: String?
    package var password: String?
    package var tls: TLS?
    /// Silence after which a ping is sent, in whole seconds. The broker gives up after one and a half of it; below 5 s
    /// libmosquitto refuses it.
    package var keepalive = Milliseconds.seconds(30)
    /// From the TCP connection to the broker's CONNACK.
    package var greetingTimeout = Milliseconds.seconds(20)
    /// Without a single byte for so long the client is torn down and made again. Pings make a healthy connection speak
    /// at least once a ``keepalive``.
    package var watchdogAfter = Milliseconds.seconds(90)
    package var backoff = ReconnectBackoff()

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }
}

/// Never tells the password, nor the user's name.
extension BrokerOptions: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(tls == nil ? "mqtt" : "mqtts")://\(host):\(port)" }
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

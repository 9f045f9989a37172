package import ConfigReading
import MQTTIntake
package import SiteConfiguration

extension BrokerOptions {
    /// The broker as the configuration names it, with the password read.
    package init(_ settings: MQTTSettings) throws(SecretError) {
        self.init(host: settings.broker.host, port: UInt16(clamping: settings.broker.port))
        version = settings.version == .v5 ? .v5 : .v311
        username = settings.username
        if let secret = settings.password { password = try secret.read() }
        if settings.broker.isTLS {
            tls = TLS(ca: settings.tls?.ca, certificate: settings.tls?.cert, key: settings.tls?.key)
        }
    }
}

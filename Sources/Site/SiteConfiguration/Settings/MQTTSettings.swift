package import ConfigReading

package struct MQTTSettings: Equatable, Sendable {
    /// The protocol's own numbers.
    package enum Version: Int, Sendable {
        /// MQTT 3.1.1
        case v311 = 4
        case v5 = 5
    }

    package var broker: BrokerAddress
    package var clientID: String
    /// The publishing client's.
    package var outClientID: String { clientID + "-out" }
    package var username: String?
    package var password: SecretSource?
    package var tls: TLSSettings?
    /// 0 or 1.
    package var qos: Int
    package var version: Version
    /// How many messages may be unacknowledged at once; 1…65535.
    package var inflight: Int

    package init(
        broker: BrokerAddress, clientID: String, username: String? = nil, password: SecretSource? = nil,
        tls: TLSSettings? = nil, qos: Int, version: Version, inflight: Int
    ) {
        self.broker = broker
        self.clientID = clientID
        self.username = username
        self.password = password
        self.tls = tls
        self.qos = qos
        self.version = version
        self.inflight = inflight
    }
}

package enum ChannelRequest: Equatable, Sendable {
    case http(method: String, url: ChannelURL, headers: [HeaderField], body: [UInt8])
    case mqtt(topic: String, payload: [UInt8], qos: Int, retain: Bool)
}

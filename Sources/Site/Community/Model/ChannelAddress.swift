/// A channel by which a worker is told, with an address where the channel needs one (`sms:13800001111`).
package struct ChannelAddress: Equatable, Sendable {
    package var channel: String
    package var address: String?

    package init(channel: String, address: String?) {
        self.channel = channel
        self.address = address
    }
}

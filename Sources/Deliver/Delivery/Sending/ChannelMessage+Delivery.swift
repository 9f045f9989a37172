import Channels
import Ledger

extension ChannelMessage {
    init(_ delivery: Delivery) {
        let entry = delivery.entry
        self.init(
            key: delivery.key, alert: entry.alert, severity: entry.severity, change: entry.change,
            recipient: entry.recipient, body: entry.body, isRepeat: delivery.isRepeat)
    }
}

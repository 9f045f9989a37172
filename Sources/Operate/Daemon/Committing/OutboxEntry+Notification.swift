import AlertDispatch
import Alerts
import Diagnostics
import Ledger
import Timekeeping
import Vocabulary

extension OutboxEntry {
    /// A notification as the ledger keeps it, its words frozen. Of several changes the first gives it its number.
    /// - Parameter words: where they are not the notification's own.
    init(_ notification: AlertNotification, zone: Zone, language: Language, words: String? = nil) {
        let head = notification.changes[0]
        let (kind, body): (Kind, String) =
            switch notification.body {
            case .json: (.change, String(decoding: head.json(zone: zone), as: UTF8.self))
            case .words: (.text, words ?? notification.words(in: language))
            }
        self.init(
            record: head.record, ordinal: head.ordinal, alert: head.id, channel: notification.channel,
            recipient: notification.recipient, severity: notification.severity,
            change: head.change.rawValue, kind: kind, body: body, at: head.stamp)
        others = Array(Set(notification.alerts.dropFirst()).subtracting([head.id])).sorted()
    }
}

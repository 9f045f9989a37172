package import Timekeeping

/// A link with what its page tells: read at one moment.
package struct LinkedAlert: Equatable, Sendable {
    package var link: Link
    /// Nil where the alert is forgotten.
    package var alert: AlertRow?
    /// The alert's changes in their order, the last ``Ledger/linkedEventsMax`` of them.
    package var events: [LedgerChange]

    package init(link: Link, alert: AlertRow?, events: [LedgerChange]) {
        self.link = link
        self.alert = alert
        self.events = events
    }

    /// When the alert was over; nil while it is not.
    package var over: Instant? {
        guard let alert, alert.state == "closed" || alert.state == "resolved" else { return nil }
        return alert.changed
    }
}

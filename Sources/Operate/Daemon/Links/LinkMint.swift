import AlertDispatch
import Alerts
import Community
import ConfigReading
import Diagnostics
import Ledger
import SiteConfiguration
import Timekeeping
import Vocabulary

/// Puts links to workers' pages into the texts of a batch, where the configuration says how the box is reached from
/// outside; else the text's short number is all. A dead link is worse than none.
///
/// Laws: one link for each alert and recipient while more than ``Link/renewedFrom`` is left of it; an end gets none; a
/// batch that is made again has the same texts, since what was minted is kept with them, and what was not is minted
/// again with other salt and no message that had the first. Owned by the ``Committer``; a value of one batch.
struct LinkMint {
    /// The longest text: the shortest channel takes 2,048 bytes and adds to it.
    static let bytesMax = 1900

    /// How links are made; nil: none are.
    struct Source: Sendable {
        var key: LinkKey
        /// Without a slash at its end.
        var base: String

        /// - Returns: nil where the configuration names no address.
        init?(_ console: ConsoleSettings?, key: LinkKey?) {
            guard let address = console?.publicURL?.text, let key else { return nil }
            self.key = key
            base = String(address.reversed().drop { $0 == "/" }.reversed())
        }
    }

    let source: Source?
    let recipients: LinkRecipients
    let language: Language
    /// By alert, those that the ledger has.
    var known: [String: [Link]]
    /// What is to be committed with the texts.
    private(set) var changes = LinkChanges()

    /// The text of a notification, with its links or numbers.
    mutating func text(
        of notification: AlertNotification, at now: Instant, random: inout some RandomNumberGenerator
    ) -> String {
        let isDigest = notification.changes.count > 1
        var text = notification.words(in: language)
        for change in notification.changes {
            let number = change.id.prefix(6).uppercased()
            if !text.contains(number) {
                add(LocalizedText(zh: "编号\(number)", en: "No. \(number)").text(in: language), to: &text)
            }
            guard let source, change.state != .closed, change.state != .resolved else { continue }
            let recipient = recipients.recipient(channel: notification.channel, address: notification.recipient)
            let (link, isNew) = link(to: recipient, of: change.id, source.key, at: now, random: &random)
            let line = source.base + "/w/" + source.key.token(of: link).text
            guard add(isDigest ? "\(number) \(line)" : line, to: &text) else { continue }
            guard isNew else { continue }
            changes.made.append(link)
            known[change.id, default: []].append(link)
        }
        return text
    }

    /// Withdraws the links of those who have the case no longer: whoever handed it back, and, where it is given to
    /// somebody, every other worker. Groups keep theirs: they are asked who they are.
    mutating func withdraw(for change: AlertChange) {
        let isGone: (Link) -> Bool
        switch change.change {
        case .returned: isGone = { $0.recipient.name == change.actor }
        case .dispatched:
            guard let assignee = change.assignee, recipients.registry.worker(assignee) != nil else { return }
            isGone = { $0.recipient.name != assignee }
        default: return
        }
        let gone = known[change.id, default: []].filter { !$0.recipient.isGroup && isGone($0) }
        changes.withdrawn += gone.map(\.hash)
        known[change.id]?.removeAll { link in gone.contains(link) }
    }

    /// - Returns: false where it does not fit.
    @discardableResult
    private func add(_ line: String, to text: inout String) -> Bool {
        guard text.utf8.count + 1 + line.utf8.count <= LinkMint.bytesMax else { return false }
        text += "\n" + line
        return true
    }

    private func link(
        to recipient: Link.Recipient, of alert: String, _ key: LinkKey, at now: Instant,
        random: inout some RandomNumberGenerator
    ) -> (Link, isNew: Bool) {
        let one = known[alert, default: []].last {
            $0.recipient == recipient && $0.expires - now > Link.renewedFrom && $0.ended == nil
        }
        if let one { return (one, false) }
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return (key.mint(alert: alert, recipient: recipient, salt: salt, at: now).link, true)
    }
}

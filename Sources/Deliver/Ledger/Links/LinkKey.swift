import Crypto
import Foundation
package import Timekeeping
import Vocabulary

/// The site's key for links: 256 random bits that never leave the box, apart from the ledger, so that a copy of the
/// ledger opens no page.
///
/// Laws: the same link always has the same token, so a message that is made again has the same words; a token opens no
/// link but its own, and no link of another alert or recipient; comparing takes the same time whatever differs.
package struct LinkKey: Sendable {
    package static let size = 32

    private let key: SymmetricKey

    /// Nil where it is not ``size`` bytes long.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == LinkKey.size else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// A new link, and its token.
    /// - Parameter salt: 16 random bytes.
    package func mint(
        alert: String, recipient: Link.Recipient, salt: [UInt8], at now: Instant
    ) -> (link: Link, token: LinkToken) {
        var link = Link(
            hash: "", salt: salt, alert: alert, recipient: recipient, made: now, expires: now + Link.lasting)
        let token = token(of: link)
        link.hash = token.hash
        return (link, token)
    }

    /// The token of a link.
    package func token(of link: Link) -> LinkToken {
        let id = Array(mac("id", [], link).prefix(LinkToken.idSize))
        return LinkToken(id: id, tag: Array(mac("tag", id, link).prefix(LinkToken.tagSize)))
    }

    /// Whether a token is this link's.
    package func opens(_ token: LinkToken, _ link: Link) -> Bool {
        let right = self.token(of: link)
        return LinkKey.isEqual(right.id + right.tag, token.id + token.tag)
    }

    /// The same work for a token that nobody knows, so that time does not tell it from a forged one.
    package func refuse(_ token: LinkToken) {
        let nobody = Link(
            hash: token.hash, salt: token.id, alert: "", recipient: Link.Recipient(name: "", isGroup: false, role: ""),
            made: .distantPast, expires: .distantPast)
        _ = opens(token, nobody)
    }

    // MARK: Who opened a group's link

    /// What a browser keeps of somebody who said who they are: `worker.until.mac`, good for this link alone.
    package func visitor(_ worker: String, until: Instant, of link: Link) -> String {
        let name = Base64URL.encode(Array(worker.utf8))
        let text = "\(name).\(until.milliseconds)"
        return text + "." + Base64URL.encode(Array(mac("visitor", Array(text.utf8), link).prefix(LinkToken.tagSize)))
    }

    /// The worker's id that such a text names; nil where it is another link's, changed, or too old.
    package func worker(_ visitor: String, of link: Link, at now: Instant) -> String? {
        let parts = visitor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let until = Int64(parts[1]), let name = Base64URL.decode(parts[0]),
            let given = Base64URL.decode(parts[2])
        else { return nil }
        let right = Array(mac("visitor", Array("\(parts[0]).\(until)".utf8), link).prefix(LinkToken.tagSize))
        guard LinkKey.isEqual(right, given), now.milliseconds < until else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// Each part is counted, so that no two sequences of parts are the same bytes.
    private func mac(_ purpose: String, _ bytes: [UInt8], _ link: Link) -> HMAC<SHA256>.MAC {
        var message = HMAC<SHA256>(key: key)
        let recipient = link.recipient
        for part in [
            Array(purpose.utf8), bytes, link.salt, Array(link.alert.utf8), Array(recipient.name.utf8),
            [recipient.isGroup ? 1 : 0], Array(recipient.role.utf8),
        ] {
            message.update(data: Array("\(part.count):".utf8))
            message.update(data: part)
        }
        return message.finalize()
    }

    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension LinkKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { Secret.mask }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

import Crypto
import Vocabulary

/// What stands behind `/w/`: 128 bits of an id that nobody can guess, and 128 bits of an HMAC-SHA256 that ties the id
/// to its alert and recipient; as 43 characters of base64url (RFC 4648 §5), each text the only one of its token.
///
/// The whole of it is a secret. Logs get ``mark``, the first six digits of the id's hash.
package struct LinkToken: Equatable, Sendable {
    static let idSize = 16
    static let tagSize = 16
    /// Of its text.
    package static let length = 43

    let id: [UInt8]
    let tag: [UInt8]

    init(id: [UInt8], tag: [UInt8]) {
        self.id = id
        self.tag = tag
    }

    /// Nil for a text that no token has.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == LinkToken.length, let bytes = Base64URL.decode(text), bytes.count == 32 else {
            return nil
        }
        self.init(id: Array(bytes.prefix(LinkToken.idSize)), tag: Array(bytes.suffix(LinkToken.tagSize)))
    }

    package var text: String { Base64URL.encode(id + tag) }

    /// SHA-256 of the id, by which the ledger finds the link.
    package var hash: String { Hex.string(SHA256.hash(data: id)) }

    /// What logs may have of it.
    package var mark: String { String(hash.prefix(6)) }
}

extension LinkToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "link \(mark)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

import Crypto
package import Vocabulary

/// The text of a bearer token, and what is kept of it.
///
/// `sw_` and 40 hex digits: 160 bits of the system's randomness, so a plain hash is enough to keep.
package enum AccessToken {
    /// A token that nobody has.
    package static func make() -> Secret {
        var random = SystemRandomNumberGenerator()
        return Secret("sw_" + Hex.string((0..<20).map { _ in UInt8.random(in: .min ... .max, using: &random) }))
    }

    /// SHA-256 of its text in hex: all that is kept of it.
    package static func hash(_ text: String) -> String { Hex.string(SHA256.hash(data: Array(text.utf8))) }
}

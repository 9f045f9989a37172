/// A key, token or password. Its text is only reached through ``reveal()``: printing, interpolating, dumping or
/// mirroring the value shows dots.
package struct Secret: Equatable, Sendable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The secret itself; for requests and signatures, never for a text that a person or a log gets.
    package func reveal() -> String { text }

    package static let mask = "•••"

    /// Takes every occurrence of the secret out of a text that came from outside, as a server's answer that echoes it.
    package func scrubbed(from other: String) -> String {
        text.isEmpty ? other : other.replacing(text, with: Secret.mask)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { Secret.mask }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

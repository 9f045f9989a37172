/// Words from outside (a payload, a worker's note) on their way into a chat.
package enum ChatText {
    /// Takes out what a stranger could do harm with in a group: control characters and invisible direction marks,
    /// mentions (a payload must not ring everybody), and links. The rest stays, blanks folded to one.
    ///
    /// For single pieces that came from outside, not for a whole message: our own link must stay.
    package static func clean(_ text: String) -> String {
        let words = withoutLinks(withoutControls(text)).split(separator: " ").joined(separator: " ")
        // `@all`, `@所有人` and `<@userid>` ring; the full-width sign is only read.
        return words.replacing("<@", with: "@").replacing("@", with: "\u{FF20}")
    }

    /// Control characters (tabs and line ends too) become blanks; format characters that nobody sees are taken out.
    package static func withoutControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
            // U+200D joins emoji; alone it does nothing.
            case .format where scalar != "\u{200D}": continue
            case .surrogate, .privateUse, .unassigned: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Each `scheme://…` and `www.…` becomes `[…]`, up to the next blank or the next letter that is not ASCII: Chinese
    /// runs on without a blank.
    private static func withoutLinks(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let mark = firstMark(in: rest) {
            let before = rest[..<mark.lowerBound]
            let scheme = before.utf8.reversed().prefix { isLetterOrDigit($0) }.count
            result += before.dropLast(rest[mark] == "://" ? scheme : 0)
            result += "[…]"
            rest = rest[mark.upperBound...].drop { $0.isASCII && $0 != " " }
        }
        return result + rest
    }

    private static func firstMark(in text: Substring) -> Range<String.Index>? {
        let marks = [text.firstRange(of: "://"), text.firstRange(of: "www."), text.firstRange(of: "WWW.")]
        return marks.compactMap { $0 }.min { $0.lowerBound < $1.lowerBound }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// At most `bytes` bytes of UTF-8, cut between characters and ended with `…` where it was cut.
    package static func cut(_ text: String, bytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let ellipsis = "…"
        let room = limit - ellipsis.utf8.count
        guard room >= 0 else { return "" }
        var result = ""
        for character in text {
            let size = character.utf8.count
            if result.utf8.count + size > room {
                // One "character" of hundreds of combining marks is an attack, and may be cut inside.
                if size > 64 { append(character.unicodeScalars, to: &result, room: room) }
                break
            }
            result.append(character)
        }
        return result + ellipsis
    }

    private static func append(_ scalars: Character.UnicodeScalarView, to result: inout String, room: Int) {
        for scalar in scalars {
            guard result.utf8.count + UTF8.width(scalar) <= room else { return }
            result.unicodeScalars.append(scalar)
        }
    }
}

import Channels

/// Words from outside on their way to a page: control characters, direction marks and invisible characters taken out,
/// and no longer than is read. Escaping is the writer's (``HTMLWriter``).
enum PageText {
    /// A single piece: a name, a place, somebody's words.
    static func piece(_ text: String, most: Int = 200) -> String {
        let clean = ChatText.withoutControls(text).split(separator: " ").joined(separator: " ")
        return cut(clean, most)
    }

    /// A message of several lines.
    static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).prefix(20).map { piece(String($0), most: 600) }.filter { !$0.isEmpty }
    }

    /// So many characters at most; a character of a hundred combining marks counts as what it takes.
    private static func cut(_ text: String, _ most: Int) -> String {
        var result = ""
        var room = most * 8
        for character in text {
            room -= character.utf8.count
            guard result.count < most, room >= 0 else { return result + "…" }
            result.append(character)
        }
        return result
    }

    /// A phone number as `tel:` takes it; nil where there is none in it.
    static func dialled(_ phone: String) -> String? {
        let digits = phone.unicodeScalars.filter { ("0"..."9").contains($0) || $0 == "+" }
        guard digits.count >= 3, digits.count <= 20 else { return nil }
        return String(String.UnicodeScalarView(digits))
    }
}

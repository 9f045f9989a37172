/// How many columns of a terminal a text takes: a Chinese character two, a combining mark none.
///
/// By the ranges of Unicode's East Asian Width (UAX #11) that are wide or full-width; ambiguous ones count as one, as
/// terminals have it outside of old East Asian settings. Control characters never get there (``TextTable``).
package enum DisplayWidth {
    /// Of a whole text.
    package static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

    /// Of one character: as wide as its widest part.
    package static func of(_ character: Character) -> Int {
        if character.unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return character.unicodeScalars.map(of).max() ?? 0
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.properties.canonicalCombiningClass != .notReordered { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]

    /// The text cut to so many columns, with an ellipsis where something is missing.
    package static func cut(_ text: String, to width: Int) -> String {
        if of(text) <= width { return text }
        var out = ""
        var used = 0
        for character in text {
            let next = of(character)
            if used + next > width - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    /// The text with blanks behind it up to so many columns.
    package static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    /// The text in lines of so many columns, broken at blanks where it has some.
    package static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        /// Where in the line the last blank stands.
        var blank: String.Index?
        for character in text {
            let next = of(character)
            while used + next > width, !line.isEmpty {
                if let at = blank {
                    lines.append(String(line[..<at]))
                    line = String(line[line.index(after: at)...])
                } else {
                    lines.append(line)
                    line = ""
                }
                blank = nil
                used = of(line)
            }
            if character == " ", !line.isEmpty { blank = line.endIndex }
            line.append(character)
            used += next
        }
        return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
    }
}

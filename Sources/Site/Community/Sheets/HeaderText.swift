import Diagnostics

/// A header cell as it is looked up.
struct HeaderText {
    /// Lower case, `_` for blanks and dashes, without remarks in brackets, stars and colons.
    var key: String
    /// Whether something was left out that only Chinese typing puts there: `姓名(必填)`, `电话:`.
    var hadFullWidth = false

    init(_ written: String) {
        var text = ""
        var depth = 0
        for scalar in written.unicodeScalars {
            switch scalar {
            // Full-width brackets of three kinds.
            case "\u{FF08}", "\u{3010}", "\u{FF3B}":
                hadFullWidth = true
                depth += 1
            case "\u{FF09}", "\u{3011}", "\u{FF3D}":
                hadFullWidth = true
                depth -= 1
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            // Full-width colon, star, comma, semicolon, slash, underscore, dash, blank; enumeration comma; stop.
            case "\u{FF1A}", "\u{FF0A}", "\u{FF0C}", "\u{FF1B}", "\u{FF0F}", "\u{FF3F}", "\u{FF0D}", "\u{3000}",
                "\u{3001}", "\u{3002}":
                hadFullWidth = true
            case ":", "*", "\n", "\r": break
            case " ", "-", "_": if depth <= 0 { text += "_" }
            default: if depth <= 0 { text.unicodeScalars.append(scalar) }
            }
        }
        while text.hasSuffix("_") { text.removeLast() }
        while text.hasPrefix("_") { text.removeFirst() }
        key = text.lowercased()
    }
}

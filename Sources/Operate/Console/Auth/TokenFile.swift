import Cases
package import Ledger
import Timekeeping

/// The file that `console.tokens` names: tokens that whoever sets the box up gives out, by their hashes alone. The
/// others are made with `shouwang token add`, and live in the ledger.
///
/// A line a token: name, role, SHA-256 of the token in 64 hex digits, and of a worker the worker's id; `#` begins a
/// remark.
package enum TokenFile {
    /// The tokens, and what is wrong with the lines that are none.
    package static func read(_ text: String) -> (tokens: [TokenRow], problems: [String]) {
        var tokens: [TokenRow] = []
        var problems: [String] = []
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            guard (3...4).contains(words.count), Role(rawValue: words[1]) != nil else {
                problems.append("line \(index + 1): name, role, hash and perhaps a worker are needed")
                continue
            }
            let hash = words[2].lowercased()
            guard hash.utf8.count == 64, hash.allSatisfy(\.isHexDigit) else {
                problems.append("line \(index + 1): the third word is no SHA-256 in hex")
                continue
            }
            tokens.append(
                TokenRow(
                    name: words[0], role: words[1], worker: words.count == 4 ? words[3] : nil, hash: hash,
                    created: .distantPast))
        }
        return (tokens, problems)
    }
}

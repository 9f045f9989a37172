package import Timekeeping

/// A row of `residents.csv`.
package struct Resident: Sendable {
    package var id: String
    package var dwelling: PlaceID?
    package var name: String
    package var phone: String
    /// Why somebody looks after this person, in the words that messages use: 独居 空巢 高龄 残疾 病后, or the sheet's own.
    package var care: [String]
    package var inactiveAfter: Milliseconds?
    /// First day of an absence.
    package var awayFrom: Day?
    /// Last day of an absence, inclusive.
    package var awayUntil: Day?
    package var credentials: [Credential]
    package var born: Day?
    package var family: [Contact]
    /// They may be told over a channel (`family_consent`); so may whoever holds the key.
    package var mayTellFamily = false
    package var keyHolder: String
    /// From when the person is watched; nil: from the first record.
    package var since: Day?
    package var note: String
    package var line: Int

    /// Whether silence of this person raises an alert.
    package var isWatched: Bool { !care.isEmpty }

    /// The name as messages and logs may show it. O(length); made again at each call.
    package var maskedName: String { Resident.masked(name) }

    /// 罗桂华 is 罗*华, 罗华 is 罗*, Mary Ann Smith is M* A* S*. One character alone becomes `*`: nothing of it may be left.
    package static func masked(_ name: String) -> String {
        let words = name.split(whereSeparator: \.isWhitespace)
        if words.isEmpty { return "" }
        if words.allSatisfy({ $0.unicodeScalars.allSatisfy { $0.value < 0x2E80 } }) {
            return words.map { $0.count == 1 && words.count == 1 ? "*" : "\($0.prefix(1))*" }.joined(separator: " ")
        }
        let characters = Array(words.joined())
        switch characters.count {
        case 1: return "*"
        case 2: return "\(characters[0])*"
        default: return "\(characters[0])*\(characters[characters.count - 1])"
        }
    }
}

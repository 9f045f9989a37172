/// Who is to be forgotten, as texts can show it: the id by which cases name the person, and the words that stand for
/// nobody else: names, phone numbers, long credentials.
package struct ForgetWords: Equatable, Sendable {
    package var resident: String
    package private(set) var words: [String] = []

    package init(resident: String) { self.resident = resident }

    /// Takes a word, where it is long enough to mean one person: two characters of a name, six of a number.
    package mutating func add(_ word: String) {
        let isNumber = word.utf8.allSatisfy { $0 < 0x80 }
        guard word.count >= (isNumber ? 6 : 2), !words.contains(word) else { return }
        words.append(word)
        // A longer word goes first, so that nothing is left of it.
        words.sort { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }
}

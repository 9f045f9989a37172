/// The known name that is nearest to one that somebody wrote, for "did you mean".
package enum SpellingSuggestion {
    /// - Returns: the candidate with the smallest edit distance (a swap of neighbours counts one), if that is at most a
    ///   third of the longer name, rounded up; the first of equals. Case and `-`/`_` do not count.
    package static func name(to written: String, among candidates: [String]) -> String? {
        let folded = fold(written)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = fold(candidate)
            let limit = (max(folded.count, other.count) + 2) / 3
            let distance = distance(folded, other)
            if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func fold(_ text: String) -> [Character] { Array(text.lowercased().replacing("-", with: "_")) }

    /// Optimal string alignment distance.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var older = [Int](repeating: 0, count: b.count + 1)
        var old = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(old[j] + 1, row[j - 1] + 1, old[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], older[j - 2] + 1) }
            }
            older = old
            old = row
        }
        return old[b.count]
    }
}

import Synchronization

/// How often something may be asked by the same key in a span of time; bounded, in memory, for all pages. A leaf of
/// state behind a lock; from any task. Cost: O(1), and each span O(keys) once.
final class RequestLimits: Sendable {
    /// What is limited, and so apart from the others.
    enum Purpose: Hashable, Sendable { case view, post, unknown, visitor }

    /// So many keys at most: more are a flood, and share one count.
    static let keysMax = 20_000

    private struct Key: Hashable {
        var purpose: Purpose
        var name: String
    }

    private struct State {
        var counts: [Key: (count: Int, ends: Int64)] = [:]
        var nextSweep: Int64 = 0
    }

    private let state = Mutex(State())

    /// Counts one, and says whether it is still within the limit.
    /// - Parameters:
    ///   - now: milliseconds of any clock that does not go back.
    ///   - span: milliseconds; it begins with the first that is counted.
    /// - Returns: nil where it may go on; else after how many seconds it may come again.
    func excess(_ purpose: Purpose, _ name: String, most: Int, span: Int64, now: Int64) -> Int? {
        state.withLock { state in
            if now >= state.nextSweep {
                state.counts = state.counts.filter { $0.value.ends > now }
                state.nextSweep = now + 60_000
            }
            var key = Key(purpose: purpose, name: name)
            if state.counts[key] == nil, state.counts.count >= RequestLimits.keysMax { key.name = "" }
            var (count, ends) = state.counts[key] ?? (0, now + span)
            if ends <= now { (count, ends) = (0, now + span) }
            count += 1
            state.counts[key] = (count, ends)
            return count <= most ? nil : Int((ends - now + 999) / 1000)
        }
    }

    /// Whether the limit is reached, without counting.
    func isReached(_ purpose: Purpose, _ name: String, most: Int, now: Int64) -> Bool {
        state.withLock { state in
            guard let entry = state.counts[Key(purpose: purpose, name: name)], entry.ends > now else { return false }
            return entry.count >= most
        }
    }
}

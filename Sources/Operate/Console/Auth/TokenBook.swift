import Ledger
import Synchronization
import Timekeeping

/// The tokens that let somebody in: those of the ledger, and those of the configuration's file.
///
/// They are looked for in memory, so that wrong ones cost the ledger little. The ledger is read again when a second has
/// passed, or a hundredth of one where somebody sends what is not known, since the command writes into it without
/// asking and uses at once what it wrote; what this process changes counts at once. Where the ledger cannot be read,
/// what was read counts for a minute.
final class TokenBook: Sendable {
    static let freshFor = Milliseconds.seconds(1)
    static let missedFor = Milliseconds(10)
    static let staleFor = Milliseconds.minutes(1)
    /// When a token was last used is noted no more often than this.
    static let noteEvery = Milliseconds.minutes(5)

    private struct State {
        var tokens: [String: TokenRow] = [:]
        /// When they were read; nil: never, or again at once.
        var read: Instant?
        var isStale = true
        var used: [String: Instant] = [:]
    }

    private let state = Mutex(State())
    private let fixed: [String: TokenRow]

    /// - Parameter fixed: of the configuration's file.
    init(fixed: [TokenRow]) {
        self.fixed = Dictionary(fixed.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the ledger is to be read before somebody who sends this is let in, or not.
    func needsReading(at now: Instant, for text: String?) -> Bool {
        let isKnown = text.map { token($0, at: now) != nil } ?? true
        let limit = isKnown ? TokenBook.freshFor : TokenBook.missedFor
        return state.withLock { state in
            guard let read = state.read, !state.isStale else { return true }
            return now - read >= limit || read > now
        }
    }

    /// What the ledger has.
    func take(_ tokens: [TokenRow], at now: Instant) {
        let byHash = Dictionary(tokens.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
        state.withLock { state in
            state.tokens = byHash
            state.read = now
            state.isStale = false
        }
    }

    /// The next look reads the ledger.
    func forget() { state.withLock { $0.isStale = true } }

    /// Whether what was read is too old to go by.
    func isTooOld(at now: Instant) -> Bool {
        state.withLock { state in state.read.map { now - $0 >= TokenBook.staleFor || $0 > now } ?? true }
    }

    /// The live token of this text; nil where there is none, whatever the reason.
    func token(_ text: String, at now: Instant) -> TokenRow? {
        let hash = AccessToken.hash(text)
        guard let row = fixed[hash] ?? state.withLock({ $0.tokens[hash] }) else { return nil }
        // The look-up has compared hashes of the whole text already: this one does not end at the first difference.
        guard TokenBook.isSame(row.hash, hash), row.isLive(at: now) else { return nil }
        return row
    }

    /// Notes that a token was used.
    /// - Returns: what is to be written down, if anything.
    func noteUse(of token: TokenRow, at now: Instant) -> [String: Instant]? {
        guard fixed[token.hash] == nil else { return nil }
        return state.withLock { state in
            let last = state.used[token.id] ?? token.used
            if let last, now - last < TokenBook.noteEvery, last <= now { return nil }
            if state.used.count > Ledger.tokensMax { state.used = [:] }
            state.used[token.id] = now
            return [token.id: now]
        }
    }

    /// In time that does not depend on where two texts differ.
    static func isSame(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

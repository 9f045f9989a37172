import Cases
import Console
import Feeds
import Ledger
import Pipeline
import Synchronization
import Timekeeping
import Vocabulary

/// Does people's acts: each once, by its person and key, however often and from wherever it is told.
///
/// An act that was done before, within the eight days that the ledger keeps keys, gets the first one's answer, also
/// after a crash: what an act came to is committed with the changes that it made, and a restart steps over its record
/// again. One that is told twice at the same time waits for the first.
final class ActDesk: CaseDesk {
    private let ledger: Ledger
    private let entries: EntryDesk
    /// By person and key, those under way, and who waits for the same.
    private let underWay = Mutex<[Name: [CheckedContinuation<Void, Never>]]>([:])

    private struct Name: Hashable {
        var person: String
        var key: String
    }

    init(ledger: Ledger, entries: EntryDesk) {
        self.ledger = ledger
        self.entries = entries
    }

    func act(_ act: Act) async -> ActAnswer {
        guard let key = act.key else { return await add(act) }
        let name = Name(person: act.person, key: key)
        while await !begin(name) {}
        defer { end(name) }
        do throws(LedgerError) {
            let done = try await ledger.offloaded { (ledger) throws(LedgerError) in
                try ledger.act(person: name.person, key: name.key)
            }
            if let done { return done.hash == act.contentHash ? ActAnswer(done) : .keyReused }
        } catch {
            return .unavailable
        }
        return await add(act)
    }

    private func add(_ act: Act) async -> ActAnswer {
        let page: String?
        do throws(LedgerError) {
            let row = try await ledger.offloaded { (ledger) throws(LedgerError) in
                try act.alert.flatMap { (id) throws(LedgerError) in try ledger.alert(id: id) }
            }
            page = row.map { String(decoding: $0.json, as: UTF8.self) }
        } catch {
            return .unavailable
        }
        switch await entries.add(.act(act, page: page)) {
        case .stepped(let record, let outcome?): return ActAnswer(outcome, record: record)
        case .stepped, .unavailable: return .unavailable
        case .busy: return .busy
        }
    }

    /// - Returns: whether it begins with this call; else the one before it has ended.
    private func begin(_ name: Name) async -> Bool {
        var isFirst = false
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            isFirst = underWay.withLock { underWay in
                if underWay[name] == nil {
                    underWay[name] = []
                    return true
                }
                underWay[name]?.append(waiter)
                return false
            }
            if isFirst { waiter.resume() }
        }
        return isFirst
    }

    private func end(_ name: Name) {
        let waiters = underWay.withLock { $0.removeValue(forKey: name) ?? [] }
        for waiter in waiters { waiter.resume() }
    }
}

extension ActAnswer {
    fileprivate init(_ outcome: ActOutcome, record: Int64) {
        switch outcome.result {
        case .done(let ordinal): self = .done(record: record, ordinal: ordinal)
        case .takenIn: self = .done(record: record, ordinal: LedgerAct.noChange)
        case .refused(let why, let state): self = .refused(why, state)
        }
    }

    fileprivate init(_ act: LedgerAct) {
        switch act.result {
        case .done(let ordinal): self = .done(record: act.record, ordinal: ordinal)
        case .refused(let code, let state):
            self = .refused(CaseAnswer.Refusal(rawValue: code) ?? .unknown, state.flatMap(AlertState.init(rawValue:)))
        }
    }
}

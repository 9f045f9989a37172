import AlertDispatch
import Community
import Diagnostics
import Ledger
import SiteConfiguration
import StateCoding
import Synchronization
import Timekeeping

/// The book of open alerts on the ledger's thread, and what of it other threads may ask.
///
/// Law: what the ledger has is what the book says. Where a commit fails, the book is as it was before; where the ledger
/// cannot be read, there is no book, and nothing is committed.
final class Dispatching: Sendable {
    /// What other threads may know, as of the last commit.
    struct View: Equatable, Sendable {
        /// When something is to be done that no record brings: a tick is to be written then.
        var nextDeadline: Instant?
        /// Suspended alerts whose time has come: a record that resumes each is to be written.
        var dueResumes: [String] = []
        var openAlerts = 0
    }

    private let settings: Settings
    private let registry: Registry
    private let channels: [String]
    private let book = Mutex<DispatchBook?>(nil)
    private let shared = Mutex(View())
    /// When a duty desk was seen last.
    private let deskSeenAt = Mutex<Instant?>(nil)

    init(settings: Settings, registry: Registry, channels: [String]) {
        self.settings = settings
        self.registry = registry
        self.channels = channels
    }

    /// Whether the route of an open alert lets whoever handled it check.
    func isSelfChecked(_ alert: String) -> Bool { book.withLock { $0?[alert]?.isSelfChecked } ?? false }

    var view: View { shared.withLock { $0 } }

    /// A duty desk was looked at: its page asked, or has its stream open.
    /// - Parameter at: by the clock that stamps records.
    func deskSeen(at: Instant) { deskSeenAt.withLock { $0 = max($0 ?? at, at) } }

    /// - Returns: how many states could not be read, whose alerts begin again with their next change.
    @discardableResult
    func load(_ ledger: Ledger) throws(LedgerError) -> Int {
        let rows = try ledger.escalations()
        let last = try ledger.lastChange()
        var cases: [CaseDispatch] = []
        for row in rows {
            do throws(StateError) { cases.append(try CaseDispatch(row.state)) } catch { continue }
        }
        let loaded = DispatchBook(
            settings: settings, registry: registry, channels: channels, cases: cases, lastMade: last)
        book.withLock { book in
            book = loaded
            show(&book)
        }
        return rows.count - cases.count
    }

    /// Decides on a batch, and counts the decision only where it is stored.
    func commit(
        _ input: DispatchInput, in ledger: Ledger,
        _ store: (DispatchDecision, EscalationChanges) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        if book.withLock({ $0 == nil }) { try load(ledger) }
        var input = input
        input.deskSeenAt = deskSeen(movedBy: input.shifts)
        let outcome = book.withLock { book -> Result<Void, LedgerError> in
            guard var open = book else { return .success(()) }
            // The book's arrays are not to be copied.
            book = nil
            let decision = open.step(input)
            let changes = EscalationChanges(
                saved: decision.saved.map {
                    EscalationChanges.Row(alert: $0.alert, next: $0.next, tier: $0.tier, state: $0.bytes)
                }, removed: decision.removed)
            let result = Result { () throws(LedgerError) in try store(decision, changes) }
            if case .failure = result { open.revert(decision) }
            book = open
            show(&book)
            return result
        }
        try outcome.get()
    }

    /// The desk was seen by the clock that is moved.
    private func deskSeen(movedBy shifts: [DispatchInput.Shift]) -> Instant? {
        deskSeenAt.withLock { seenAt in
            for shift in shifts { seenAt = seenAt?.shifted(by: shift.length) }
            return seenAt
        }
    }

    private func show(_ book: inout DispatchBook?) {
        let view = View(
            nextDeadline: book?.nextDeadline, dueResumes: book?.dueResumes ?? [], openAlerts: book?.count ?? 0)
        shared.withLock { $0 = view }
    }
}

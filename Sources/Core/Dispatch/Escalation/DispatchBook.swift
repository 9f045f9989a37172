import Alerts
package import Community
import HeapModule
package import SiteConfiguration
import StateCoding
package import Timekeeping
import Vocabulary

/// Delivery's book of the alerts that are not over: who was told, who is told next, and when.
///
/// A value. In come a batch's changes, of rules and of people's acts, with the record clock behind it; out go the
/// changes that delivery makes, notifications, and what is to be kept, which ``Committer`` puts into the ledger in one
/// transaction. Timers fire in the order of their instants, before the change whose stamp is at or behind them. What
/// came due while nobody was there goes out once: of an alert's tiers the latest.
///
/// Laws: the same batches give the same decisions; a book that is loaded from what was kept goes on as the one that
/// kept it; a shift of the clock moves each timer, and fires none; an end goes to whoever was told, and to nobody who
/// was not; a reverted step leaves the book as it was. Cost: O(log alerts) a timer, O(routes × workers) a telling;
/// some 1.5 kB an open alert.
package struct DispatchBook: Sendable {
    /// What is no single case's.
    struct State: Equatable, Sendable {
        var clock = Instant.distantPast
        /// The number of the last change that delivery made.
        var record: Int64 = 0
        var ordinal: Int32 = 0
    }

    /// From here on stand the ordinals of what delivery makes: a record of its own makes far fewer changes.
    package static let firstOrdinal: Int32 = 2_000_000

    private struct Deadline: Comparable {
        var at: Instant
        var alert: String

        static func < (a: Deadline, b: Deadline) -> Bool { (a.at, a.alert) < (b.at, b.alert) }
    }

    let dispatcher: Dispatcher
    var state = State()
    private var cases: [String: CaseDispatch] = [:]
    /// With some that hold no more: a case's own `next` says which do.
    private var deadlines = Heap<Deadline>()
    /// Suspended ones whose resumption is asked for.
    private var due: Set<String> = []

    /// - Parameters:
    ///   - channels: those that can be used.
    ///   - cases: as they were kept.
    ///   - lastMade: the number of the last change that delivery made.
    package init(
        settings: Settings, registry: Registry, channels: [String], cases: [CaseDispatch] = [],
        lastMade: (record: Int64, ordinal: Int32) = (0, 0)
    ) {
        dispatcher = Dispatcher(settings: settings, registry: registry, channels: channels)
        (state.record, state.ordinal) = lastMade
        for item in cases { put(item) }
    }

    /// When something is to be done that no record brings; nil where nothing is. It may be past.
    package var nextDeadline: Instant? {
        mutating get {
            while let first = deadlines.min {
                if cases[first.alert]?.next == first.at { return first.at }
                _ = deadlines.popMin()
            }
            return nil
        }
    }

    /// The suspended alerts whose time has come, until they are resumed: whoever keeps the book has a record written
    /// for each, and ``nextDeadline`` does not wait for it. Sorted.
    package var dueResumes: [String] { due.sorted() }

    package var count: Int { cases.count }

    /// Each, by alert. O(alerts × log alerts).
    package var allCases: [CaseDispatch] { cases.keys.sorted().compactMap { cases[$0] } }

    /// What delivery has of an alert; nil where it is over or was never told of.
    package subscript(alert: String) -> CaseDispatch? { cases[alert] }

    // MARK: A batch

    /// Takes in a batch. Nothing of it counts before it is kept: ``revert(_:)`` undoes it.
    package mutating func step(_ input: DispatchInput) -> DispatchDecision {
        var decision = DispatchDecision()
        decision.stateBefore = state
        decision.applied = input.applied
        decision.deskSeenAt = input.deskSeenAt
        var shifts = input.shifts[...]
        for change in input.changes {
            while let shift = shifts.first, shift.record <= change.record {
                move(by: shift.length, &decision)
                shifts = shifts.dropFirst()
            }
            advance(to: change.stamp, &decision)
            apply(change, &decision)
        }
        for shift in shifts { move(by: shift.length, &decision) }
        advance(to: input.clock, &decision)
        decision.clock = state.clock
        decision.notifications = dispatcher.notifications(decision.tellings, isOneTelling: input.isOneTelling)
        for alert in decision.before.keys.sorted() {
            if let item = cases[alert] { decision.saved.append(item) } else { decision.removed.append(alert) }
        }
        return decision
    }

    /// As if the step had not been. O(cases that it touched).
    package mutating func revert(_ decision: DispatchDecision) {
        state = decision.stateBefore
        for (alert, before) in decision.before {
            cases[alert] = nil
            due.remove(alert)
            if let before { put(before) }
        }
    }

    private mutating func put(_ item: CaseDispatch) {
        cases[item.alert] = item
        if item.isResumeAsked { due.insert(item.alert) } else { due.remove(item.alert) }
        if let next = item.next { deadlines.insert(Deadline(at: next, alert: item.alert)) }
        guard deadlines.count > 4 * cases.count + 64 else { return }
        deadlines = Heap(cases.values.compactMap { item in item.next.map { Deadline(at: $0, alert: item.alert) } })
    }

    mutating func store(_ item: CaseDispatch, _ decision: inout DispatchDecision) {
        touch(item.alert, &decision)
        put(item)
    }

    mutating func remove(_ alert: String, _ decision: inout DispatchDecision) {
        touch(alert, &decision)
        cases[alert] = nil
        due.remove(alert)
    }

    private func touch(_ alert: String, _ decision: inout DispatchDecision) {
        if decision.before[alert] == nil { decision.before.updateValue(cases[alert], forKey: alert) }
    }

    // MARK: Time

    /// The wall clock was moved: so is each timer.
    private mutating func move(by length: Milliseconds, _ decision: inout DispatchDecision) {
        state.clock = state.clock.shifted(by: length)
        for alert in cases.keys.sorted() {
            guard var item = cases[alert] else { continue }
            item.shift(by: length)
            store(item, &decision)
        }
    }

    private mutating func advance(to now: Instant, _ decision: inout DispatchDecision) {
        guard now > state.clock || state.clock == .distantPast else { return }
        state.clock = max(state.clock, now)
        while let at = nextDeadline, at <= state.clock, let first = deadlines.popMin() {
            guard var item = cases[first.alert] else { continue }
            fire(&item, at: at, &decision)
            store(item, &decision)
        }
    }

    /// The alert as it was told last; nil where its bytes are no alert.
    func page(of item: CaseDispatch) -> AlertChange? {
        var reader = StateReader(item.page)
        do throws(StateError) {
            var change = try AlertChange(from: &reader)
            change.stamp = state.clock
            (change.record, change.ordinal) = (item.record, item.ordinal)
            return change
        } catch {
            return nil
        }
    }

    /// A change of its own, numbered behind all of its record.
    mutating func make(
        _ kind: ChangeKind, of item: CaseDispatch, at: Instant, due: Instant?, to: Routing.Destination?,
        _ decision: inout DispatchDecision
    ) -> AlertChange? {
        guard var change = page(of: item) else { return nil }
        if state.record == decision.applied, state.ordinal >= DispatchBook.firstOrdinal {
            state.ordinal += 1
        } else {
            (state.record, state.ordinal) = (decision.applied, DispatchBook.firstOrdinal)
        }
        (change.record, change.ordinal) = (state.record, state.ordinal)
        (change.change, change.state) = (kind, item.state)
        (change.at, change.stamp) = (at, state.clock)
        change.actor = nil
        change.note = nil
        change.assignee = to.flatMap { $0.worker ?? $0.role ?? $0.way.channel } ?? item.assignee
        change.due = due
        change.isTold = false
        decision.made.append(change)
        return change
    }
}

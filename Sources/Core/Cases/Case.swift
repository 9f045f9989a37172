package import Timekeeping
package import Vocabulary

/// An alert that people work on: what its events so far have made of it.
///
/// A value that knows no pipeline, no ledger and no text: state and event come in, changes or a refusal go out. The
/// ways between the states stand in ``CaseTable``; what a way needs beside its state, and what it leaves behind, in
/// `Case+Acts.swift`.
///
/// Law: a refused event changes nothing; the same events give the same changes; what is `resolved` stays so, and what
/// is `closed` until somebody reopens it; the same act told twice, known by its key, is done once. Cost: O(1) an event.
package struct Case: Equatable, Sendable {
    /// So long whoever handled a case may correct what they told of it, from when they told it last.
    package static let correctableFor = Milliseconds.minutes(10)
    /// So long what is closed may be reopened.
    package static let reopenableFor = Milliseconds.days(30)
    /// No case rests longer than this.
    package static let suspendedMost = Milliseconds.days(90)

    /// Nil: no such alert is known.
    package internal(set) var state: AlertState?
    /// Of what people have done.
    package internal(set) var keys: ActKeys
    /// What of its history decides what comes next.
    package internal(set) var memory: CaseMemory
    /// Of life safety: it is never put off.
    package let isLifeSafety: Bool

    package init(
        _ state: AlertState? = nil, keys: ActKeys = ActKeys(), memory: CaseMemory = CaseMemory(),
        isLifeSafety: Bool = false
    ) {
        self.state = state
        self.keys = keys
        self.memory = memory
        self.isLifeSafety = isLifeSafety
    }

    /// What comes of an event that happens at an instant.
    package mutating func step(_ event: CaseEvent, at now: Instant) -> CaseAnswer {
        guard case .act(let act) = event else { return stepRule(event, at: now) }
        guard let state else { return .refused(.unknown) }
        if let key = act.key, keys.contains(key) { return .refused(.isRepeated) }
        var next = self
        do throws(CaseAnswer.Refusal) {
            let changes = try next.take(act, in: state, at: now)
            if let key = act.key { next.keys.insert(key) }
            next.state = changes.last?.state ?? state
            self = next
            return .changed(changes)
        } catch {
            return .refused(error)
        }
    }

    /// What the rule says, it knows already: nothing of it is told back.
    private mutating func stepRule(_ event: CaseEvent, at now: Instant) -> CaseAnswer {
        switch CaseTable.row(of: event, in: state) {
        case .refused(let why): return .refused(why)
        case .to(let next, let change):
            state = next
            return .changed([CaseChange(change, next, at: now)])
        }
    }
}

import Cases
import Ledger
import Timekeeping
import Vocabulary

/// What of a case's history decides what may come next, read out of its changes as ``Case`` remembers it.
enum CaseHistory {
    /// The facts of an alert, as they were behind the change that its JSON is of.
    /// - Parameter now: what ages are counted to.
    static func facts(
        of alert: AlertJSON, mayCheckOwn: Bool, at now: Instant, _ ledger: Ledger
    ) throws(LedgerError) -> CaseFacts {
        var facts = alert.facts
        facts.mayCheckOwn = mayCheckOwn
        // Of what nobody has in hand there is no history that matters.
        guard facts.state.isTaken || facts.state == .closed else { return facts }
        let events = try ledger.recordEvents(alert: alert.id, upTo: alert.record, ordinal: alert.ordinal)
        for event in events { add(event, to: &facts, at: now) }
        return facts
    }

    private static func add(_ event: LedgerChange, to facts: inout CaseFacts, at now: Instant) {
        switch ChangeKind(rawValue: event.change) {
        case .dispatched, .acknowledged: facts.isCalled = false
        case .escalated: facts.isCalled = true
        case .returned: forget(&facts)
        case .reopened:
            let isOpen = event.state == AlertState.open.rawValue
            if isOpen { forget(&facts) }
            facts.handler = nil
            facts.handledFor = nil
            facts.closedFor = nil
        case .handled:
            facts.handler = AlertJSON(event).text("actor")
            facts.handledFor = now - event.at
            facts.isCalled = false
        case .closed, .merged: facts.closedFor = now - event.at
        default: break
        }
    }

    private static func forget(_ facts: inout CaseFacts) {
        facts.handler = nil
        facts.handledFor = nil
        facts.isCalled = false
    }
}

import Cases
import Community
import Ledger
import SiteConfiguration
import Timekeeping
import Vocabulary

/// A case as its events tell it: who has it, what was found, what happened when. A pure fold over what the ledger
/// keeps. O(events).
struct CaseStory: Sendable {
    struct Step: Sendable {
        var change: ChangeKind
        var at: Instant
        var state: AlertState?
        var told: StoredChange
    }

    let id: String
    let kind: RuleKind
    let severity: Severity
    let state: AlertState
    let started: Instant
    /// The last change, and `record.ordinal` of it.
    let last: StoredChange
    let seen: String
    private(set) var steps: [Step] = []
    /// Who has it in hand: a worker's id, or a name.
    private(set) var holder: String?
    private(set) var takenAt: Instant?
    private(set) var handler: String?
    private(set) var handledAt: Instant?
    private(set) var found: String?
    /// Nobody opened, and nothing else has been done about it since.
    private(set) var noAccessAt: Instant?
    private(set) var due: String?
    /// Somebody else was called to it, and has not answered.
    private(set) var isCalled = false
    let mayCheckOwn: Bool
    /// Person and key of each act.
    private var acts: Set<[String]> = []

    /// - Parameter mayCheckOwn: the route lets whoever handled it check.
    init?(_ linked: LinkedAlert, mayCheckOwn: Bool = false) {
        guard let alert = linked.alert, let kind = RuleKind(rawValue: alert.kind),
            let state = AlertState(rawValue: alert.state)
        else { return nil }
        self.mayCheckOwn = mayCheckOwn
        id = alert.id
        self.kind = kind
        severity = alert.severity
        self.state = state
        started = alert.started
        last = StoredChange.read(alert.json)
        seen = linked.events.last.map { "\($0.record).\($0.ordinal)" } ?? ""
        for event in linked.events {
            guard let change = ChangeKind(rawValue: event.change) else { continue }
            take(
                Step(
                    change: change, at: event.at, state: AlertState(rawValue: event.state),
                    told: StoredChange.read(event.json)))
        }
    }

    private mutating func take(_ step: Step) {
        let told = step.told
        steps.append(step)
        if let key = told.act?.key { acts.insert([told.actor ?? "", key]) }
        due = told.due
        switch step.change {
        case .dispatched: (holder, takenAt, isCalled) = (told.assignee, nil, false)
        case .acknowledged: (holder, takenAt, isCalled) = (told.actor, step.at, false)
        case .arrived: (holder, takenAt) = (told.actor, takenAt ?? step.at)
        case .handled:
            (handler, handledAt, found) = (told.actor, step.at, told.found)
            holder = holder ?? told.actor
            (noAccessAt, isCalled) = (nil, false)
        case .returned: forget()
        case .reopened:
            if step.state == .open { forget() }
            (handler, handledAt) = (nil, nil)
        case .escalated:
            // What delivery escalates by its clock calls nobody who could take it over from whoever has it.
            isCalled = isCalled || told.actor != nil
            if told.act?.reason == CaseStory.noAccess { noAccessAt = step.at }
        case .closed, .resolved, .merged: (noAccessAt, isCalled) = (nil, false)
        case .raised, .updated, .renotified, .checked, .suspended, .resumed, .extended, .noted: break
        }
    }

    /// Nobody has it any more.
    private mutating func forget() {
        (holder, takenAt, noAccessAt, isCalled) = (nil, nil, nil, false)
        (handler, handledAt) = (nil, nil)
    }

    /// The reason of an `escalate` that says that nobody opened.
    static let noAccess = "no_access"

    /// Whether this person's act of this key is among what happened.
    func has(act key: String, of person: String) -> Bool { acts.contains([person, key]) }

    /// What decides who may do what, now.
    func facts(at now: Instant) -> CaseFacts {
        var facts = CaseFacts(alert: id, state: state, kind: kind, grid: last.grid, handler: handler)
        facts.assignee = holder
        facts.handledFor = handledAt.map { now - $0 }
        facts.closedFor = state == .closed ? steps.last.map { now - $0.at } : nil
        facts.isCalled = isCalled
        facts.mayCheckOwn = mayCheckOwn
        return facts
    }

    /// Whether somebody is to be looked after; else it is about a thing.
    var isAboutPeople: Bool {
        switch kind {
        case .noMovement, .unusualInactivity, .notReturned, .sos, .fall, .liftTrapped, .fever: true
        default: false
        }
    }

    var isOver: Bool { state == .closed || state == .resolved }

    /// The first six digits, as texts have them.
    var number: String { id.prefix(6).uppercased() }
}

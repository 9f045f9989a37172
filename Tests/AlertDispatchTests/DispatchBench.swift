import Alerts
import Feeds
import SiteConfiguration
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// A book on a record clock that is moved by hand, and what was told by it.
struct DispatchBench {
    /// Workers of every role, on duty around the clock.
    static let workers = """
        id,name,role,phone,grid,channels,shift
        wang,王,grid-worker,,g3,robot:wang,
        li,李,grid-worker,,g3,robot:li,Mon-Sun 19:00-07:00
        chen,陈,community,,,robot:chen,
        sun,孙,street,,,robot:sun,
        zhou,周,property,,,robot:zhou,

        """
    static let route =
        "{to: [grid-worker], escalate: [{after: 5m, to: [community]}, {after: 15m, to: [street]}]}"

    let town: Town
    var book: DispatchBook
    private(set) var clock: Instant
    private(set) var record: Int64 = 100
    /// `minute channel:recipient purpose`, of each telling in words.
    private(set) var told: [String] = []
    private(set) var made: [AlertChange] = []
    private(set) var faults: [DispatchDecision.Fault] = []
    private(set) var last = DispatchDecision.nothing
    private var start: Instant
    var deskSeenAt: Instant?

    init(
        _ routes: String = DispatchBench.route, workers: String = DispatchBench.workers, shifts: String = "",
        residents: String = "", at start: Instant = Town.noon
    ) {
        town = Town(routes, workers: workers, shifts: shifts, residents: residents)
        book = DispatchBench.book(town)
        self.start = start
        clock = start
    }

    static func book(_ town: Town, _ cases: [CaseDispatch] = [], last: (Int64, Int32) = (0, 0)) -> DispatchBook {
        DispatchBook(
            settings: town.settings, registry: town.registry, channels: ["robot", "board", "desk"], cases: cases,
            lastMade: last)
    }

    /// Moves the record clock, as a tick does that is written when each deadline passes.
    mutating func tick(_ minutes: Int64) {
        let end = start + .minutes(minutes)
        while let next = book.nextDeadline, next <= end { step([], at: max(next, clock)) }
        step([], at: end)
    }

    /// Nothing comes in between: the box is down, or asleep.
    mutating func sleep(until minutes: Int64) { step([], at: start + .minutes(minutes)) }

    /// The wall clock is set; what is told is counted by the clock as it is then.
    mutating func shift(by length: Milliseconds) {
        start = start + length
        step([], at: clock + length, shifts: [DispatchInput.Shift(record: record + 1, length: length)])
    }

    mutating func step(_ changes: [AlertChange], at now: Instant, shifts: [DispatchInput.Shift] = []) {
        record += 1
        var input = DispatchInput(changes: changes, applied: record, clock: now)
        input.shifts = shifts
        input.deskSeenAt = deskSeenAt
        last = book.step(input)
        clock = now
        made += last.made
        faults += last.faults
        for notification in last.notifications where notification.body == .words {
            let minute = (clock - start).count / 60_000
            let ids = notification.changes.count == 1 ? "" : " ×\(notification.changes.count)"
            told.append(
                "\(minute) \(notification.channel):\(notification.recipient) \(notification.purpose)\(ids)")
        }
    }

    mutating func raise(
        _ kind: RuleKind = .noMovement, _ severity: Severity = .medium, id: Int = 1, at minutes: Int64 = 0
    ) {
        var change = Town.change(id, kind, severity, record: record + 1, at: start + .minutes(minutes))
        change.ordinal = Int32(id)
        step([change], at: start + .minutes(minutes))
    }

    /// What a person does.
    mutating func act(
        _ change: ChangeKind, _ state: AlertState, by actor: String, id: Int = 1, at minutes: Int64,
        kind: RuleKind = .noMovement, _ own: (inout Act) -> Void = { _ in }
    ) {
        tick(minutes)
        var act = Act(alert: "\(id)", verb: change.rawValue, actor: actor)
        own(&act)
        var made = Town.change(id, kind, .medium, record: record + 1, at: start + .minutes(minutes))
        (made.change, made.state, made.actor, made.act) = (change, state, actor, act)
        made.isTold = change == .closed
        step([made], at: start + .minutes(minutes))
    }

    mutating func end(_ state: AlertState = .resolved, id: Int = 1, at minutes: Int64, kind: RuleKind = .noMovement) {
        tick(minutes)
        var change = Town.change(id, kind, .medium, record: record + 1, at: start + .minutes(minutes))
        (change.change, change.state) = (state == .resolved ? .resolved : .closed, state)
        step([change], at: start + .minutes(minutes))
    }

    /// As after a restart: what was kept is read again.
    mutating func restart() throws {
        let kept = book.allCases.map(\.bytes)
        var cases: [CaseDispatch] = []
        for bytes in kept { cases.append(try CaseDispatch(bytes)) }
        book = DispatchBench.book(town, cases, last: made.last.map { ($0.record, $0.ordinal) } ?? (0, 0))
    }
}

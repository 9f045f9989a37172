package import Timekeeping
import Vocabulary

/// One open alert as delivery has it: its frozen plan, how far that was told, what is due next, and who was told.
///
/// States, which are the alert's own, with the timers that run in each:
/// * *open*, *dispatched*: `step` (the next tier), `repeat`. Left by an acknowledgement, an arrival, an end.
/// * *acknowledged*: `arrive`, `still`. When `arrive` passes it is as if nobody had acknowledged: `step` runs again.
/// * *on_site*: `still`. With no access, or somebody asked for (`pressedSince`), `step` runs in this and the state
///   before, until an acknowledgement of those who were told since, or a handling.
/// * *handled*: `checkTelling` (the hour's digest), `check`. Left by the check: closed, or reopened.
/// * *suspended*: nothing runs but `resume`; what ran before goes on as much later as the suspension lasted.
/// * an end (resolved, closed) leaves none of it.
/// In all of them `dutyEnd` is when whoever has it goes off duty.
///
/// Law: a timer is an instant of the record clock, so that nothing but a committed batch fires it, and a step of the
/// wall clock moves it. Cost: the alert's own bytes, some 1 kB, and a hundred for each who was told.
package struct CaseDispatch: Equatable, Sendable {
    /// Somebody who was told, and by which round of telling.
    struct Told: Equatable, Sendable {
        var destination: Routing.Destination
        var round: Int
        /// It was given to somebody else since.
        var isWithdrawn = false
    }

    /// The route lets whoever handled it check.
    package var isSelfChecked: Bool { plan.isSelfChecked }

    struct Timers: Equatable, Sendable {
        var step: Instant?
        var `repeat`: Instant?
        var arrive: Instant?
        var still: Instant?
        var checkTelling: Instant?
        var check: Instant?
        var dutyEnd: Instant?

        var all: [Instant] { [step, `repeat`, arrive, still, checkTelling, check, dutyEnd].compactMap { $0 } }

        mutating func shift(by length: Milliseconds) {
            for path in Timers.paths { self[keyPath: path] = self[keyPath: path]?.shifted(by: length) }
        }

        static var paths: [WritableKeyPath<Timers, Instant?>] {
            [\.step, \.repeat, \.arrive, \.still, \.checkTelling, \.check, \.dutyEnd]
        }
    }

    package let alert: String
    /// The number of the last change that it knows: what is told again is known by it.
    var record: Int64 = 0
    var ordinal: Int32 = 0
    /// The alert as it was told last, in a snapshot's bytes.
    var page: [UInt8] = []
    var plan = DispatchPlan()
    var state = AlertState.open
    /// The last tier that was told; −1: none yet.
    package internal(set) var tier = -1
    /// Counts the tellings that ask somebody to come.
    var round = 0
    /// Since this round somebody is asked for who is to acknowledge, whoever has it in hand.
    var pressedSince: Int?
    /// Whoever asked: no acknowledgement of theirs stops it.
    var pressedBy: String?
    /// Behind the last tier every channel was told.
    var isExhausted = false
    /// Acknowledged, and nobody arrived in time.
    var isLate = false
    var timers = Timers()
    var suspendedAt: Instant?
    /// When a suspended one is to be resumed.
    var resume: Instant?
    /// It was asked for, once a start.
    var isResumeAsked = false
    var told: [Told] = []
    /// Workers who gave it back.
    var returnedBy: [String] = []
    var assignee: String?
    var handler: String?
    /// How often its check was told.
    var checkTellings = 0

    init(_ alert: String) { self.alert = alert }

    /// When something is to be done next; nil where nothing is.
    package var next: Instant? {
        if state == .suspended { return isResumeAsked ? nil : resume }
        return timers.all.min()
    }

    var isWaiting: Bool { state == .open || state == .dispatched }
    var isInHand: Bool { state == .acknowledged || state == .onSite }

    /// Those who were told in words and still have to do with it.
    func reached(isProgram: (Routing.Destination) -> Bool) -> [Routing.Destination] {
        told.filter { !$0.isWithdrawn && !isProgram($0.destination) }.map(\.destination)
    }

    mutating func remember(_ destinations: [Routing.Destination]) {
        for destination in destinations {
            if let place = told.firstIndex(where: { $0.destination.way == destination.way }) {
                told[place] = Told(destination: destination, round: round)
            } else {
                told.append(Told(destination: destination, round: round))
            }
        }
    }

    /// Whether an acknowledgement of somebody stops what runs: of anybody, but while somebody is asked for of those who
    /// were told since, or of somebody whom no row names, as whoever answers for a group.
    func isStopped(by actor: String?, isWorker: (String) -> Bool) -> Bool {
        guard let since = pressedSince else { return true }
        guard let actor else { return false }
        if actor == pressedBy { return false }
        let recent = told.filter { $0.round >= since }
        if isWorker(actor) { return recent.contains { $0.destination.worker == actor } }
        return true
    }

    mutating func shift(by length: Milliseconds) {
        timers.shift(by: length)
        suspendedAt = suspendedAt?.shifted(by: length)
        resume = resume?.shifted(by: length)
    }

    /// It is in hand, or over: nobody is asked for any more.
    mutating func stopAsking() {
        timers.step = nil
        timers.repeat = nil
        pressedSince = nil
        pressedBy = nil
        isLate = false
    }
}

package import Timekeeping
import Vocabulary

/// When each step of a case was begun and ended: a fold over its events.
///
/// Laws: of `ack`, `arrive`, `handle` and `check` at most one is running, the one that the state waits for; `case` runs
/// from the raise, and from each reopening of what was closed, until it is over. A step that an act passes over is
/// done with it, in the same moment. A way back (returned, dispatched to another, reopened) drops the running step and
/// begins again. A correction changes nothing. Cost: O(1) an event.
///
/// | state | what runs |
/// |---|---|
/// | open, dispatched | ack |
/// | acknowledged | arrive |
/// | on_site | handle |
/// | handled | check |
/// | suspended | what ran before, standing still; the case's clock too |
/// | resolved, closed | nothing |
package struct CaseTimeline: Equatable, Sendable {
    /// One step, once.
    package struct Run: Equatable, Sendable {
        /// How it ended.
        package enum End: Equatable, Sendable {
            case done
            /// Nobody did it: it went back, another closed it, or it was over by itself.
            case dropped
        }

        package var step: ClockStep
        package var started: Instant
        package var ended: Instant?
        /// Nil: it runs.
        package var end: End?
        /// Who ended it; of a step that was dropped, in whose hands it was.
        package var person: String?
        package var added = Milliseconds.zero
    }

    /// In the order of their beginning.
    package private(set) var runs: [Run] = []
    /// When it was suspended, ascending.
    package private(set) var stops: [CaseClock.Stop] = []
    /// Who has it in hand.
    package private(set) var holder: String?
    private var state: AlertState?
    /// Of ``runs``, the one that the state waits for, and that of the whole case.
    private var running: Int?
    private var whole: Int?

    package init() {}

    package init(_ events: some Sequence<CaseStep>) {
        for event in events { step(event) }
    }

    /// Takes the next event.
    package mutating func step(_ event: CaseStep) {
        // What was handled is handled again, by the same person and at once.
        if event.change == .reopened, event.verb == .handle { return }
        let at = event.at
        if event.change == .checked { end(running, .done, event) }
        if event.change == .extended, let length = event.length { extend(by: length) }
        if state == .suspended, event.state != .suspended, let last = stops.indices.last { stops[last].to = at }
        if event.state == .suspended {
            if state != .suspended { stops.append(CaseClock.Stop(from: at)) }
            begin(of: event)
        } else if event.state.isOver {
            close(event)
        } else {
            begin(of: event)
            go(to: CaseTimeline.phase(event.state), event)
        }
        state = event.state
        hold(event)
    }

    private mutating func hold(_ event: CaseStep) {
        switch event.state {
        case .open, .dispatched: holder = nil
        case .acknowledged, .onSite, .handled, .suspended:
            let takes = event.verb == .ack || event.verb == .arrive || event.verb == .handle
            if takes { holder = event.assignee ?? event.actor ?? holder }
        case .resolved, .closed: break
        }
    }

    // MARK: Steps

    /// What the state waits for.
    private static func phase(_ state: AlertState) -> ClockStep? {
        switch state {
        case .open, .dispatched: .ack
        case .acknowledged: .arrive
        case .onSite: .handle
        case .handled: .check
        case .suspended, .resolved, .closed: nil
        }
    }

    /// The first event begins the case, and the first one behind its end begins it again.
    private mutating func begin(of event: CaseStep) {
        if whole != nil { return }
        whole = start(.case, at: event.at)
        running = start(.ack, at: event.at)
    }

    private mutating func start(_ step: ClockStep, at: Instant) -> Int {
        runs.append(Run(step: step, started: at))
        return runs.count - 1
    }

    private mutating func end(_ index: Int?, _ end: Run.End, _ event: CaseStep) {
        guard let index, runs[index].end == nil else { return }
        runs[index].ended = event.at
        runs[index].end = end
        runs[index].person = end == .done ? event.actor : holder
    }

    private mutating func go(to next: ClockStep?, _ event: CaseStep) {
        guard let next, let from = running.map({ runs[$0].step }) else { return }
        let order = ClockStep.allCases
        guard let first = order.firstIndex(of: from), let last = order.firstIndex(of: next) else { return }
        if last < first || event.change == .returned {
            // What is found not to be well handled was checked all the same.
            end(running, from == .check && event.verb == .check ? .done : .dropped, event)
            running = start(next, at: event.at)
        } else if last > first {
            for step in order[first..<last] {
                if step != from { running = start(step, at: event.at) }
                let isByPhone = step == .arrive && event.verb == .handle && event.by != "visit"
                end(running, isByPhone ? .dropped : .done, event)
            }
            running = start(next, at: event.at)
        }
    }

    private mutating func close(_ event: CaseStep) {
        guard whole != nil else { return }
        let isWaiting = running.map { runs[$0].step == .check } ?? false
        let isChecked = isWaiting && (event.change == .checked || event.verb == .check)
        let isDone = event.state == .closed && event.change != .merged
        end(running, isChecked ? .done : .dropped, event)
        end(whole, isDone ? .done : .dropped, event)
        (running, whole) = (nil, nil)
    }

    /// The case gets it, and the step that runs.
    private mutating func extend(by length: Milliseconds) {
        for index in [running, whole] {
            if let index { runs[index].added = runs[index].added + length }
        }
    }
}

extension CaseTimeline {
    /// The clock of one of ``runs``; nil where its step has no limit.
    package func clock(of run: Run, _ limits: FrozenLimits) -> CaseClock? {
        let past = stops.filter { stop in run.ended.map { stop.from < $0 } ?? true }
        return limits[run.step].map { CaseClock(started: run.started, limit: $0, added: run.added, stops: past) }
    }

    /// How long of a time the case was suspended. O(stops).
    package func suspended(from: Instant, to: Instant) -> Milliseconds {
        stops.reduce(.zero) { sum, stop in
            sum + max(.zero, min(stop.to ?? to, to) - max(stop.from, from))
        }
    }
}

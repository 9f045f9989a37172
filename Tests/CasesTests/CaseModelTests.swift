import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// Cases against a naive model: what a case is follows from everything that ever led anywhere, told anew each time.
@Suite struct CaseModelTests {
    private struct NaiveCase {
        /// What led anywhere, and to which states.
        var done: [(act: CaseEvent.Act?, at: Instant, states: [String])] = []

        var state: String { done.last?.states.last ?? "none" }

        private func last(_ isWanted: (CaseEvent.Act) -> Bool) -> (act: CaseEvent.Act, at: Instant)? {
            done.last { $0.act.map(isWanted) ?? false }.flatMap { entry in entry.act.map { ($0, entry.at) } }
        }

        /// Who handled what is handled.
        private var handling: (act: CaseEvent.Act, at: Instant)? { last { $0.verb == .handle && !$0.metNobody } }

        /// The last call was answered by nobody, and nothing has made it void.
        private var isCalled: Bool {
            for entry in done.reversed() {
                guard let act = entry.act else { continue }
                switch act.verb {
                case .escalate: return true
                case .handle: return act.metNobody
                case .ack, .dispatch, .return, .reopen, .close, .merge: return false
                case .check where act.isRight: return false
                default: continue
                }
            }
            return false
        }

        private var assignee: String? {
            for (place, entry) in zip(done.indices, done).reversed() {
                guard let act = entry.act else { continue }
                switch act.verb {
                case .dispatch: return act.to
                case .arrive: return act.actor
                case .return, .reopen: return nil
                case .ack where ["open", "dispatched"].contains(done[..<place].last?.states.last): return act.actor
                default: continue
                }
            }
            return nil
        }

        mutating func happened(_ event: CaseEvent, at: Instant) -> [String]? {
            let states: [String]?
            var made: CaseEvent.Act?
            switch event {
            case .raised: states = state == "none" ? ["open"] : nil
            case .updated: states = state == "none" ? ["open"] : isOver ? nil : [state]
            case .resolved:
                states = isOver ? nil : ["none", "open", "dispatched"].contains(state) ? ["resolved"] : [state]
            case .act(let act):
                if state == "none" || isRepeated(act) { return nil }
                states = leads(act, at)
                made = act
            }
            guard let states else { return nil }
            done.append((made, at, states))
            return states
        }

        private var isOver: Bool { state == "closed" || state == "resolved" }

        private func isRepeated(_ act: CaseEvent.Act) -> Bool {
            guard let key = act.key else { return false }
            return done.compactMap { $0.act?.key }.suffix(16).contains(key)
        }

        private func leads(_ act: CaseEvent.Act, _ at: Instant) -> [String]? {
            let isFresh = ["open", "dispatched"].contains(state)
            let isInHand = ["acknowledged", "on_site"].contains(state)
            switch act.verb {
            case .dispatch: return isFresh || state == "acknowledged" ? ["dispatched"] : nil
            case .ack:
                if isFresh { return ["acknowledged"] }
                return !isOver && isCalled && act.actor != assignee ? [state] : nil
            case .arrive: return isFresh || state == "acknowledged" ? ["on_site"] : nil
            case .handle:
                if isInHand { return [act.metNobody ? state : "handled"] }
                guard state == "handled", handling?.act.actor == act.actor, let before = handling?.at,
                    at - before <= .minutes(10)
                else { return nil }
                return ["acknowledged", act.metNobody ? "acknowledged" : "handled"]
            case .check:
                guard state == "handled", act.mayCheckOwn || handling?.act.actor != act.actor else { return nil }
                return act.isRight ? ["handled", "closed"] : ["acknowledged"]
            case .close: return isFresh || ["acknowledged", "suspended"].contains(state) ? ["closed"] : nil
            case .reopen:
                guard state == "closed",
                    let end = done.last(where: { $0.states.last != "closed" || $0.act?.verb != .note })
                else { return nil }
                return at - end.at <= .days(30) ? ["open"] : nil
            case .return: return isFresh || isInHand ? ["open"] : nil
            case .suspend: return isInHand ? ["suspended"] : nil
            case .resume:
                let before = done.last { ["acknowledged", "on_site"].contains($0.states.last ?? "") }
                return state == "suspended" ? [before?.states.last ?? ""] : nil
            case .extend: return isOver ? nil : [state]
            case .merge: return isOver || !act.isIntoOpen ? nil : ["closed"]
            case .escalate: return isOver || act.isNoAccess && !isInHand ? nil : [state]
            case .note: return [state]
            }
        }
    }

    private static func act(_ random: inout SeededRandom) -> CaseEvent.Act {
        // Rarely the end, so that cases grow old.
        let isEnd = random.chance(4)
        let verbs = Verb.allCases.filter { isEnd || ![.close, .merge].contains($0) }
        var act = CaseEvent.Act(
            random.pick(verbs), key: random.chance(40) ? UInt64(random.int(0...40)) : nil,
            actor: random.pick(["w1", "w2", "desk"]))
        act.to = random.pick(["w1", "w3"])
        act.metNobody = act.verb == .handle && random.chance(20)
        act.isRight = random.chance(50)
        act.mayCheckOwn = random.chance(20)
        act.isNoAccess = random.chance(30)
        act.isIntoOpen = random.chance(80)
        return act
    }

    @Test func `whatever happens in whatever order, a case is what its history says`() {
        var random = SeededRandom(for: "whatever happens in whatever order, a case is what its history says")
        var ends: Set<AlertState> = []
        var done: Set<Verb> = []
        for run in 0..<3000 {
            var (work, naive) = (Case(), NaiveCase())
            var now = CaseTableTests.at
            for step in 0..<random.int(1...80) {
                now = now + (random.chance(3) ? .days(Int64(random.int(1...40))) : .minutes(Int64(random.int(0...6))))
                let event: CaseEvent =
                    switch random.int(0...19) {
                    case 0: .raised
                    case 1: random.chance(10) ? .resolved : .updated
                    default: .act(CaseModelTests.act(&random))
                    }
                let before = work
                let wanted = naive.happened(event, at: now)
                let answer = work.step(event, at: now)
                let what = "seed \(random.seed), run \(run), step \(step): \(event) in \(before)"
                var got: [String]?
                if case .changed(let changes) = answer { got = changes.map(\.state.rawValue) }
                #expect(got == wanted, "\(what)")
                #expect(work.state?.rawValue ?? "none" == naive.state, "\(what)")
                if wanted == nil { #expect(work == before, "\(what): refused, and changed") }
                if wanted != nil, case .act(let act) = event { done.insert(act.verb) }
                if got != wanted { return }
            }
            if let state = work.state { ends.insert(state) }
        }
        #expect(ends == Set(AlertState.allCases), "seed \(random.seed): not every state was met")
        #expect(done == Set(Verb.allCases), "seed \(random.seed): not every verb was done")
    }

    @Test func `the same events give the same changes`() {
        var random = SeededRandom(for: "the same events give the same changes")
        for _ in 0..<100 {
            let events = (0..<40).map { _ in CaseEvent.act(CaseModelTests.act(&random)) }
            let runs = (0..<2).map { _ in
                var work = Case(.open)
                return events.enumerated().map {
                    work.step($0.element, at: CaseTableTests.at + .minutes(Int64($0.offset)))
                }
            }
            #expect(runs[0] == runs[1], "seed \(random.seed)")
        }
    }
}

import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

@Suite struct CaseTests {
    private static let at = Instant(milliseconds: 1_790_000_000_000)

    private static func act(_ verb: Verb, key: UInt64?) -> CaseEvent { .act(.init(verb, key: key)) }

    @Test(arguments: Verb.allCases)
    func `the same act told twice is done once, in whatever state the first has left the case`(_ verb: Verb) {
        var work = Case(.open)
        #expect(CaseTableTests.change(work.step(CaseTests.act(verb, key: 7), at: CaseTests.at)) != nil)
        let after = work
        let again = work.step(CaseTests.act(verb, key: 7), at: CaseTests.at + .hours(1))
        #expect(again == .refused(after.state == .closed ? .isOver : .isRepeated))
        #expect(work == after)
    }

    @Test func `without a key each act is one, and with another key as well`() {
        for keys in [(nil, nil), (1, 2), (nil, 1)] as [(UInt64?, UInt64?)] {
            var work = Case(.open)
            for key in [keys.0, keys.1] {
                #expect(CaseTableTests.change(work.step(CaseTests.act(.ack, key: key), at: CaseTests.at)) != nil)
            }
        }
    }

    @Test func `a refused act leaves its key unused`() {
        var work = Case()
        _ = work.step(CaseTests.act(.ack, key: 3), at: CaseTests.at)
        _ = work.step(.raised, at: CaseTests.at)
        #expect(CaseTableTests.change(work.step(CaseTests.act(.ack, key: 3), at: CaseTests.at))?.state == .acknowledged)
    }

    @Test(arguments: [-1, 0, 1])
    func `a key is known until sixteen others have come`(_ more: Int) {
        var work = Case(.open)
        let others = ActKeys.most + more
        for key in 0...UInt64(others) { _ = work.step(CaseTests.act(.note, key: key), at: CaseTests.at) }
        let again = work.step(CaseTests.act(.note, key: 0), at: CaseTests.at)
        #expect((again == .refused(.isRepeated)) == (others < ActKeys.most))
        #expect(ActKeys(0..<100).all == Array(84..<100))
    }

    /// What a case is by its whole history, told backwards: the slow and obvious way.
    private struct NaiveCase {
        var done: [(event: CaseEvent, leadsTo: AlertState?)] = []

        /// The last event that led anywhere.
        var state: AlertState? { done.last { $0.leadsTo != nil }?.leadsTo }

        mutating func happened(_ event: CaseEvent) -> AlertState? {
            guard state != .closed, state != .resolved, !isRepeated(event) else { return nil }
            var next: AlertState?
            switch event {
            case .raised: if state != nil { return nil } else { next = .open }
            case .updated: if state == nil { next = .open }
            case .resolved: if [nil, .open, .dispatched].contains(state) { next = .resolved }
            case .act(let act):
                guard state != nil else { return nil }
                next = NaiveCase.target[act.verb]
            }
            done.append((event, next))
            return state
        }

        private func isRepeated(_ event: CaseEvent) -> Bool {
            guard case .act(let act) = event, let key = act.key else { return false }
            let keys = done.compactMap { if case .act(let act) = $0.event { act.key } else { nil } }
            return keys.suffix(16).contains(key)
        }

        private static let target: [Verb: AlertState] = [
            .dispatch: .dispatched, .ack: .acknowledged, .arrive: .onSite, .handle: .handled, .check: .handled,
            .close: .closed, .return: .open, .suspend: .suspended, .resume: .acknowledged, .merge: .closed,
        ]
    }

    @Test func `whatever happens in whatever order, a case is what its history says`() {
        var random = SeededRandom(for: "whatever happens in whatever order, a case is what its history says")
        var ends: Set<AlertState> = []
        for run in 0..<2000 {
            var work = Case()
            var naive = NaiveCase()
            for step in 0..<random.int(1...60) {
                let event: CaseEvent =
                    switch random.int(0...9) {
                    case 0: .raised
                    case 1: random.chance(20) ? .resolved : .updated
                    default:
                        .act(
                            .init(
                                // Rarely the end, so that cases grow old.
                                random.pick(
                                    random.chance(3)
                                        ? Verb.allCases : Verb.allCases.filter { $0 != .close && $0 != .merge }),
                                key: random.chance(50) ? UInt64(random.int(0...30)) : nil))
                    }
                let before = work
                let wanted = naive.happened(event)
                let answer = work.step(event, at: CaseTests.at)
                let what = "seed \(random.seed), run \(run), step \(step): \(event) in \(String(describing: before))"
                #expect(CaseTableTests.change(answer)?.state == wanted, "\(what)")
                #expect(work.state == naive.state, "\(what)")
                if wanted == nil { #expect(work == before, "\(what): refused, and changed") }
            }
            if let state = work.state { ends.insert(state) }
        }
        #expect(ends == Set(AlertState.allCases), "seed \(random.seed): not every state was met")
    }
}

import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// The whole table: each state, each event, one answer.
@Suite struct CaseTableTests {
    /// What each event leads to from each state; `-` where it is refused. `none`: no such alert is known.
    private static let table = """
        state        | raised | updated      | resolved     | dispatch   | ack          | arrive  | handle  | check  | close  | reopen | return | suspend   | resume       | extend       | merge  | escalate     | note
        none         | open   | open         | resolved     | -          | -            | -       | -       | -      | -      | -      | -      | -         | -            | -            | -      | -            | -
        open         | -      | open         | resolved     | dispatched | acknowledged | on_site | -       | -      | closed | -      | open   | -         | -            | open         | closed | open         | open
        dispatched   | -      | dispatched   | resolved     | dispatched | acknowledged | on_site | -       | -      | closed | -      | open   | -         | -            | dispatched   | closed | dispatched   | dispatched
        acknowledged | -      | acknowledged | acknowledged | dispatched | -            | on_site | handled | -      | closed | -      | open   | suspended | -            | acknowledged | closed | acknowledged | acknowledged
        on_site      | -      | on_site      | on_site      | -          | -            | -       | handled | -      | -      | -      | open   | suspended | -            | on_site      | closed | on_site      | on_site
        handled      | -      | handled      | handled      | -          | -            | -       | -       | closed | -      | -      | -      | -         | -            | handled      | closed | handled      | handled
        suspended    | -      | suspended    | suspended    | -          | -            | -       | -       | -      | closed | -      | -      | -         | acknowledged | suspended    | closed | suspended    | suspended
        resolved     | -      | -            | -            | -          | -            | -       | -       | -      | -      | -      | -      | -         | -            | -            | -      | -            | resolved
        closed       | -      | -            | -            | -          | -            | -       | -       | -      | -      | open   | -      | -         | -            | -            | -      | -            | closed
        """

    static let states: [AlertState?] = [nil] + AlertState.allCases.map { $0 }
    static let events: [CaseEvent] =
        [.raised, .updated, .resolved] + Verb.allCases.map { .act(CaseEvent.Act($0)) }
    static let at = Instant(milliseconds: 1_790_000_000_000)

    private static func name(_ event: CaseEvent) -> String {
        switch event {
        case .raised: "raised"
        case .updated: "updated"
        case .resolved: "resolved"
        case .act(let act): act.verb.rawValue
        }
    }

    /// A case in a state, closed an hour ago where it is closed.
    static func work(_ state: AlertState?) -> Case {
        var memory = CaseMemory()
        if state == .closed { memory.closedAt = at - .hours(1) }
        return Case(state, memory: memory)
    }

    /// The last change of an answer; nil where it is refused.
    static func change(_ answer: CaseAnswer) -> CaseChange? {
        guard case .changed(let changes) = answer else { return nil }
        return changes.last
    }

    @Test func `each event leads from each state to where the table says`() {
        let rows = CaseTableTests.table.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimming(" ") }
        }
        #expect(rows[0].dropFirst().map { $0 } == CaseTableTests.events.map(CaseTableTests.name))
        #expect(rows.dropFirst().map { $0[0] } == CaseTableTests.states.map { $0?.rawValue ?? "none" })
        for (row, state) in zip(rows.dropFirst(), CaseTableTests.states) {
            for (wanted, event) in zip(row.dropFirst(), CaseTableTests.events) {
                var work = CaseTableTests.work(state)
                let before = work
                let told = CaseTableTests.change(work.step(event, at: CaseTableTests.at))
                let what = "\(CaseTableTests.name(event)) in \(row[0])"
                #expect(told?.state.rawValue ?? "-" == wanted, "\(what)")
                #expect(work.state == told?.state ?? state, "\(what)")
                if told == nil { #expect(work == before, "\(what): a refusal changes nothing") }
            }
        }
    }

    @Test func `what is legal in open is legal in dispatched, and the other way round`() {
        for verb in Verb.allCases {
            #expect(CaseTable.isLegal(verb, in: .open) == CaseTable.isLegal(verb, in: .dispatched), "\(verb)")
        }
    }

    @Test func `a refusal says why`() {
        let at = CaseTableTests.at
        for verb in Verb.allCases {
            var nobody = Case()
            #expect(nobody.step(.act(.init(verb)), at: at) == .refused(.unknown))
            for state in AlertState.allCases where !CaseTable.isLegal(verb, in: state) {
                var work = CaseTableTests.work(state)
                #expect(work.step(.act(.init(verb)), at: at) == .refused(state.isOver ? .isOver : .isIllegal))
            }
        }
        for event in [CaseEvent.raised, .updated, .resolved] {
            for state in [AlertState.resolved, .closed] {
                var work = Case(state)
                #expect(work.step(event, at: at) == .refused(.isOver))
            }
        }
        var open = Case(.open)
        #expect(open.step(.raised, at: at) == .refused(.isRaised))
    }

    @Test func `each verb makes the changes of its row, at its own time, and people are told of a closing alone`() {
        for verb in Verb.allCases {
            let way = CaseTable.way(of: verb)
            for state in way.from {
                var work = CaseTableTests.work(state)
                guard case .changed(let told) = work.step(.act(.init(verb)), at: CaseTableTests.at) else {
                    Issue.record("\(verb) in \(state) is refused")
                    continue
                }
                #expect(told.map(\.change) == (verb == .check ? [.checked, .closed] : [way.change]), "\(verb)")
                for change in told {
                    #expect(change.at == CaseTableTests.at)
                    #expect(change.telling == (change.change == .closed ? .told : .untold), "\(verb)")
                }
            }
        }
    }

    @Test func `what the rule says of a case that somebody has taken is an update of theirs`() {
        for state in AlertState.allCases where state.isTaken {
            var work = Case(state)
            let told = CaseTableTests.change(work.step(.resolved, at: .distantPast))
            #expect(told?.change == .updated && told?.state == state)
            #expect(told?.telling == .asFound && told?.episode == .goesOn, "the rule knows what it said")
        }
    }

    @Test(arguments: Verb.allCases)
    func `the rule forgets what is closed, leaves alone what is taken, and counts on from a visit`(_ verb: Verb) {
        for isVisit in [false, true] {
            for state in CaseTable.way(of: verb).from where !state.isOver {
                var work = CaseTableTests.work(state)
                let told = CaseTableTests.change(work.step(.act(.init(verb, isVisit: isVisit)), at: CaseTableTests.at))
                let wanted: CaseChange.Episode =
                    switch verb {
                    case .handle where isVisit, .close where isVisit: .isVisited
                    case .close, .merge: .isClosed
                    case .check: .isSettled
                    case .ack, .arrive, .handle, .suspend, .resume: .isTaken
                    case .extend, .escalate: state.isTaken ? .isTaken : .goesOn
                    case .dispatch, .reopen, .return, .note: .goesOn
                    }
                #expect(told?.episode == wanted, "\(verb) in \(state)")
            }
        }
    }

    @Test func `words are spelled as the records have them`() {
        #expect(
            Verb.allCases.map(\.rawValue) == [
                "dispatch", "ack", "arrive", "handle", "check", "close", "reopen", "return", "suspend", "resume",
                "extend", "merge", "escalate", "note",
            ])
        #expect(Verb(rawValue: "Ack") == nil && Verb(rawValue: "") == nil)
        #expect(
            FoundWord.allCases.map(\.rawValue) == [
                "well", "unwell", "rescued", "deceased", "away", "device_fault", "real", "not_real", "mended",
                "referred", "dissuaded", "not_ours",
            ])
        #expect(HandledBy.allCases.map(\.rawValue) == ["visit", "phone"] && NoAccess.reason == "no_access")
        #expect(DeviceCondition.allCases.map(\.rawValue) == ["ok", "faulty", "replaced"])
        #expect(Role.allCases.map(\.rawValue) == ["viewer", "worker", "manager", "admin", "auditor"])
        #expect(
            CaseAnswer.Refusal.allCases.map(\.rawValue) == [
                "unknown", "raised", "over", "repeated", "illegal", "own-check", "life-safety", "too-old",
                "into-nothing", "no-verb",
            ])
    }
}

extension Substring {
    fileprivate func trimming(_ what: Character) -> String {
        String(drop { $0 == what }.reversed().drop { $0 == what }.reversed())
    }
}

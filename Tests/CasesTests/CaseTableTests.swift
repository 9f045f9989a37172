import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// The whole table: each state, each event, one answer.
@Suite struct CaseTableTests {
    /// What each event leads to from each state; `-` where it is refused. `none`: no such alert is known.
    private static let table = """
        state        | raised | updated      | resolved     | dispatch   | ack          | arrive  | handle  | check   | close  | return | suspend   | resume       | extend       | merge  | escalate     | note
        none         | open   | open         | resolved     | -          | -            | -       | -       | -       | -      | -      | -         | -            | -            | -      | -            | -
        open         | -      | open         | resolved     | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | open         | closed | open         | open
        dispatched   | -      | dispatched   | resolved     | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | dispatched   | closed | dispatched   | dispatched
        acknowledged | -      | acknowledged | acknowledged | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | acknowledged | closed | acknowledged | acknowledged
        on_site      | -      | on_site      | on_site      | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | on_site      | closed | on_site      | on_site
        handled      | -      | handled      | handled      | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | handled      | closed | handled      | handled
        suspended    | -      | suspended    | suspended    | dispatched | acknowledged | on_site | handled | handled | closed | open   | suspended | acknowledged | suspended    | closed | suspended    | suspended
        resolved     | -      | -            | -            | -          | -            | -       | -       | -       | -      | -      | -         | -            | -            | -      | -            | -
        closed       | -      | -            | -            | -          | -            | -       | -       | -       | -      | -      | -         | -            | -            | -      | -            | -
        """

    static let states: [AlertState?] = [nil] + AlertState.allCases.map { $0 }
    static let events: [CaseEvent] =
        [.raised, .updated, .resolved] + Verb.allCases.map { .act(CaseEvent.Act($0)) }

    private static func name(_ event: CaseEvent) -> String {
        switch event {
        case .raised: "raised"
        case .updated: "updated"
        case .resolved: "resolved"
        case .act(let act): act.verb.rawValue
        }
    }

    /// The one change of an answer; nil where it is refused.
    static func change(_ answer: CaseAnswer) -> CaseChange? {
        guard case .changed(let changes) = answer else { return nil }
        return changes.first
    }

    @Test func `each event leads from each state to where the table says`() {
        let rows = CaseTableTests.table.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimming(" ") }
        }
        #expect(rows[0].dropFirst().map { $0 } == CaseTableTests.events.map(CaseTableTests.name))
        #expect(rows.dropFirst().map { $0[0] } == CaseTableTests.states.map { $0?.rawValue ?? "none" })
        for (row, state) in zip(rows.dropFirst(), CaseTableTests.states) {
            for (wanted, event) in zip(row.dropFirst(), CaseTableTests.events) {
                var work = Case(state)
                let told = CaseTableTests.change(work.step(event, at: .distantPast))
                let what = "\(CaseTableTests.name(event)) in \(row[0])"
                #expect(told?.state.rawValue ?? "-" == wanted, "\(what)")
                #expect(work.state == told?.state ?? state, "\(what): a refusal changes nothing")
            }
        }
    }

    @Test func `nothing leads out of what is over, and a refusal says why`() {
        for event in CaseTableTests.events {
            for state in [AlertState.resolved, .closed] {
                var work = Case(state)
                #expect(work.step(event, at: .distantPast) == .refused(.isOver))
            }
        }
        for verb in Verb.allCases {
            var nobody = Case()
            #expect(nobody.step(.act(.init(verb)), at: .distantPast) == .refused(.unknown))
        }
        var open = Case(.open)
        #expect(open.step(.raised, at: .distantPast) == .refused(.isRaised))
    }

    @Test func `each verb makes the change of its name, at its own time`() {
        let names: [Verb: ChangeKind] = [
            .dispatch: .dispatched, .ack: .acknowledged, .arrive: .arrived, .handle: .handled, .check: .checked,
            .close: .closed, .reopen: .reopened, .return: .returned, .suspend: .suspended, .resume: .resumed,
            .extend: .extended,
            .merge: .merged, .escalate: .escalated, .note: .noted,
        ]
        let at = Instant(milliseconds: 1_790_000_000_000)
        for verb in Verb.allCases {
            var work = Case(.dispatched)
            let told = CaseTableTests.change(work.step(.act(.init(verb)), at: at))
            #expect(told?.change == names[verb] && told?.at == at, "\(verb)")
            #expect(told?.telling == (verb == .close ? .told : .untold), "people are told of a closing alone: \(verb)")
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
            var work = Case(.open)
            let told = CaseTableTests.change(work.step(.act(.init(verb, isVisit: isVisit)), at: .distantPast))
            let wanted: CaseChange.Episode =
                switch verb {
                case .handle where isVisit, .close where isVisit: .isVisited
                case .close, .merge: .isClosed
                case .ack, .arrive, .handle, .check, .suspend, .resume: .isTaken
                case .dispatch, .reopen, .return, .extend, .escalate, .note: .goesOn
                }
            #expect(told?.episode == wanted)
        }
    }

    @Test func `the verbs are spelled as the records have them`() {
        #expect(
            Verb.allCases.map(\.rawValue) == [
                "dispatch", "ack", "arrive", "handle", "check", "close", "return", "suspend", "resume", "extend",
                "merge", "escalate", "note",
            ])
        #expect(Verb(rawValue: "Ack") == nil && Verb(rawValue: "reopen") == nil && Verb(rawValue: "") == nil)
    }
}

extension Substring {
    fileprivate func trimming(_ what: Character) -> String {
        String(drop { $0 == what }.reversed().drop { $0 == what }.reversed())
    }
}

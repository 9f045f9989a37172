import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// What an act needs beside the state, and what it leaves behind.
@Suite struct CaseTests {
    private static let at = Instant(milliseconds: 1_790_000_000_000)

    /// Does acts one after another, a minute apart; each must be legal.
    private static func after(_ acts: CaseEvent.Act..., isLifeSafety: Bool = false) -> Case {
        var work = Case(.open, isLifeSafety: isLifeSafety)
        for (minute, act) in acts.enumerated() {
            let answer = work.step(.act(act), at: at + .minutes(Int64(minute)))
            #expect(CaseTableTests.change(answer) != nil, "\(act): \(answer)")
        }
        return work
    }

    private static func act(
        _ verb: Verb, _ actor: String? = "w1", key: UInt64? = nil, _ set: (inout CaseEvent.Act) -> Void = { _ in }
    ) -> CaseEvent.Act {
        var act = CaseEvent.Act(verb, key: key, actor: actor)
        set(&act)
        return act
    }

    private static func kinds(_ answer: CaseAnswer) -> [String] {
        switch answer {
        case .changed(let changes): changes.map { "\($0.change.rawValue) \($0.state.rawValue)" }
        case .refused(let why): ["refused \(why.rawValue)"]
        }
    }

    // MARK: Once

    @Test(arguments: Verb.allCases)
    func `the same act told twice is done once, in whatever state the first has left the case`(_ verb: Verb) {
        for state in CaseTable.way(of: verb).from {
            var work = CaseTableTests.work(state)
            let act = CaseEvent.act(CaseTests.act(verb, key: 7))
            #expect(CaseTableTests.change(work.step(act, at: CaseTests.at)) != nil)
            let after = work
            #expect(work.step(act, at: CaseTests.at + .hours(1)) == .refused(.isRepeated))
            #expect(work == after)
        }
    }

    @Test func `without a key each act is one, and with another key as well`() {
        for keys in [(nil, nil), (1, 2), (nil, 1)] as [(UInt64?, UInt64?)] {
            var work = Case(.open)
            for key in [keys.0, keys.1] {
                #expect(CaseTableTests.change(work.step(.act(CaseTests.act(.note, key: key)), at: CaseTests.at)) != nil)
            }
        }
    }

    @Test func `a refused act leaves its key unused`() {
        var work = Case(.open)
        _ = work.step(.act(CaseTests.act(.check, key: 3)), at: CaseTests.at)
        #expect(
            CaseTableTests.change(work.step(.act(CaseTests.act(.ack, key: 3)), at: CaseTests.at))?.state
                == .acknowledged)
    }

    @Test(arguments: [-1, 0, 1])
    func `a key is known until sixteen others have come`(_ more: Int) {
        var work = Case(.open)
        let others = ActKeys.most + more
        for key in 0...UInt64(others) { _ = work.step(.act(CaseTests.act(.note, key: key)), at: CaseTests.at) }
        let again = work.step(.act(CaseTests.act(.note, key: 0)), at: CaseTests.at)
        #expect((again == .refused(.isRepeated)) == (others < ActKeys.most))
        #expect(ActKeys(0..<100).all == Array(84..<100))
    }

    // MARK: Who has it

    @Test func `who takes it has it, who comes has it, and who gives it back has it no more`() {
        #expect(CaseTests.after(CaseTests.act(.ack)).memory.assignee == "w1")
        #expect(CaseTests.after(CaseTests.act(.ack), CaseTests.act(.arrive, "w2")).memory.assignee == "w2")
        #expect(CaseTests.after(CaseTests.act(.dispatch, "desk") { $0.to = "w3" }).memory.assignee == "w3")
        #expect(CaseTests.after(CaseTests.act(.ack), CaseTests.act(.return)).memory.isEmpty)
        var taken = CaseTests.after(CaseTests.act(.ack))
        #expect(CaseTests.kinds(taken.step(.act(CaseTests.act(.ack, "w2")), at: CaseTests.at)) == ["refused illegal"])
        #expect(taken.memory.assignee == "w1", "the first to accept")
    }

    @Test func `one who was called answers, and whoever had the case keeps it`() {
        var work = CaseTests.after(
            CaseTests.act(.ack), CaseTests.act(.arrive), CaseTests.act(.escalate) { $0.isNoAccess = true })
        #expect(
            CaseTests.kinds(work.step(.act(CaseTests.act(.ack)), at: CaseTests.at)) == ["refused illegal"],
            "who called does not answer")
        #expect(
            CaseTests.kinds(work.step(.act(CaseTests.act(.ack, "street")), at: CaseTests.at)) == [
                "acknowledged on_site"
            ])
        #expect(work.memory.assignee == "w1")
        #expect(CaseTests.kinds(work.step(.act(CaseTests.act(.ack, "x")), at: CaseTests.at)) == ["refused illegal"])
    }

    @Test func `that nobody opens is told from a case in hand alone`() {
        for state in AlertState.allCases where !state.isOver {
            var work = Case(state)
            let answer = work.step(.act(CaseTests.act(.escalate) { $0.isNoAccess = true }), at: CaseTests.at)
            let isInHand = state == .acknowledged || state == .onSite
            #expect(CaseTests.kinds(answer) == [isInHand ? "escalated \(state.rawValue)" : "refused illegal"])
        }
    }

    // MARK: Handled

    @Test func `who goes without telling that they arrive did so when they handled`() {
        for (state, wentThere, isMarked) in [
            (AlertState.acknowledged, true, true), (.acknowledged, false, false), (.onSite, true, false),
        ] {
            var work = Case(state)
            let told = CaseTableTests.change(
                work.step(.act(CaseTests.act(.handle) { $0.wentThere = wentThere }), at: CaseTests.at))
            #expect(told?.state == .handled && told?.isArrivalUnreported == isMarked)
        }
    }

    @Test func `a device's fault where nobody was met calls the next, and the case stays`() {
        var work = CaseTests.after(CaseTests.act(.ack), CaseTests.act(.arrive))
        let answer = work.step(.act(CaseTests.act(.handle) { $0.metNobody = true }), at: CaseTests.at)
        #expect(CaseTests.kinds(answer) == ["escalated on_site"])
        #expect(work.memory.isCalled && work.memory.handler == nil)
    }

    @Test(arguments: [(-1, "w1", true), (0, "w1", true), (1, "w1", false), (-1, "w2", false)])
    func `whoever handled it may tell better for ten minutes`(_ off: Int64, _ actor: String, _ isTaken: Bool) {
        let handled = CaseTests.after(CaseTests.act(.ack), CaseTests.act(.handle) { $0.found = "well" })
        var work = handled
        let then = CaseTests.at + .minutes(11) + Milliseconds(off)
        let answer = work.step(.act(CaseTests.act(.handle, actor) { $0.found = "away" }), at: then)
        #expect(
            CaseTests.kinds(answer) == (isTaken ? ["reopened acknowledged", "handled handled"] : ["refused illegal"]))
        #expect(work.memory.found == (isTaken ? "away" : "well"))
        if !isTaken { #expect(work == handled) }
    }

    @Test func `another looks at it, or the route lets whoever handled, which is marked`() {
        let handled = CaseTests.after(CaseTests.act(.ack), CaseTests.act(.handle))
        var work = handled
        #expect(CaseTests.kinds(work.step(.act(CaseTests.act(.check)), at: CaseTests.at)) == ["refused own-check"])
        #expect(work == handled)
        for (actor, may, isUnchecked) in [("w2", false, false), ("w2", true, false), ("w1", true, true)] {
            work = handled
            let answer = work.step(.act(CaseTests.act(.check, actor) { $0.mayCheckOwn = may }), at: CaseTests.at)
            #expect(CaseTests.kinds(answer) == ["checked handled", "closed closed"])
            #expect(CaseTableTests.change(answer)?.isUnchecked == isUnchecked)
            #expect(work.memory.closedAt == CaseTests.at)
        }
    }

    @Test func `what is not in order goes back to whoever had it, and is handled again`() {
        var work = CaseTests.after(CaseTests.act(.ack), CaseTests.act(.handle, "w2"))
        let answer = work.step(.act(CaseTests.act(.check, "boss") { $0.isRight = false }), at: CaseTests.at)
        #expect(CaseTests.kinds(answer) == ["reopened acknowledged"])
        #expect(work.memory.assignee == "w1" && work.memory.handler == nil)
        #expect(CaseTableTests.change(work.step(.act(CaseTests.act(.handle)), at: CaseTests.at))?.state == .handled)
    }

    // MARK: Put off, over

    @Test func `what is put off comes back to where it was, and never rests for longer than ninety days`() {
        for (state, until, wanted) in [
            (AlertState.acknowledged, Milliseconds.days(3), Milliseconds.days(3)),
            (.onSite, .days(90), .days(90)), (.onSite, .days(91), .days(90)),
        ] {
            var work = Case(state)
            _ = work.step(.act(CaseTests.act(.suspend) { $0.restsUntil = CaseTests.at + until }), at: CaseTests.at)
            #expect(work.state == .suspended && work.memory.restsUntil == CaseTests.at + wanted)
            #expect(
                CaseTests.kinds(work.step(.act(CaseTests.act(.resume)), at: CaseTests.at)) == [
                    "resumed \(state.rawValue)"
                ])
            #expect(work.memory.restsUntil == nil && work.memory.restedFrom == nil)
        }
        var forever = Case(.onSite)
        _ = forever.step(.act(CaseTests.act(.suspend)), at: CaseTests.at)
        #expect(forever.memory.restsUntil == CaseTests.at + .days(90), "an end is there whatever was written")
        var urgent = Case(.onSite, isLifeSafety: true)
        #expect(
            CaseTests.kinds(urgent.step(.act(CaseTests.act(.suspend)), at: CaseTests.at)) == ["refused life-safety"])
    }

    @Test func `the end of a rest does not end the one behind it`() {
        let first = CaseTests.at + .days(1)
        let second = CaseTests.at + .days(5)
        var work = Case(.acknowledged)
        for until in [first, second] {
            _ = work.step(.act(CaseTests.act(.suspend) { $0.restsUntil = until }), at: CaseTests.at)
            if until == first { _ = work.step(.act(CaseTests.act(.resume)), at: CaseTests.at) }
        }
        let late = CaseTests.act(.resume, "system") { $0.restsUntil = first }
        #expect(CaseTests.kinds(work.step(.act(late), at: first)) == ["refused illegal"])
        let due = CaseTests.act(.resume, "system") { $0.restsUntil = second }
        #expect(CaseTests.kinds(work.step(.act(due), at: second)) == ["resumed acknowledged"])
    }

    @Test(arguments: [-1, 0, 1]) func `what was closed is reopened for thirty days`(_ off: Int64) {
        var work = CaseTests.after(CaseTests.act(.close, "desk"))
        let then = CaseTests.at + .days(30) + Milliseconds(off)
        let answer = work.step(.act(CaseTests.act(.reopen, "desk")), at: then)
        #expect(CaseTests.kinds(answer) == (off > 0 ? ["refused too-old"] : ["reopened open"]))
        var resolved = Case(.resolved)
        #expect(CaseTests.kinds(resolved.step(.act(CaseTests.act(.reopen)), at: CaseTests.at)) == ["refused over"])
    }

    @Test func `nothing is joined to what is over or not there`() {
        var work = Case(.open)
        let nothing = CaseTests.act(.merge) { $0.isIntoOpen = false }
        #expect(CaseTests.kinds(work.step(.act(nothing), at: CaseTests.at)) == ["refused into-nothing"])
        #expect(CaseTests.kinds(work.step(.act(CaseTests.act(.merge)), at: CaseTests.at)) == ["merged closed"])
    }
}

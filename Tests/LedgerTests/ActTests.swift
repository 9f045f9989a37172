import Ledger
import Testing
import Timekeeping

@Suite struct ActTests {
    private static func act(_ key: String, _ result: LedgerAct.Result, person: String = "w1", record: Int64 = 7)
        -> LedgerAct
    {
        LedgerAct(person: person, key: key, hash: [1, 2, 3], record: record, result: result, at: noon)
    }

    @Test func `what an act came to is found by its person and key, and the first word stands`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let done = ActTests.act("k", .done(ordinal: 2))
        let refused = ActTests.act("k", .refused("isOver", state: "resolved"), person: "w2", record: 8)
        let unknown = ActTests.act("k3", .refused("unknown", state: nil))
        try ledger.commit(changes: [], notifications: [], acts: [done, refused, unknown], applied: 8)
        #expect(try ledger.act(person: "w1", key: "k") == done)
        #expect(try ledger.act(person: "w2", key: "k") == refused)
        #expect(try ledger.act(person: "w1", key: "k3") == unknown)
        #expect(try ledger.act(person: "w1", key: "k2") == nil)
        try ledger.commit(
            changes: [], notifications: [], acts: [ActTests.act("k", .done(ordinal: 9), record: 9)], applied: 9)
        #expect(try ledger.act(person: "w1", key: "k") == done)
    }

    @Test func `keys are kept for eight days`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.commit(changes: [], notifications: [], acts: [ActTests.act("k", .done(ordinal: 0))], applied: 7)
        _ = try ledger.prune(now: noon + .days(8))
        #expect(try ledger.act(person: "w1", key: "k") != nil)
        _ = try ledger.prune(now: noon + .days(8) + Milliseconds(1))
        #expect(try ledger.act(person: "w1", key: "k") == nil)
    }

    @Test func `the row of an alert is the fold of its changes`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        var number: Int64 = 0
        func commit(_ kind: String, _ state: String, _ edit: (inout LedgerChange) -> Void = { _ in }) throws
            -> AlertRow?
        {
            number += 1
            var next = change(number, change: kind, state: state)
            next.grid = "g3"
            edit(&next)
            try ledger.commit(changes: [next], notifications: [], applied: number)
            return try ledger.alert(id: next.alert)
        }
        var row = try commit("raised", "open")
        #expect(row?.state == "open" && row?.grid == "g3" && row?.assignee == nil)
        row = try commit("dispatched", "dispatched") { $0.assignee = "w1" }
        #expect(row?.state == "dispatched" && row?.assignee == "w1")
        row = try commit("updated", "open")
        #expect(row?.state == "dispatched" && row?.assignee == "w1", "to the pipeline it is still open")
        row = try commit("acknowledged", "acknowledged") { ($0.actor, $0.assignee) = ("w2", "w2") }
        #expect(row?.state == "acknowledged" && row?.assignee == "w2")
        row = try commit("returned", "open")
        #expect(row?.state == "open" && row?.assignee == nil)
        row = try commit("acknowledged", "acknowledged") { $0.assignee = "w3" }
        row = try commit("handled", "handled") { ($0.actor, $0.found, $0.alertRight) = ("w3", "well", true) }
        #expect(row?.handler == "w3" && row?.found == "well" && row?.alertRight == true)
        row = try commit("reopened", "acknowledged")
        #expect(row?.assignee == "w3" && row?.handler == "w3", "a check that was not content leaves it with them")
        row = try commit("resolved", "resolved")
        #expect(row?.state == "resolved" && row?.ordinal == 0 && row?.record == number)
    }
}

import Cases
import Console
import Feeds
import Foundation
import Ledger
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon
@testable import Pipeline

/// The desk over a real ledger; what the intake's thread does with an entry is done by the test.
@Suite struct ActDeskTests {
    private let folder: String
    private let ledger: Ledger
    private let entries = EntryDesk(wake: {})
    private let desk: ActDesk

    init() throws {
        folder = NSTemporaryDirectory() + "/acts-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        ledger = try Ledger(path: folder + "/shouwang.sqlite")
        desk = ActDesk(ledger: ledger, entries: entries)
    }

    private static func ack(_ key: String?, actor: String = "w1", note: String? = nil) -> Act {
        Act(alert: "00112233445566aa", verb: "ack", actor: actor, note: note, key: key)
    }

    /// Steps and commits what is put in until `count` entries were; each makes one change.
    private func serve(_ count: Int) async throws -> [Act] {
        var acts: [Act] = []
        while acts.count < count {
            for (ticket, entry) in entries.takeWaiting() {
                guard case .act(let act, _) = entry else { continue }
                acts.append(act)
                let record = Int64(acts.count)
                entries.appended(ticket, as: record)
                let outcome = ActOutcome(
                    record: record, at: Instant(milliseconds: 1), act: act, result: .done(ordinal: 0))
                let kept = LedgerAct(outcome).map { [$0] } ?? []
                try ledger.commit(changes: [], notifications: [], acts: kept, applied: record)
                entries.committed(upTo: record, [outcome])
            }
            await Task.yield()
        }
        return acts
    }

    @Test func `the same act told again, at once or later, is done once and gets the first one's answer`() async throws
    {
        async let first = desk.act(ActDeskTests.ack("k"))
        async let second = desk.act(ActDeskTests.ack("k"))
        #expect(try await serve(1) == [ActDeskTests.ack("k")])
        #expect(await first == .done(record: 1, ordinal: 0))
        #expect(await second == .done(record: 1, ordinal: 0))
        #expect(await desk.act(ActDeskTests.ack("k")) == .done(record: 1, ordinal: 0))
        #expect(entries.takeWaiting().isEmpty)
    }

    @Test func `another act under a key that was used is refused, and another person's key is theirs`() async throws {
        async let first = desk.act(ActDeskTests.ack("k"))
        _ = try await serve(1)
        _ = await first
        #expect(await desk.act(ActDeskTests.ack("k", note: "else")) == .keyReused)
        async let other = desk.act(ActDeskTests.ack("k", actor: "w2"))
        #expect(try await serve(1).first?.actor == "w2")
        #expect(await other == .done(record: 1, ordinal: 0))
        var entered = ActDeskTests.ack("k", actor: "w9")
        entered.enteredBy = "w1"
        #expect(await desk.act(entered) == .keyReused, "keys are of whoever puts it in")
    }

    @Test func `acts without a key are done as often as they come`() async throws {
        async let first = desk.act(ActDeskTests.ack(nil))
        async let second = desk.act(ActDeskTests.ack(nil))
        #expect(try await serve(2).count == 2)
        let answers = await Set([first, second].map { "\($0)" })
        #expect(answers.count == 2)
    }

    @Test func `what was refused keeps its refusal, and what the ledger cannot look up is unavailable`() async throws {
        let refused = ActOutcome(
            record: 4, at: Instant(milliseconds: 1), act: ActDeskTests.ack("k"), result: .refused(.isOver, .resolved))
        let kept = try #require(LedgerAct(refused))
        try ledger.commit(changes: [], notifications: [], acts: [kept], applied: 4)
        #expect(await desk.act(ActDeskTests.ack("k")) == .refused(.isOver, .resolved))
        entries.close()
        #expect(await desk.act(ActDeskTests.ack("k2")) == .unavailable)
        try ledger.close()
        #expect(await desk.act(ActDeskTests.ack("k3")) == .unavailable)
    }

    @Test func `each word of an act is part of what its key stands for, but not its page`() {
        let base = ActDeskTests.ack("k")
        var page = base
        page.page = "{}"
        #expect(page.contentHash == base.contentHash)
        var others: [Act] = []
        func with(_ edit: (inout Act) -> Void) {
            var act = base
            edit(&act)
            others.append(act)
        }
        with { $0.alert = "00112233445566ab" }
        with { $0.verb = "arrive" }
        with { $0.actor = "w2" }
        with { $0.found = "well" }
        with { $0.to = "property" }
        with { $0.ok = true }
        with { $0.ok = false }
        with { $0.alertRight = false }
        with { $0.photos = ["a"] }
        with { $0.until = "2026-12-02" }
        with { $0.length = "2h" }
        with { $0.seen = "7.0" }
        #expect(Set(others.map(\.contentHash) + [base.contentHash]).count == others.count + 1)
    }
}

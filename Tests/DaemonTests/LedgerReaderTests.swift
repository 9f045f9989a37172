import Console
import Dispatch
import Synchronization
import Testing
import Timekeeping

@testable import Daemon
@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct LedgerReaderTests {
    private static let now = Instant(milliseconds: 1_790_000_000_000)

    /// A ledger that answers only when it is let.
    private final class Held: Sendable {
        let gate = DispatchSemaphore(value: 0)
        let readings = Atomic(0)

        func read() -> LedgerReader.Figures {
            readings.add(1, ordering: .relaxed)
            gate.wait()
            return LedgerReaderTests.figures(open: 3)
        }
    }

    private static func figures(open: Int) -> LedgerReader.Figures {
        var counts = Ledger.Counts()
        counts.alerts = ["open": open]
        return LedgerReader.Figures(counts: counts, unsent: [])
    }

    private static func view(_ answer: LedgerReader.Answer) -> HealthView {
        Health.view(
            DaemonState().view, faults: BoxFaults(), ledger: answer, channels: [:], isOutConnected: true, now: now)
    }

    @Test func `every page answers while the ledger is held, and one reading serves them all`() async {
        let held = Held()
        let reader = LedgerReader(patience: Milliseconds(50)) { () throws(LedgerError) in held.read() }
        // Many more than the async world has threads: none of them may wait for the disk.
        let answers = await withTaskGroup(of: LedgerReader.Answer.self) { group in
            for _ in 0..<100 { group.addTask { await reader.answer() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { !$0.isReadable && $0.silence != nil && $0.figures == nil })
        #expect(held.readings.load(ordering: .relaxed) == 1)
        let late = await reader.answer()
        let page = LedgerReaderTests.view(late)
        #expect(page.degraded.contains { $0.hasPrefix("ledger: no answer for") })
        #expect(page.text.contains("shouwang_ledger_readable 0.0"))
        held.gate.signal()
        held.gate.signal()
        var answer = await reader.answer()
        while !answer.isReadable { answer = await reader.answer() }
        #expect(answer.figures?.counts.alerts == ["open": 3])
        #expect(LedgerReaderTests.view(answer).text.contains("shouwang_alerts{state=\"open\"} 3.0"))
        // Whatever reading is under way still must not wait for a test that is over.
        for _ in 0..<4 { held.gate.signal() }
    }

    @Test func `the figures of before are shown while the ledger does not answer`() async {
        let held = Held()
        held.gate.signal()
        let reader = LedgerReader(patience: Milliseconds(200)) { () throws(LedgerError) in held.read() }
        #expect(await reader.answer().isReadable)
        let answer = await reader.answer()
        #expect(!answer.isReadable && answer.figures?.counts.alerts == ["open": 3])
        held.gate.signal()
    }

    @Test func `a ledger that cannot be read says so, and gives no old figures`() async {
        let calls = Atomic(0)
        let reader = LedgerReader { () throws(LedgerError) in
            if calls.add(1, ordering: .relaxed).newValue > 1 { throw LedgerError(.closed, path: "x", detail: "") }
            return LedgerReaderTests.figures(open: 1)
        }
        #expect(await reader.answer().isReadable)
        let answer = await reader.answer()
        #expect(!answer.isReadable && answer.figures == nil && answer.silence == nil)
    }
}

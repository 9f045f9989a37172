import Cases
import Diagnostics
import Dispatch
import Feeds
import Foundation
import JSONWriting
import NIOHTTP1
import Synchronization
import Testing
import Timekeeping
import Vocabulary

@testable import Console
@testable import Ledger

/// The console's own queue: bounded, and patient for two seconds alone.
@Suite struct QueryPoolTests {
    @Test func `two are answered at a time, what does not fit is refused, and what is late is told so`() async throws {
        let pool = QueryPool(patience: .seconds(1))
        let gate = DispatchSemaphore(value: 0)
        let ran = Count()
        let (asked, refused, late) = await withTaskGroup(of: String.self) { group in
            for _ in 0..<(QueryPool.threads + QueryPool.waitingMax + 10) {
                group.addTask {
                    do throws(Problem) {
                        return try await pool.ask { () throws(LedgerError) in
                            gate.wait()
                            ran.add()
                            return "answered"
                        }
                    } catch {
                        return error.detail.contains("too many") ? "refused" : "late"
                    }
                }
            }
            return await group.reduce(into: (0, 0, 0)) { counts, word in
                switch word {
                case "answered": counts.0 += 1
                case "refused": counts.1 += 1
                default: counts.2 += 1
                }
            }
        }
        #expect(asked == 0 && refused == 10 && late == QueryPool.threads + QueryPool.waitingMax)
        // Nobody waits for what stood behind: it is not read any more.
        for _ in 0..<200 { gate.signal() }
        var answer = ""
        while answer.isEmpty {
            // Until what stood behind has been passed over, the pool is full.
            do throws(Problem) { answer = try await pool.ask { () throws(LedgerError) in "again" } } catch {}
        }
        #expect(answer == "again" && ran.value <= QueryPool.threads)
    }

    private final class Count: Sendable {
        private let state = Mutex(0)

        var value: Int { state.withLock { $0 } }

        func add() { state.withLock { $0 += 1 } }
    }
}

import Testing
import Timekeeping

@testable import Daemon

@Suite struct RestoreLimitTests {
    @Test func `a ledger is restored once an hour at most`() {
        let limit = RestoreLimit()
        let hour = Milliseconds.hours(1).count
        #expect(
            [0, 1, hour - 1, hour, hour + 1, 2 * hour].map(limit.allows) == [true, false, false, true, false, true])
    }
}

import Cases
import StateCoding
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Pipeline

/// How long an alert's end is kept in mind.
@Suite struct OverAlertsTests {
    private static let at = Instant(milliseconds: 1_790_000_000_000)

    private static func entry(_ at: Instant) -> OverAlerts.Entry {
        OverAlerts.Entry(state: .closed, at: at, keys: ActKeys())
    }

    @Test(arguments: [-1, 0, 1]) func `an end is kept for thirty days`(_ off: Int64) {
        var over = OverAlerts()
        over.insert(1, OverAlertsTests.entry(OverAlertsTests.at))
        over.insert(2, OverAlertsTests.entry(OverAlertsTests.at + .days(30) + Milliseconds(off)))
        #expect((over[1] != nil) == (off <= 0) && over[2] != nil)
    }

    @Test func `of too many the oldest goes, and what is open again is no end`() {
        var over = OverAlerts(most: 3)
        for number in 1...3 { over.insert(UInt64(number), OverAlertsTests.entry(OverAlertsTests.at)) }
        over.remove(2)
        over.insert(4, OverAlertsTests.entry(OverAlertsTests.at))
        #expect([1, 2, 3, 4].map { over[$0] != nil } == [true, false, true, true])
        over.insert(5, OverAlertsTests.entry(OverAlertsTests.at))
        #expect([1, 2, 3, 4, 5].map { over[$0] != nil } == [false, false, true, true, true])
    }

    @Test func `what was written and read drops the same as what was not`() throws {
        var random = SeededRandom(for: "what was written and read drops the same as what was not")
        var (whole, split) = (OverAlerts(most: 20), OverAlerts(most: 20))
        var now = OverAlertsTests.at
        for step in 0..<3000 {
            now = now + (random.chance(2) ? .days(Int64(random.int(1...20))) : .hours(Int64(random.int(0...2))))
            let number = UInt64(random.int(0...60))
            if random.chance(20) {
                whole.remove(number)
                split.remove(number)
            } else {
                whole.insert(number, OverAlertsTests.entry(now))
                split.insert(number, OverAlertsTests.entry(now))
            }
            var writer = StateWriter()
            split.write(to: &writer)
            var reader = StateReader(writer.bytes)
            split = try OverAlerts(from: &reader, most: 20)
            var again = StateWriter()
            split.write(to: &again)
            #expect(again.bytes == writer.bytes)
            let same = (0...60).allSatisfy { whole[$0] == split[$0] }
            #expect(same, "seed \(random.seed), step \(step)")
            #expect(whole.count <= 20)
            if !same { return }
        }
    }
}

import TestSupport
import Testing

@testable import Timekeeping

/// Epoch numbers are from Python's `zoneinfo`.
@Suite struct ZoneTests {
    private func civil(_ text: String) throws -> CivilTime {
        guard case .local(let civil)? = ISO8601.read(text) else { throw NotLocal(text: text) }
        return civil
    }

    private struct NotLocal: Error { var text: String }

    @Test func `Shanghai is eight hours ahead, and a zone-less time is unambiguous`() throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        #expect(zone.offset(at: Instant(seconds: 1_772_712_930)) == 28_800)
        #expect(zone.offset(at: Instant(seconds: 4_000_000_000)) == 28_800)
        // Summer time was kept from 1986 to 1991.
        #expect(zone.offset(at: Instant(seconds: 520_000_000)) == 32_400)
        #expect(zone.instant(try civil("2026-03-05 20:15:30")) == Instant(seconds: 1_772_712_930))
        let day = try #require(Day(year: 2026, month: 3, day: 5))
        #expect(zone.start(of: day) == Instant(seconds: 1_772_640_000))
    }

    /// Toronto 2023: forward on 12 March at 07:00:00Z, back on 5 November at 06:00:00Z.
    @Test(
        arguments: [
            (1_678_604_399_999, -18_000), (1_678_604_400_000, -14_400), (1_699_163_999_999, -14_400),
            (1_699_164_000_000, -18_000),
        ] as [(Int64, Int)])
    func `the offset changes at the millisecond`(_ ms: Int64, _ offset: Int) throws {
        let zone = try #require(Zone(identifier: "America/Toronto"))
        #expect(zone.offset(at: Instant(milliseconds: ms)) == offset)
    }

    @Test(
        arguments: [
            ("2023-03-12 01:59:59", 1_678_604_399),
            // Skipped: read with the offset before the change.
            ("2023-03-12 02:30:00", 1_678_606_200), ("2023-03-12 02:00:00", 1_678_604_400),
            ("2023-03-12 03:00:00", 1_678_604_400),
            ("2023-11-05 00:59:59", 1_699_160_399),
            // Told twice: the first.
            ("2023-11-05 01:00:00", 1_699_160_400), ("2023-11-05 01:30:00", 1_699_162_200),
            ("2023-11-05 02:00:00", 1_699_167_600), ("2023-07-01 00:00:00", 1_688_184_000),
            ("2023-01-01 00:00:00", 1_672_549_200),
        ] as [(String, Int64)])
    func `a wall clock's time in Toronto is the instant that the law names`(_ text: String, _ seconds: Int64) throws {
        let zone = try #require(Zone(identifier: "America/Toronto"))
        #expect(zone.instant(try civil(text)) == Instant(seconds: seconds), "\(text)")
    }

    @Test(arguments: [
        "Asia/Shanghai", "America/Toronto", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
    ])
    func `an instant comes back from its wall clock, except in the second of two hours told twice`(_ name: String)
        throws
    {
        let zone = try #require(Zone(identifier: name))
        var random = SeededRandom(for: "ZoneTests \(name)")
        for _ in 0..<2000 {
            let instant = Instant(milliseconds: Int64(random.int(0...4_000_000_000_000)))
            let back = zone.instant(zone.civil(instant))
            if back != instant {
                #expect(zone.civil(back) == zone.civil(instant) && back < instant, "\(name) \(instant.milliseconds)")
            }
        }
    }

    @Test(arguments: ["", "CST", "EST", "GMT+8", "Asia/Shanghia", "asia", "/", "../etc/passwd"])
    func `a name that is none, or means two zones, is refused`(_ name: String) {
        #expect(Zone(identifier: name) == nil)
    }
}

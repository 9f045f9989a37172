import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline

/// A wrong clock is corrected, a backlog is history (docs/rules.md, "clock_fault").
@Suite struct DeviceClockTests {
    private static let minute: Int64 = 60_000
    private static let start: Int64 = 1_700_000_000_000

    /// A record: when it happened, what the device told, when it arrived; milliseconds.
    private struct Record {
        var happened: Int64
        var told: Int64
        var arrived: Int64
    }

    private static func believe(
        _ clocks: inout DeviceClocks, told: Int64, arrived: Int64, device: Int = 0
    ) -> (time: Int64, isCorrected: Bool, isFault: Bool) {
        let answer = clocks.believe(
            device: device, told: Instant(milliseconds: told), arrival: Instant(milliseconds: arrived))
        return (answer.time.milliseconds, answer.isCorrected, answer.isCorrected)
    }

    /// Feeds offsets at arrivals, both in ms after the start; returns of which records the time was moved.
    private static func corrected(_ records: [(at: Int64, offset: Int64)]) -> [Bool] {
        var clocks = DeviceClocks()
        return records.map {
            believe(&clocks, told: start + $0.at - $0.offset, arrived: start + $0.at).isCorrected
        }
    }

    /// Of 11 minutes to five years, drifting by up to 10 s a day, over links that take up to 50 s; one record in twelve
    /// comes later still, and some come twice.
    @Test func `two hundred wrong clocks are corrected after their first ten minutes`() {
        var random = SeededRandom(for: "DeviceClockTests, wrong clocks")
        for _ in 0..<200 {
            var clocks = DeviceClocks()
            let slow = Int64(random.pick([11, 30, 60, 480, 1440, 500_000, 2_600_000])) * DeviceClockTests.minute
            let drift = Int64(random.int(-10_000...10_000))
            let pace = random.pick([5, 60, 600, 7200])
            var now = DeviceClockTests.start
            var seen: [Int64] = []
            for step in 0..<80 {
                now += Int64(random.int(1...2 * pace)) * 1000
                let clock = slow + drift * (now - DeviceClockTests.start) / 86_400_000
                let isLate = random.chance(8)
                let delay = Int64(isLate ? random.int(120_000...12_000_000) : random.int(0...50_000))
                let told = now - delay - clock
                let answer = DeviceClockTests.believe(&clocks, told: told, arrived: now)
                if random.chance(5) { _ = DeviceClockTests.believe(&clocks, told: told, arrived: now) }
                if !isLate { seen.append(now) }
                // From when on it must be known: three records in time, and a late one may have begun the run.
                let since = seen.first.map { now - $0 } ?? 0
                if step >= 12, since > 30 * DeviceClockTests.minute + Int64(pace) * 12_000 {
                    #expect(answer.isFault, "step \(step), seed \(random.seed)")
                    #expect(abs(answer.time - (now - delay)) <= 2 * DeviceClockTests.minute, "seed \(random.seed)")
                }
                #expect(answer.time <= now, "seed \(random.seed)")
            }
        }
    }

    /// Handed in 1.3 to 1,000 times as fast as recorded, some of it in disorder or twice.
    @Test func `two hundred backlogs are believed as they are told`() {
        var random = SeededRandom(for: "DeviceClockTests, backlogs")
        for _ in 0..<200 {
            var clocks = DeviceClocks()
            let length = Int64(random.pick([30, 120, 1440, 20_000])) * DeviceClockTests.minute
            let pace = Double(random.pick([13, 20, 50, 200, 10_000])) / 10
            var records: [Record] = []
            var happened = DeviceClockTests.start - length
            let gap = random.pick([20, 60, 240]) * Int(max(1, length / 86_400_000))
            while true {
                happened += Int64(random.int(1...2 * gap)) * 1000
                let recorded = Double(happened - DeviceClockTests.start + length)
                let arrived = DeviceClockTests.start + Int64(recorded / pace)
                guard happened < arrived else { break }
                records.append(Record(happened: happened, told: happened, arrived: arrived))
                if random.chance(5) { records.append(records[random.int(0...records.count - 1)]) }
            }
            var arrived: Int64 = 0
            for record in records {
                arrived = max(arrived, record.arrived)
                let answer = DeviceClockTests.believe(&clocks, told: record.told, arrived: arrived)
                #expect(!answer.isCorrected && answer.time == record.told, "seed \(random.seed), pace \(pace)")
            }
        }
    }

    @Test(arguments: [(-1, false), (0, false), (1, true)] as [(Int64, Bool)])
    func `a clock is wrong that is more than ten minutes off`(_ more: Int64, _ isWrong: Bool) {
        let offset = 10 * DeviceClockTests.minute + more
        let told = DeviceClockTests.corrected([(0, offset), (300_000, offset), (600_000, offset)])
        #expect(told == [false, false, isWrong])
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `it must have been so for ten minutes`(_ more: Int64, _ isWrong: Bool) {
        let told = DeviceClockTests.corrected([(0, 3_600_000), (1000, 3_600_000), (600_000 + more, 3_600_000)])
        #expect(told == [false, false, isWrong])
    }

    @Test(arguments: [(59_999, true), (60_000, true), (60_001, false)] as [(Int64, Bool)])
    func `its offset must have stayed the same but for a minute`(_ distance: Int64, _ isWrong: Bool) {
        for sign in [Int64(-1), 1] {
            let told = DeviceClockTests.corrected([
                (0, 3_600_000), (300_000, 3_600_000), (600_000, 3_600_000 + sign * distance),
            ])
            #expect(told == [false, false, isWrong], "\(sign * distance)")
        }
    }

    @Test func `two records are too few, and a burst is not ten minutes`() {
        #expect(DeviceClockTests.corrected([(0, 3_600_000), (600_000, 3_600_000)]) == [false, false])
        let burst = (0..<100).map { (at: Int64(0), offset: 3_600_000 - Int64($0) * 500) }
        #expect(!DeviceClockTests.corrected(burst).contains(true))
    }

    @Test func `a record that is handed in again counts once`() {
        var clocks = DeviceClocks()
        let told = DeviceClockTests.start - 3_600_000
        for _ in 0..<5 { _ = DeviceClockTests.believe(&clocks, told: told, arrived: DeviceClockTests.start) }
        let second = DeviceClockTests.believe(&clocks, told: told + 600_000, arrived: DeviceClockTests.start + 600_000)
        #expect(!second.isCorrected)
        let third = DeviceClockTests.believe(&clocks, told: told + 601_000, arrived: DeviceClockTests.start + 601_000)
        #expect(third.isCorrected && third.time == DeviceClockTests.start + 601_000)
    }

    @Test func `a clock that is set right is believed at once`() {
        let wrong = (0..<4).map { (at: Int64($0) * 300_000, offset: Int64(3_600_000)) }
        let told = DeviceClockTests.corrected(wrong + [(1_200_000, 2000), (1_500_000, 3_600_000)])
        #expect(told == [false, false, true, true, false, false])
    }

    @Test func `a clock that is set to another wrong time is not corrected by the old offset`() {
        let wrong = (0..<4).map { (at: Int64($0) * 300_000, offset: Int64(7_200_000)) }
        let told = DeviceClockTests.corrected(wrong + (4..<8).map { (at: Int64($0) * 300_000, offset: 3_600_000) })
        #expect(told == [false, false, true, true, false, false, true, true])
    }

    @Test func `single late records of a live device, right or slow by less than ten minutes, are history`() {
        var records: [(at: Int64, offset: Int64)] = []
        for step in 0..<60 {
            records.append((Int64(step) * 120_000, 400_000))
            if step % 5 == 0 { records.append((Int64(step) * 120_000 + 1, 7_200_000)) }
        }
        #expect(!DeviceClockTests.corrected(records).contains(true))
    }

    @Test func `a late record of a wrong clock is moved to its own time`() {
        var clocks = DeviceClocks()
        let hour: Int64 = 3_600_000
        for step in 0..<4 {
            let at = DeviceClockTests.start + Int64(step) * 300_000
            _ = DeviceClockTests.believe(&clocks, told: at - hour, arrived: at)
        }
        let now = DeviceClockTests.start + hour
        let late = DeviceClockTests.believe(&clocks, told: now - 3 * hour, arrived: now)
        #expect(late.isCorrected && late.time == now - 2 * hour)
        #expect(DeviceClockTests.believe(&clocks, told: now - hour, arrived: now).time == now)
    }

    @Test func `devices do not answer for each other, and one that is not known is believed`() {
        var clocks = DeviceClocks()
        for step in Int64(0)..<4 {
            let at = DeviceClockTests.start + step * 300_000
            let wrong = DeviceClockTests.believe(&clocks, told: at - 3_600_000, arrived: at, device: 700)
            #expect(wrong.isFault == (step >= 2))
            #expect(!DeviceClockTests.believe(&clocks, told: at - 7_200_000 + step * 90_000, arrived: at).isFault)
            #expect(!DeviceClockTests.believe(&clocks, told: at - 3_600_000, arrived: at, device: -1).isFault)
        }
    }

    @Test func `what was written and read goes on as if nothing had been`() throws {
        var random = SeededRandom(for: "DeviceClockTests, written")
        var plain = DeviceClocks()
        var other = DeviceClocks()
        var now = DeviceClockTests.start
        var corrected = 0
        for _ in 0..<3000 {
            now += Int64(random.int(0...120_000))
            let device = random.int(0...4)
            let offset = random.pick([0, 900_000, 900_000, 900_000, 930_000, 7_200_000]) * Int64(device) / 2
            let expected = DeviceClockTests.believe(&plain, told: now - offset, arrived: now, device: device)
            let told = DeviceClockTests.believe(&other, told: now - offset, arrived: now, device: device)
            #expect(told.time == expected.time && told.isFault == expected.isFault, "seed \(random.seed)")
            corrected += expected.isCorrected ? 1 : 0
            if random.chance(3) {
                var writer = StateWriter()
                other.write(to: &writer)
                var reader = StateReader(writer.bytes)
                other = try DeviceClocks(from: &reader) { $0 }
            }
        }
        #expect(corrected > 200)
    }

    @Test func `when the box's clock is set, what looked an hour slow is two hours slow, or right`() {
        var clocks = DeviceClocks()
        let (start, hour) = (DeviceClockTests.start, Int64(3_600_000))
        for step in Int64(0)..<4 {
            let at = start + step * 300_000
            _ = DeviceClockTests.believe(&clocks, told: at - hour, arrived: at)
        }
        var back = clocks
        clocks.shift(by: .hours(1))
        let ahead = DeviceClockTests.believe(&clocks, told: start, arrived: start + 2 * hour)
        #expect(ahead.isCorrected && ahead.time == start + 2 * hour)
        back.shift(by: .hours(-1))
        #expect(!DeviceClockTests.believe(&back, told: start + hour, arrived: start + hour).isFault)
    }

    @Test func `damaged bytes are refused`() throws {
        var clocks = DeviceClocks()
        for step in Int64(0)..<3 {
            let at = DeviceClockTests.start + step * 300_000
            _ = DeviceClockTests.believe(&clocks, told: at - 3_600_000, arrived: at)
        }
        var writer = StateWriter()
        clocks.write(to: &writer)
        for length in 0..<writer.bytes.count {
            var reader = StateReader(Array(writer.bytes[..<length]))
            #expect(throws: StateError.self) { _ = try DeviceClocks(from: &reader) { $0 } }
        }
        var reader = StateReader(writer.bytes)
        var known = try DeviceClocks(from: &reader) { _ in -1 }
        let at = DeviceClockTests.start + 900_000
        #expect(!DeviceClockTests.believe(&known, told: at - 3_600_000, arrived: at).isFault)
    }
}

import TestSupport
import Testing

@testable import Timekeeping

/// The forms are those of which recorders and devices are known. The epoch numbers were worked out with Python's
/// `datetime`, not with the code under test.
@Suite struct ISO8601Tests {
    static let instants: [(String, Int64)] = [
        ("2026-03-05T12:15:30Z", 1_772_712_930_000_000),
        ("2026-03-05T12:15:30.123Z", 1_772_712_930_123_000),
        ("2026-03-05T12:15:30.775023242+00:00", 1_772_712_930_775_023),
        ("2026-03-05T12:15:30.014773143Z", 1_772_712_930_014_773),
        ("2026-03-05T20:15:30.123456+0800", 1_772_712_930_123_456),
        ("2026-03-05T20:15:30.123456+08:00", 1_772_712_930_123_456),
        ("2026-03-05T20:15:30.116510Z+0800", 1_772_712_930_116_510),
        ("2026-03-05T12:15:30.116146Z+0000", 1_772_712_930_116_146),
        ("2026-03-05T07:15:30.5Z-0500", 1_772_712_930_500_000),
        ("2026-03-05T17:45:30Z+05:30", 1_772_712_930_000_000),
        ("2026-03-05T20:15:30.1772712930+0800", 1_772_712_930_000_000),
        ("2026-03-05T12:15Z", 1_772_712_900_000_000),
        ("2009-11-14T15:27Z", 1_258_212_420_000_000),
        ("2020-05-17T 15:53:47.000+08:00", 1_589_702_027_000_000),
        ("20260305T121530Z", 1_772_712_930_000_000),
        ("20260305T201530+0800", 1_772_712_930_000_000),
        ("2026-03-05 20:15:30+08:00", 1_772_712_930_000_000),
        ("2026-03-05t12:15:30z", 1_772_712_930_000_000),
        ("2026-03-05T12:15:30,25Z", 1_772_712_930_250_000),
        ("2026-03-05T20:15:30+08", 1_772_712_930_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000_000),
        ("2022-09-20T08:12:03.123456Z+0800", 1_663_632_723_123_456),
    ]

    @Test(arguments: instants)
    func `a text with a zone is an instant`(_ text: String, _ microseconds: Int64) {
        #expect(ISO8601.read(text) == .instant(microseconds: microseconds), "\(text)")
    }

    @Test(arguments: ["2026-03-05T20:15:30", "2026-03-05 20:15:30", "20260305T201530"])
    func `a text without a zone is a wall clock's time`(_ text: String) throws {
        let date = try #require(Day(year: 2026, month: 3, day: 5))
        let civil = CivilTime(date: date, hour: 20, minute: 15, second: 30, millisecond: 0)
        #expect(ISO8601.read(text) == .local(civil))
        #expect(
            ISO8601.read(text + ".188")
                == .local(CivilTime(date: date, hour: 20, minute: 15, second: 30, millisecond: 188)))
    }

    @Test(arguments: [
        "", "2026", "2026-03-05", "2026-03-05T", "2026-03-05T12", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-03-05T24:00:00Z", "2026-03-05T12:60:00Z",
        "2026-03-05T12:15:61Z", "2026-03-05T12:15:30.Z", "2026-03-05T12:15:30Zx", "2026-03-05T12:15:30+8",
        "2026-03-05T12:15:30+24:00", "2026-03-05T12:15:30+08:60", "2015-12-12T12:12:122Z", "2026-0305T12:15:30Z",
        "1772712930", "1753170496188", "2100-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "２０２６-03-05T12:15:30Z",
    ])
    func `what is no time is not read as one`(_ text: String) {
        #expect(ISO8601.read(text) == nil)
    }

    @Test func `cuts and changed bytes of a good text never crash, and a written instant reads back`() {
        var random = SeededRandom(for: "ISO8601Tests")
        let good = Array("2026-03-05T20:15:30.116510Z+0800".utf8)
        for length in 0...good.count { _ = ISO8601.read(String(decoding: good.prefix(length), as: UTF8.self)) }
        for _ in 0..<5000 {
            var bytes = good
            for _ in 0...random.int(0...3) { bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(0...255)) }
            unsafe bytes.withUnsafeBufferPointer { _ = unsafe ISO8601.read($0) }
        }
        for _ in 0..<2000 {
            let instant = Instant(milliseconds: Int64(random.int(-62_135_596_800_000...253_402_300_799_999)))
            let text = ISO8601.write(instant, in: .utc)
            #expect(ISO8601.read(text) == .instant(microseconds: instant.milliseconds * 1000), "\(text)")
            let stamp = ISO8601.writeStamp(instant)
            #expect(ISO8601.read(stamp) == .instant(microseconds: instant.milliseconds * 1000), "\(stamp)")
        }
    }

    @Test func `writing is in the zone, with milliseconds and offset`() throws {
        let shanghai = try #require(Zone(identifier: "Asia/Shanghai"))
        let toronto = try #require(Zone(identifier: "America/Toronto"))
        let instant = Instant(milliseconds: 1_772_712_930_007)
        #expect(ISO8601.write(instant, in: shanghai) == "2026-03-05T20:15:30.007+08:00")
        #expect(ISO8601.write(instant, in: toronto) == "2026-03-05T07:15:30.007-05:00")
        #expect(ISO8601.write(instant, in: .utc) == "2026-03-05T12:15:30.007+00:00")
        #expect(ISO8601.writeStamp(instant) == "2026-03-05T12:15:30.007000Z+0000")
    }
}

import Testing
import Timekeeping

@testable import RecordLog

@Suite struct JournalKeeperTests {
    private static let start = Instant(milliseconds: 1_772_712_930_000)

    /// Segments of about 200 KB, a record a second.
    private static func make(_ path: String, count: Int = 6000) throws {
        let writer = try JournalWriter(folder: path, segmentSize: 200_000, segmentSpan: .zero)
        for n in 0..<count {
            try writer.add("{\"n\":\(n),\"x\":\"\((n &* 2_654_435_761) % 1_000_003)\"}", at: Int64(n) * 1000)
        }
        try writer.close()
    }

    @Test func `packed segments say the same, to gzip itself as well, and their end is found without the rest`() throws
    {
        let folder = try Folder()
        let path = folder.path + "/journal"
        try JournalKeeperTests.make(path)
        let before = try JournalReading(path)
        let segments = try JournalFolder.segments(in: path)
        let plain = try segments.map { try folder.read("journal/" + $0.name) }
        let stamps = segments.map { PackedSegment.lastStamp(of: path + "/" + $0.name) }
        // Listed while plain, read when packed.
        let log = try LogArgument(journal: path)
        let report = try JournalKeeper(folder: path, keep: .days(99), max: 1 << 30)
            .run(now: JournalKeeperTests.start, protectedFrom: 0)
        #expect(report.packed == segments.dropLast().map(\.name) && report.removed.isEmpty && report.failures.isEmpty)
        #expect(LogFileTests.read(log.paths).payloads.count == before.numbers.count)
        let packed = try JournalFolder.segments(in: path)
        #expect(packed.map(\.isPacked) == segments.indices.map { $0 < segments.count - 1 })
        #expect(packed.map(\.first) == segments.map(\.first))
        var bytes: Int64 = 0
        for index in packed.indices {
            bytes += Int64(try folder.read("journal/" + packed[index].name).count)
            let isSame = try Files.unpacked(path + "/" + packed[index].name) == plain[index]
            #expect(isSame)
            #expect(PackedSegment.lastStamp(of: path + "/" + packed[index].name) == stamps[index])
        }
        #expect(report.bytesNow == bytes && bytes < Int64(plain.reduce(0) { $0 + $1.count }))
        let after = try JournalReading(path, chunkSize: 5000)
        #expect(after.firstDifference(from: before.records) == nil && after.refusals.isEmpty)
        #expect(
            try JournalKeeper(folder: path, keep: .days(99), max: 1 << 30)
                .run(now: JournalKeeperTests.start, protectedFrom: 0).packed.isEmpty)
    }

    @Test func `packing that is cancelled within a segment leaves it as it was, and is done the next time`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 5 << 20)
        for n in 0..<31_000 { try writer.add(padded(n), at: Int64(n)) }
        try writer.close()
        let before = try JournalFolder.segments(in: path).map(\.name)
        let files = try JournalFolder.names(in: path).sorted()
        try #require(before.count > 1)
        var asked = 0
        let keeper = JournalKeeper(folder: path, keep: .days(99), max: 1 << 30)
        let report = try keeper.run(
            now: JournalKeeperTests.start, protectedFrom: 0,
            isCancelled: {
                asked += 1
                return asked > 3
            })
        #expect(asked > 3 && report.packed.isEmpty && report.failures.isEmpty)
        #expect(try JournalFolder.names(in: path).sorted() == files)
        #expect(try keeper.run(now: JournalKeeperTests.start, protectedFrom: 0).packed == before.dropLast())
    }

    @Test func `a segment of several members is packed and read as one`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 5 << 20)
        for n in 0..<31_000 {
            try writer.add(padded(n), at: Int64(n))
        }
        try writer.close()
        let before = try JournalReading(path)
        let first = path + "/" + JournalFolder.name(first: 1)
        let stamp = PackedSegment.lastStamp(of: first)
        let plain = try Files.read(first)
        _ = try JournalKeeper(folder: path, keep: .days(1), max: 1 << 30)
            .run(now: JournalKeeperTests.start, protectedFrom: 0)
        let isSame = try Files.unpacked(first + ".gz") == plain
        #expect(isSame)
        #expect(PackedSegment.lastStamp(of: first + ".gz") == stamp)
        #expect(try JournalReading(path).firstDifference(from: before.records) == nil)
    }

    @Test func `the oldest go by age and by bytes, at their bounds, and never the newest`() throws {
        let folder = try Folder()
        let source = folder.path + "/source"
        try JournalKeeperTests.make(source)
        _ = try JournalKeeper(folder: source, keep: .days(1), max: 1 << 30)
            .run(now: JournalKeeperTests.start, protectedFrom: 0)
        let segments = try JournalFolder.segments(in: source)
        #expect(segments.count > 3)
        let sizes = try segments.map { Int64(try Files.read(source + "/" + $0.name).count) }
        let last = try #require(PackedSegment.lastStamp(of: source + "/" + segments[0].name))
        func removed(_ keeper: (String) -> JournalKeeper, now: Instant, protectedFrom: Int64 = .max) throws -> Int {
            let path = folder.path + "/copy"
            try Files.copy(source, to: path)
            let report = try keeper(path).run(now: now, protectedFrom: protectedFrom)
            #expect(report.bytesNow == sizes.dropFirst(report.removed.count).reduce(0, +))
            let left = try JournalFolder.segments(in: path)
            #expect(left == Array(segments.dropFirst(report.removed.count)))
            for (index, gone) in report.removed.enumerated() {
                #expect(gone.first == segments[index].first && gone.last == segments[index + 1].first - 1)
                #expect(gone.bytes == sizes[index] && gone.name == segments[index].name)
            }
            return report.removed.count
        }
        for (difference, count) in [(-1, 0), (0, 0), (1, 1)] {
            let now = last + .hours(5) + Milliseconds(Int64(difference))
            #expect(try removed({ JournalKeeper(folder: $0, keep: .hours(5), max: .max) }, now: now) == count)
        }
        let total = sizes.reduce(0, +)
        for (difference, count) in [(-1, 1), (0, 0), (1, 0)] {
            let keeper = { JournalKeeper(folder: $0, keep: .days(99), max: total + Int64(difference)) }
            #expect(try removed(keeper, now: last) == count)
        }
        let greedy = { JournalKeeper(folder: $0, keep: .zero, max: 0) }
        for (difference, count) in [(-1, 1), (0, 2), (1, 2)] {
            let from = segments[2].first + Int64(difference)
            #expect(try removed(greedy, now: .distantFuture, protectedFrom: from) == count, "\(difference)")
        }
        #expect(try removed(greedy, now: .distantFuture) == segments.count - 1)
    }

    @Test func `what a crash left of packing is cleared, and nothing else`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        try JournalKeeperTests.make(path)
        let before = try JournalReading(path)
        let segments = try JournalFolder.segments(in: path)
        let packed = path + "/" + segments[0].name + ".gz"
        try PackedSegment.pack(path + "/" + segments[0].name, into: packed, level: 1)
        let whole = try Files.read(packed)
        _ = try folder.write("journal/" + segments[1].name + ".gz.tmp", Array(whole[..<100]))
        _ = try folder.write("journal/notes.tmp", [1])
        #expect(try JournalReading(path).firstDifference(from: before.records) == nil)
        _ = try JournalKeeper(folder: path, keep: .days(1), max: 1 << 30)
            .run(now: JournalKeeperTests.start, protectedFrom: 0)
        let names = try JournalFolder.names(in: path).filter { $0.first != "." }.sorted()
        let expected = segments.dropLast().map { $0.name + ".gz" } + [segments[segments.count - 1].name, "notes.tmp"]
        #expect(names == expected.sorted())
        #expect(try JournalReading(path).firstDifference(from: before.records) == nil)
    }

    @Test func `behind a journal whose newest segment is packed a new one is begun`() throws {
        for isOurs in [true, false] {
            let folder = try Folder()
            let path = folder.path + "/journal"
            let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
            for n in 0..<1000 { try writer.add("\(n)", at: Int64(n)) }
            try writer.close()
            let plain = path + "/" + JournalFolder.name(first: 1)
            if isOurs {
                try PackedSegment.pack(plain, into: plain + ".gz", level: 1)
            } else {
                try Files.write(plain + ".gz", LogFileTests.gzip(try Files.read(plain)))
            }
            try Files.remove(plain)
            let next = try JournalWriter(folder: path, segmentSize: 1 << 30)
            #expect(next.nextNumber == writer.nextNumber && next.recovery.isClean)
            #expect(next.recovery.lastStamp == Instant(milliseconds: 1_772_712_930_999))
            try next.add("next", at: 2000)
            let reading = try JournalReading(path)
            #expect(reading.records.last == .init(number: writer.nextNumber + 1, payload: Array("next".utf8)))
            #expect(reading.records.count == 1001 && reading.refusals.isEmpty)
        }
    }
}

import Testing
import Timekeeping

@testable import RecordLog

@Suite struct JournalPositionTests {
    /// A journal of several segments and blocks, and the position behind each batch of one record.
    private static func make(_ path: String) throws -> [JournalPosition] {
        let writer = try JournalWriter(folder: path, segmentSize: 150_000)
        var positions = [writer.position]
        for n in 0..<1500 {
            try writer.add(padded(n), at: Int64(n))
            _ = writer.takeLines()
            positions.append(writer.position)
        }
        try writer.close()
        return positions
    }

    @Test func `read from any position the rest comes, with its numbers, packed or not`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let positions = try JournalPositionTests.make(path)
        let all = try JournalReading(path)
        #expect(Set(positions.map(\.segment)).count > 1)
        for step in [0, 1] {
            for position in [positions[0]] + positions.enumerated().filter({ $0.offset % 41 == 1 }).map(\.element) {
                let reading = try JournalReading(path, from: position)
                let isWhole = reading.numbers == all.numbers.filter { $0 >= position.number }
                #expect(isWhole && reading.refusals.isEmpty, "\(position)")
                let rest = all.records.filter { $0.number >= position.number }
                #expect(reading.firstDifference(from: rest) == nil, "\(position)")
            }
            guard step == 0 else { break }
            let report = try JournalKeeper(folder: path, keep: .days(1), max: 1 << 30)
                .run(now: Instant(milliseconds: 1_772_712_930_000), protectedFrom: 0)
            #expect(!report.packed.isEmpty && report.failures.isEmpty)
        }
    }

    @Test func `a position inside a block is read with the block's checksum`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let positions = try JournalPositionTests.make(path)
        let position = positions[100]
        let file = "journal/" + JournalFolder.name(first: 1)
        let good = try folder.read(file)
        let all = try JournalReading(path)
        // In front of the position and behind it, the same block.
        for place in [Int(position.offset) - 1000, Int(position.offset) + 1000] {
            var bytes = good
            bytes[place] ^= 4
            _ = try folder.write(file, bytes)
            let reading = try JournalReading(path, from: position)
            let whole = try JournalReading(path)
            #expect(reading.damaged.count == 1)
            let rest = whole.records.filter { $0.number >= position.number }
            #expect(reading.firstDifference(from: rest) == nil)
            #expect(reading.records.count < all.records.count - 100 && reading.records.count > 900)
        }
    }

    @Test func `a position that was removed, or never was, is told`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        _ = try JournalPositionTests.make(path)
        let second = try JournalFolder.segments(in: path)[1].first
        let gone = JournalPosition(segment: 1, offset: 10, number: 2)
        let beyond = JournalPosition(segment: second, offset: 1 << 40, number: second + 5)
        #expect(throws: LogError.positionGone(folder: path, position: beyond)) {
            try JournalReading(path, from: beyond)
        }
        _ = try JournalKeeper(folder: path, keep: .zero, max: 0).run(now: .distantPast, protectedFrom: second)
        #expect(throws: LogError.positionGone(folder: path, position: gone)) { try JournalReading(path, from: gone) }
        // The end of a segment that is gone is the start of the next.
        let end = JournalPosition(segment: 1, offset: 1 << 20, number: second)
        #expect(try JournalReading(path, from: end).numbers.first == second)
    }
}

import Diagnostics
import Glibc
import TestSupport
import Testing
import Timekeeping

@testable import RecordLog

@Suite struct JournalRecoveryTests {
    private static func payload(_ random: inout SeededRandom) -> [UInt8] {
        switch random.int(0...9) {
        case 0: []
        case 1: (0..<random.int(1...300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 2: Array("三号楼电梯 🛗 \"引号\"\n第二行".utf8)
        case 3: [UInt8](repeating: 0x78, count: random.int(60_000...200_000))
        case 4:
            Array("{\"tst\":\"x\",\"topic\":\"$shouwang/sum\",\"payload\":{\"number\":1,\"crc32c\":\"00000000\"}}".utf8)
        default:
            Array(
                "{\"n\":\(random.int(0...1_000_000)),\"t\":\"\(String(repeating: "y", count: random.int(0...90)))\"}"
                    .utf8)
        }
    }

    @Test func `whatever is appended, ended or torn, no number comes twice and no whole line is lost`() throws {
        var random = SeededRandom(for: "JournalRecoveryTests")
        for round in 0..<25 {
            let folder = try Folder()
            let path = folder.path + "/journal"
            let size = Int64(random.pick([2_000, 100_000, 1 << 30]))
            var model: [JournalReading.Numbered] = []
            for turn in 0..<6 {
                let comment = "round \(round), turn \(turn), seed \(random.seed)"
                let writer = try JournalWriter(
                    folder: path, segmentSize: size, startsNewSegment: random.chance(15))
                #expect(writer.nextNumber > model.last?.number ?? 0, "\(comment)")
                for n in 0..<random.int(0...60) {
                    let payload = JournalRecoveryTests.payload(&random)
                    try writer.add(payload, at: Int64(turn * 1000 + n))
                    model.append(.init(number: writer.nextNumber - 1, payload: payload))
                }
                if random.chance(40) {
                    try writer.close()
                } else if random.chance(60) {
                    model = try tear(path, model, &random)
                }
                let reading = try read(path)
                #expect(reading.firstDifference(from: model) == nil, "\(comment)")
                #expect(reading.refusals.isEmpty, "\(comment): \(reading.refusals)")
                #expect(Set(reading.numbers).count == reading.numbers.count, "\(comment)")
            }
        }
    }

    /// Cuts the last segment somewhere, and tells what is left of the model.
    private func tear(
        _ path: String, _ model: [JournalReading.Numbered], _ random: inout SeededRandom
    ) throws -> [JournalReading.Numbered] {
        guard let last = try JournalFolder.segments(in: path).last else { return model }
        let file = path + "/" + last.name
        let bytes = try Files.read(file)
        let cut = random.int(max(0, bytes.count - 100_000)...bytes.count)
        try Files.write(file, Array(bytes[..<cut]))
        let lines = Int64(bytes[..<cut].count { $0 == 0x0A })
        return model.filter { $0.number < last.first + lines }
    }

    private func read(_ path: String) throws -> JournalReading {
        do { return try JournalReading(path) } catch LogError.noSegments { return JournalReading() }
    }

    @Test func `cut anywhere in the last block the whole lines stay, and the journal goes on`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<380 {
            try writer.add(padded(n), at: Int64(n))
        }
        try writer.close()
        let file = "journal/" + JournalFolder.name(first: 1)
        let whole = try folder.read(file)
        let expected = try JournalReading(path)
        let firstSum = try #require(
            unsafe whole[..<(whole.count - 200)].withUnsafeBufferPointer { unsafe BlockChecksum.last(in: $0) })
        let feeds = whole.indices.filter { whole[$0] == 0x0A }
        for cut in firstSum.end...whole.count {
            // Every byte of the last lines and of the first; of those between, which are alike, some.
            guard cut > whole.count - 500 || cut < firstSum.end + 200 || cut % 13 == 0 else { continue }
            _ = try folder.write(file, Array(whole[..<cut]))
            let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
            let lines = Int64(feeds.count { $0 < cut })
            #expect(writer.nextNumber == lines + 1, "cut at \(cut)")
            #expect(writer.recovery.isClean == (cut == whole.count), "cut at \(cut)")
            let kept = feeds[Int(lines) - 1] + 1
            #expect(writer.recovery.cutBytes == Int64(cut - kept), "cut at \(cut)")
            guard cut % 20 == 0 else { continue }
            try writer.add("next", at: 1000)
            try writer.close()
            let reading = try JournalReading(path)
            let rest = expected.records.filter { $0.number <= lines }
            let expected = rest + [.init(number: lines + 1, payload: Array("next".utf8))]
            #expect(reading.firstDifference(from: expected) == nil, "cut at \(cut)")
            #expect(reading.refusals.isEmpty, "cut at \(cut): \(reading.refusals)")
        }
    }

    @Test
    func `what a power cut left at the end is cut off, what it left in between keeps its numbers`()
        throws
    {
        var random = SeededRandom(for: "JournalRecoveryTests garbage")
        let folder = try Folder()
        let path = folder.path + "/journal"
        let file = "journal/" + JournalFolder.name(first: 1)
        let first = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<20 { try first.add("\(n)", at: Int64(n)) }
        let good = try folder.read(file)
        let noise = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let tails: [[UInt8]] = [
            [0], [UInt8](repeating: 0, count: 4096), [0x0A], [UInt8](repeating: 0, count: 2 << 20), noise,
            noise + [0x0A],
            Array("{\"tst\":1\n".utf8), Array(good[..<(good.count / 40)]),
        ]
        for (index, tail) in tails.enumerated() {
            _ = try folder.write(file, good + tail)
            let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
            #expect(writer.nextNumber == 22 && writer.recovery.cutBytes == tail.count, "tail \(index)")
            #expect(writer.recovery.lastStamp == Instant(milliseconds: 1_772_712_930_019), "tail \(index)")
            #expect(!writer.recovery.isClean)
            #expect(try folder.read(file) == good, "tail \(index)")
        }
        // A page of zeros in the middle: its one line feed is gone with the lines around it.
        var holed = good
        for at in good.count - 400..<good.count - 300 { holed[at] = 0 }
        _ = try folder.write(file, holed)
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        #expect(try folder.read(file) == holed)
        #expect(writer.recovery.cutBytes == 0)
        let next = writer.nextNumber
        try writer.add("next", at: 30)
        try writer.close()
        let reading = try JournalReading(path)
        #expect(reading.records.last == .init(number: next, payload: Array("next".utf8)))
        #expect(Array(reading.texts.prefix(16)) == (0..<16).map(String.init))
    }

    @Test func `a segment without a whole line is removed, and its number is not used for less`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let first = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<5 { try first.add("\(n)", at: Int64(n)) }
        for (index, torn) in [[], Array("{\"tst\":\"2026".utf8), [0, 0, 0, 0]].enumerated() {
            _ = try folder.write("journal/" + JournalFolder.name(first: 7), torn)
            let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
            #expect(writer.nextNumber == 7 && writer.recovery.lastStamp == Instant(milliseconds: 1_772_712_930_004))
            #expect(writer.recovery.cutBytes == torn.count && !writer.recovery.isClean, "\(index)")
            #expect(try JournalFolder.segments(in: path).map(\.first) == [1])
        }
        _ = try folder.write("journal/" + JournalFolder.name(first: 50), [])
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        try writer.add("next", at: 10)
        #expect(writer.nextNumber == 52)
        #expect(try JournalFolder.segments(in: path).map(\.first) == [1, 50])
    }

    @Test func `behind damage in the last segment a new one is begun`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let file = "journal/" + JournalFolder.name(first: 1)
        let first = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<900 {
            try first.add(padded(n), at: Int64(n))
        }
        try first.close()
        let before = try JournalReading(path)
        var bytes = try folder.read(file)
        bytes[bytes.count - 3000] ^= 1
        _ = try folder.write(file, bytes)
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        let next = try #require(before.numbers.last) + 1
        #expect(writer.nextNumber == next && !writer.recovery.isClean)
        try writer.add("next", at: 1000)
        try writer.close()
        let reading = try JournalReading(path)
        #expect(try JournalFolder.segments(in: path).map(\.first) == [1, next])
        #expect(reading.damaged.count == 1 && reading.records.last?.number == next + 1)
    }

    @Test func `after a failure a new segment is begun, behind the number that is asked for`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let first = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<5 { try first.add("\(n)", at: Int64(n)) }
        _ = first.takeLines()
        try first.add("given up", at: 6)
        first.abandon()
        #expect(throws: JournalError.self) { try first.prepare(at: .distantFuture) }
        let second = try JournalWriter(folder: path, segmentSize: 1 << 30, startsNewSegment: true)
        #expect(second.nextNumber == 7 && second.position.number == 7 && second.position.segment == 1)
        try second.add("a", at: 7)
        let third = try JournalWriter(folder: path, segmentSize: 1 << 30, atLeast: 100)
        try third.add("b", at: 8)
        let fourth = try JournalWriter(folder: path, segmentSize: 1 << 30, atLeast: 100)
        try fourth.add("c", at: 9)
        #expect(try JournalFolder.segments(in: path).map(\.first) == [1, 7, 100])
        let reading = try JournalReading(path)
        #expect(reading.records.map(\.number) == [2, 3, 4, 5, 6, 8, 101, 102])
        #expect(reading.texts == ["0", "1", "2", "3", "4", "a", "b", "c"])
    }

    @Test func `a batch given up in a segment just begun takes the segment with it`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 200)
        try writer.add("0", at: 0)
        try writer.add("1", at: 1)
        _ = writer.takeLines()
        try writer.add("2", at: 2)
        writer.abandon()
        let next = try JournalWriter(folder: path, segmentSize: 200, startsNewSegment: true)
        #expect(try JournalReading(path).texts == ["0", "1"])
        try next.add("3", at: 3)
        let reading = try JournalReading(path)
        #expect(reading.texts == ["0", "1", "3"] && Set(reading.numbers).count == reading.numbers.count)
    }

    @Test func `an error keeps its number and tells what to do`() throws {
        let folder = try Folder()
        _ = try folder.write("journal", [1])
        let error = #expect(throws: JournalError.self) {
            try JournalWriter(folder: folder.path + "/journal", segmentSize: 1 << 20)
        }
        #expect(error?.code == ENOTDIR)
        let texts = [ENOSPC, EROFS, EACCES, EIO, EMFILE, EINVAL].map {
            JournalError(path: "", step: "", code: $0).remedy.en
        }
        #expect(Set(texts).count == 6)
    }

    @Test func `segments are begun by size and by the stamps' age`() throws {
        for (span, segments) in [(999, 2), (1000, 2), (1001, 1), (0, 1)] {
            let folder = try Folder()
            let path = folder.path + "/journal"
            for (number, at) in [(0, 0), (1, 1000)] {
                let writer = try JournalWriter(
                    folder: path, segmentSize: 1 << 30, segmentSpan: Milliseconds(Int64(span)))
                try writer.add("\(number)", at: Int64(at))
            }
            #expect(try JournalFolder.segments(in: path).count == segments, "\(span)")
            #expect(try JournalReading(path).texts == ["0", "1"])
        }
        for (size, segments) in [(-1, 2), (0, 2), (1, 1)] {
            let folder = try Folder()
            let path = folder.path + "/journal"
            try JournalWriter(folder: path, segmentSize: 1 << 30).add("0", at: 0)
            let now = Int64(try folder.read("journal/" + JournalFolder.name(first: 1)).count)
            try JournalWriter(folder: path, segmentSize: now + Int64(size)).add("1", at: 1)
            #expect(try JournalFolder.segments(in: path).count == segments, "\(size)")
        }
    }
}

import TestSupport
import Testing
import Timekeeping

@testable import RecordLog

@Suite struct BlockChecksumTests {
    /// A journal of one segment with `count` records of some 180 bytes, ended in order.
    private static func make(_ folder: Folder, _ count: Int, close: Bool = true) throws -> (path: String, file: String)
    {
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        for n in 0..<count {
            try writer.add(padded(n), at: Int64(n))
        }
        if close { try writer.close() }
        return (path, "journal/" + JournalFolder.name(first: 1))
    }

    /// Byte ranges of the sealed blocks, sum lines included.
    private static func blocks(_ bytes: [UInt8]) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start = 0
        var at = 0
        while let feed = bytes[at...].firstIndex(of: 0x0A) {
            let isSum = unsafe bytes[at...feed].withUnsafeBufferPointer { unsafe BlockChecksum($0) } != nil
            at = feed + 1
            guard isSum else { continue }
            blocks.append(start..<at)
            start = at
        }
        return blocks
    }

    @Test func `the processor's checksum is the table's, and that of the standard`() {
        var random = SeededRandom(for: "BlockChecksumTests crc")
        #expect(Checksum.crc32c(Array("123456789".utf8), 0..<9) == 0xE306_9283)
        for length in [0, 1, 7, 8, 9, 63, 1000] {
            let bytes = (0..<length + 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let whole = Checksum.crc32c(bytes, 3..<length + 3)
            #expect(whole == Checksum.byTable(bytes, 3..<length + 3), "length \(length)")
            let cut = 3 + length / 3
            #expect(whole == Checksum.crc32c(bytes, cut..<length + 3, after: Checksum.crc32c(bytes, 3..<cut)))
        }
    }

    @Test func `blocks are at most 64 KiB, and sums are records with numbers`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 2000)
        let bytes = try folder.read(file)
        let blocks = BlockChecksumTests.blocks(bytes)
        #expect(blocks.count == 7 && blocks.last?.upperBound == bytes.count)
        for block in blocks {
            let sum = try #require(unsafe bytes[block].withUnsafeBufferPointer { unsafe BlockChecksum.last(in: $0) })
            #expect(sum.sum.isClosing == (block == blocks.last))
            // The last line of a block is the sum, which is not counted in.
            #expect(
                block.count - 160 <= BlockChecksum.blockMax
                    && (block == blocks.last || block.count > BlockChecksum.blockMax - 100))
        }
        let reading = try JournalReading(path)
        #expect(reading.numbers == Array(1...Int64(2000 + 1 + blocks.count)) && reading.refusals.isEmpty)
        #expect(reading.records.count == 2000)
        #expect(try JournalWriter(folder: path, segmentSize: 1 << 30).nextNumber == reading.numbers.count + 1)
    }

    @Test func `a line longer than a block has its own, and is read back`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        let huge = String(repeating: "a", count: 5 << 20)
        for (n, text) in ["small", huge, "after", huge, huge].enumerated() { try writer.add(text, at: Int64(n)) }
        try writer.close()
        let reading = try JournalReading(path)
        let isSame = reading.texts == ["small", huge, "after", huge, huge]
        let isSameInPieces = try JournalReading(path, chunkSize: 1000).texts == reading.texts
        #expect(isSame && isSameInPieces && reading.refusals.isEmpty)
    }

    @Test func `a flipped bit anywhere costs its block alone, with its lines told and all other numbers kept`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 900)
        let good = try folder.read(file)
        let blocks = BlockChecksumTests.blocks(good)
        let expected = try JournalReading(path)
        #expect(blocks.count == 3)
        var random = SeededRandom(for: "BlockChecksumTests flip")
        // Every byte of a block's first and last line and of the sum lines, and some in between.
        var places = Set((0..<40).map { _ in random.int(0...good.count - 1) })
        for block in blocks {
            let second = try #require(good[block].firstIndex(of: 0x0A))
            places.formUnion(stride(from: block.lowerBound, through: second, by: 7))
            places.insert(second)
            places.formUnion(stride(from: block.upperBound - 146, to: block.upperBound, by: block == blocks[1] ? 1 : 5))
        }
        for place in places.sorted() {
            let bit = UInt8(1) << UInt8(random.int(0...7))
            var bytes = good
            bytes[place] ^= bit
            _ = try folder.write(file, bytes)
            let chunkSize = random.pick([1000, 70_000, 200_000, Chunk.size])
            let reading = try JournalReading(path, chunkSize: chunkSize)
            let hit = try #require(blocks.firstIndex { $0.contains(place) })
            let comment = "byte \(place) of block \(hit), bit \(bit), seed \(random.seed)"
            // The digits of the last sum may be lost to the sum's form; then its block is believed, and is whole.
            let lost = Set(expected.records.map(\.number)).subtracting(reading.records.map(\.number))
            let kept = expected.records.filter { !lost.contains($0.number) }
            #expect(reading.firstDifference(from: kept) == nil, "\(comment)")
            let first = good[..<blocks[hit].lowerBound].count { $0 == 0x0A } + 1
            let last = good[..<blocks[hit].upperBound].count { $0 == 0x0A }
            #expect(lost.allSatisfy { $0 >= first && $0 <= last }, "\(comment): \(lost.sorted().prefix(3))")
            if hit < blocks.count - 1 || place < blocks[hit].upperBound - 146 {
                #expect(lost.count >= last - first - 1, "\(comment)")
                #expect(reading.damaged.map(\.line) == [first], "\(comment): \(reading.refusals)")
                // Where the sum's number was hit, and no good block follows in the same chunk, the lines are a guess.
                if place >= blocks[hit].upperBound - 146, chunkSize < good.count { continue }
                let told =
                    "lines \(first) to \(last), bytes \(blocks[hit].lowerBound) to \(blocks[hit].upperBound - 1) "
                #expect(reading.damaged.first?.detail.hasPrefix(told) == true, "\(comment): \(reading.refusals)")
            }
        }
    }

    @Test func `several damaged blocks, side by side or apart, cost themselves alone`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 2500)
        let good = try folder.read(file)
        let blocks = BlockChecksumTests.blocks(good)
        let expected = try JournalReading(path)
        let numbers = blocks.map { BlockChecksumTests.numbers(of: $0, in: good) }
        let known = Set(expected.records.map(\.description))
        var random = SeededRandom(for: "BlockChecksumTests several")
        for round in 0..<25 {
            var bytes = good
            var isHit = blocks.map { _ in false }
            for _ in 0..<random.int(1...6) {
                let block = random.int(0...blocks.count - 2)
                isHit[block] = true
                let place = random.int(blocks[block].lowerBound...blocks[block].upperBound - 200)
                // Half of them where numbers are at stake.
                let at = random.chance(50) ? bytes[place...].firstIndex(of: 0x0A) ?? place : place
                bytes[min(at, blocks[block].upperBound - 1)] ^= UInt8(1 << random.int(0...7))
            }
            _ = try folder.write(file, bytes)
            let reading = try JournalReading(path, chunkSize: random.pick([1000, 70_000, 200_000, Chunk.size]))
            let kept = expected.records.filter { record in
                !zip(numbers, isHit).contains { numbers, isHit in isHit && numbers.contains(record.number) }
            }
            // A bit flipped twice is whole again.
            let isKept = Set(kept.map(\.number)).isSubset(of: reading.records.map(\.number))
            #expect(isKept, "round \(round), seed \(random.seed)")
            let isKnown = reading.records.allSatisfy { known.contains($0.description) }
            #expect(isKnown, "round \(round), seed \(random.seed)")
        }
    }

    private static func numbers(of block: Range<Int>, in bytes: [UInt8]) -> ClosedRange<Int64> {
        let before = bytes[..<block.lowerBound].count { $0 == 0x0A }
        return Int64(before + 1)...Int64(before + bytes[block].count { $0 == 0x0A })
    }

    @Test func `a line feed damaged in the last block shifts no number behind it and has none given twice`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 900, close: false)
        var bytes = try folder.read(file)
        let blocks = BlockChecksumTests.blocks(bytes)
        let expected = try JournalReading(path)
        let feed = try #require(bytes[blocks[1].lowerBound + 1000..<blocks[1].upperBound].firstIndex(of: 0x0A))
        bytes[feed] ^= 1
        _ = try folder.write(file, bytes)
        let reading = try JournalReading(path)
        let lost = BlockChecksumTests.numbers(of: blocks[1], in: try folder.read(file) + [0x0A])
        #expect(reading.damaged.count == 1)
        let kept = expected.records.filter { $0.number < lost.lowerBound || $0.number > lost.upperBound + 1 }
        #expect(reading.firstDifference(from: kept) == nil)
        #expect(try JournalWriter(folder: path, segmentSize: 1 << 30).nextNumber == expected.numbers.count + 1)
    }

    @Test func `a damaged or missing header loses no segment and no number`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 70_000)
        for n in 0..<1500 {
            try writer.add(padded(n), at: Int64(n))
        }
        try writer.close()
        let expected = try JournalReading(path)
        let segments = try JournalFolder.segments(in: path)
        #expect(segments.count > 2)
        let second = "journal/" + segments[1].name
        let good = try folder.read(second)
        let blocks = BlockChecksumTests.blocks(good)
        let header = try #require(good.firstIndex(of: 0x0A))
        for damaged in [Array(repeating: 0x20, count: header) + good[header...], [0x0A] + good[header...]] {
            _ = try folder.write(second, damaged)
            let reading = try JournalReading(path)
            let lost = BlockChecksumTests.numbers(of: blocks[0], in: good)
            let from = segments[1].first - 1
            let kept = expected.records.filter {
                !(lost.lowerBound + from...lost.upperBound + from).contains($0.number)
            }
            #expect(reading.firstDifference(from: kept) == nil)
            #expect(reading.damaged.map(\.line) == [1])
        }
    }

    @Test func `a block without its sum yet is believed line by line`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 100, close: false)
        var bytes = try folder.read(file)
        let feeds = bytes.indices.filter { bytes[$0] == 0x0A }
        for at in feeds[49] + 1..<feeds[50] { bytes[at] = 0 }
        bytes[feeds[70] + 5] = 0xFF
        _ = try folder.write(file, bytes)
        let reading = try JournalReading(path)
        // The lines are 51 and 72; the header is 1, record n is n + 2.
        #expect(reading.numbers == (1...101).filter { $0 != 51 && $0 != 72 })
        #expect(reading.refusals.map(\.line) == [72])
    }

    @Test func `a segment of the first version is read as it is, and not gone on with`() throws {
        let folder = try Folder()
        let (path, file) = try BlockChecksumTests.make(folder, 10, close: false)
        let second = String(decoding: try folder.read(file), as: UTF8.self)
        _ = try folder.write(file, Array(second.replacing("\"version\":2}", with: "\"version\":1}").utf8))
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 30)
        #expect(writer.nextNumber == 12)
        try writer.add("next", at: 20)
        #expect(try JournalFolder.segments(in: path).map(\.first) == [1, 12])
        let reading = try JournalReading(path, chunkSize: 300)
        #expect(reading.numbers == Array(1...13) && reading.refusals.isEmpty)
    }

    @Test func `a log that merely looks like a journal has no blocks`() throws {
        let folder = try Folder()
        let (_, file) = try BlockChecksumTests.make(folder, 10)
        var bytes = try folder.read(file)
        let place = try #require(bytes.firstIndex(of: 0x78))
        bytes[place] = 0x79
        let copy = try folder.write("copy.log", bytes)
        let read = ReadChunk(try #require(ChunkCutter(paths: [copy], chunkSize: 1 << 20).next()).verified())
        #expect(read.records.count == 12 && read.codes.isEmpty && read.numbers.isEmpty)
    }
}

import TestSupport
import Testing
import Timekeeping

@testable import RecordLog

/// Packed segments that several threads unpack, against the same by one.
@Suite struct GzipMemberReaderTests {
    /// All that a log gives, by so many threads.
    private static func read(_ path: String, threads: Int) throws -> (records: [Read], refusals: [Refusal]) {
        let stream = LogStream(
            log: try LogArgument(path: path), pool: ReaderPool(threads: threads), chunkSize: 300_000
        ) { ReadChunk($0) }
        var records: [Read] = []
        var refusals: [Refusal] = []
        while let chunk = stream.next() {
            records += chunk.records
            for var refusal in chunk.refusals {
                refusal.line += chunk.linesBefore
                refusals.append(refusal)
            }
        }
        return (records, refusals)
    }

    /// A packed segment of four members.
    private static func packed(_ folder: Folder) throws -> [UInt8] {
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 5 << 20)
        for n in 0..<17_000 { try writer.add(padded((n &* 2_654_435_761) % 1_000_003), at: Int64(n)) }
        try writer.close()
        let plain = path + "/" + JournalFolder.name(first: 1)
        try PackedSegment.pack(plain, into: plain + ".gz", level: 1)
        return try Files.read(plain + ".gz")
    }

    private static func members(_ bytes: [UInt8]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        while start + 20 <= bytes.count {
            let length = bytes[start + 16..<start + 20].reversed().reduce(0) { $0 << 8 | Int($1) }
            result.append(start..<start + length)
            start += length
        }
        return result
    }

    private func compare(_ bytes: [UInt8], _ folder: Folder, _ what: String) throws {
        let path = try folder.write("log.gz", bytes)
        let one = try GzipMemberReaderTests.read(path, threads: 1)
        for threads in [2, 3, 7] {
            let many = try GzipMemberReaderTests.read(path, threads: threads)
            let isSame = many.records == one.records
            #expect(isSame && many.refusals == one.refusals, "\(what), \(threads) threads")
        }
    }

    @Test func `a segment gives the same records, whoever unpacks it`() throws {
        let folder = try Folder()
        let whole = try GzipMemberReaderTests.packed(folder)
        let parts = GzipMemberReaderTests.members(whole)
        #expect(parts.count >= 3 && parts.last?.upperBound == whole.count)
        let one = try GzipMemberReaderTests.read(folder.path + "/journal", threads: 1)
        let many = try GzipMemberReaderTests.read(folder.path + "/journal", threads: 4)
        #expect(one.records.count > 17_000 && one.refusals.isEmpty && many.refusals.isEmpty)
        let isSame = one.records == many.records
        #expect(isSame)
        try compare(whole, folder, "as a file")
    }

    @Test func `damaged, cut and foreign members cost the same`() throws {
        let folder = try Folder()
        let whole = try GzipMemberReaderTests.packed(folder)
        let parts = GzipMemberReaderTests.members(whole)
        let second = parts[1]
        var random = SeededRandom(for: "GzipMemberReaderTests")
        for _ in 0..<6 {
            var bytes = whole
            let at = random.int(0...bytes.count - 1)
            bytes[at] ^= UInt8(random.int(1...255))
            try compare(bytes, folder, "byte \(at), seed \(random.seed)")
        }
        for (place, what) in [
            (second.lowerBound + 16, "length"), (second.upperBound - 1, "size"), (second.lowerBound, "start"),
        ] {
            var bytes = whole
            bytes[place] ^= 0x11
            try compare(bytes, folder, what)
        }
        for end in [second.lowerBound, second.lowerBound + 5, second.upperBound - 3, 1, 2, 19] {
            try compare(Array(whole[..<end]), folder, "cut at \(end)")
        }
        // As another program packs: without the length.
        var foreign = Array(whole[second])
        foreign[12] = 0x58
        try compare(Array(whole[parts[0]]) + foreign + Array(whole[parts[2]]), folder, "foreign")
        try compare(whole + Array("no gzip".utf8), folder, "text behind")
        try compare(whole + [UInt8](repeating: 0, count: 100), folder, "noughts behind")
    }
}

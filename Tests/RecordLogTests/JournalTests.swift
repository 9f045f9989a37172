import Testing
import Timekeeping

@testable import RecordLog

@Suite struct JournalTests {
    private func append(_ writer: JournalWriter, _ numbers: Range<Int>) throws {
        for n in numbers { try writer.add("\(n)", at: Int64(n)) }
        try writer.sync()
    }

    private func texts(_ folder: String) throws -> [String] {
        let log = try LogArgument(path: folder)
        return LogFileTests.read(log.paths).payloads.filter { !$0.hasPrefix("{") }
    }

    @Test func `numbering goes on where the journal ended, headers counted`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let first = try JournalWriter(folder: path, segmentSize: 1 << 20)
        #expect(first.nextNumber == 1)
        try append(first, 0..<10)
        // Ten records and the segment's header.
        #expect(first.nextNumber == 12)
        let second = try JournalWriter(folder: path, segmentSize: 1 << 20)
        #expect(second.nextNumber == 12)
        try append(second, 10..<15)
        #expect(try JournalWriter(folder: path, segmentSize: 1 << 20).nextNumber == 17)
        #expect(try texts(path) == (0..<15).map(String.init))
    }

    @Test func `a batch that was given up does not stand in the journal`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 20)
        try append(writer, 0..<3)
        _ = writer.takeLines()
        // Written, but not taken: as after a failed sync.
        try append(writer, 3..<9)
        writer.abandon()
        let next = try JournalWriter(folder: path, segmentSize: 1 << 20)
        #expect(next.nextNumber == 5)
        try append(next, 20..<22)
        #expect(try texts(path) == ["0", "1", "2", "20", "21"])
    }

    @Test func `a torn last line is cut off, wherever the power failed`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        try append(try JournalWriter(folder: path, segmentSize: 1 << 20), 0..<3)
        let name = "journal/" + JournalFolder.name(first: 1)
        let whole = try folder.read(name)
        let lineEnds = whole.indices.filter { whole[$0] == 0x0A }
        for cut in 0...whole.count {
            _ = try folder.write(name, Array(whole[..<cut]))
            let kept = lineEnds.count { $0 < cut }
            let writer = try JournalWriter(folder: path, segmentSize: 1 << 20)
            #expect(writer.nextNumber == Int64(kept + 1), "cut at \(cut)")
            // Of a segment without a whole line not even the name stays.
            guard kept > 0 else {
                #expect(try JournalFolder.segments(in: path).isEmpty)
                continue
            }
            #expect(try folder.read(name).count == lineEnds[kept - 1] + 1, "cut at \(cut)")
        }
        // NULs behind the last line feed, as a power cut leaves them, are torn as well.
        _ = try folder.write(name, whole + [0, 0, 0, 0])
        #expect(try JournalWriter(folder: path, segmentSize: 1 << 20).nextNumber == 5)
        #expect(try folder.read(name) == whole)
    }

    @Test func `segments are begun by size, named by their first record and read by number`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        try append(try JournalWriter(folder: path, segmentSize: 600), 0..<40)
        let segments = try JournalFolder.segments(in: path)
        #expect(segments.count > 5)
        #expect(try texts(path) == (0..<40).map(String.init))
        // Each name is one more than the records before it.
        var number: Int64 = 1
        for segment in segments {
            #expect(segment.first == number && segment.name == JournalFolder.name(first: number))
            let bytes = try folder.read("journal/" + segment.name)
            number += Int64(bytes.count { $0 == 0x0A })
            let header = ReadChunk(bytes).records.first
            #expect(header.map { String(decoding: $0.topic, as: UTF8.self) } == "$shouwang/segment")
            #expect(header?.text == "{\"first\":\(segment.first),\"version\":2}")
        }
        let again = try JournalWriter(folder: path, segmentSize: 600)
        #expect(again.nextNumber == number)
        try append(again, 40..<45)
        #expect(try texts(path) == (0..<45).map(String.init))
    }

    @Test func `packed segments are read in their place, unless the plain one still stands`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        try append(try JournalWriter(folder: path, segmentSize: 600), 0..<20)
        let segments = try JournalFolder.segments(in: path)
        let first = try #require(segments.first)
        _ = try folder.write(
            "journal/" + first.name + ".gz", LogFileTests.gzip(try folder.read("journal/" + first.name)))
        #expect(try JournalFolder.segments(in: path) == segments)
        _ = try folder.write("journal/" + first.name, [])
        _ = try folder.write("journal/notes.txt", Array("x".utf8))
        #expect(try JournalFolder.segments(in: path) == segments)
    }

    @Test func `the lines that are taken are those in the file`() throws {
        let folder = try Folder()
        let path = folder.path + "/journal"
        let writer = try JournalWriter(folder: path, segmentSize: 1 << 20)
        try append(writer, 0..<5)
        let taken = writer.takeLines()
        #expect(try folder.read("journal/" + JournalFolder.name(first: 1)) == taken)
        #expect(writer.takeLines().isEmpty && !writer.hasUnwritten)
        try append(writer, 5..<6)
        #expect(try folder.read("journal/" + JournalFolder.name(first: 1)) == taken + writer.takeLines())
    }

    @Test func `a folder without segments and a path without a file are told`() throws {
        let folder = try Folder()
        #expect(throws: LogError.noSegments(path: folder.path)) { try LogArgument(path: folder.path) }
        #expect(throws: LogError.self) { try LogArgument(path: folder.path + "/none") }
    }
}

import CZlib
import Foundation
import Testing

@testable import RecordLog

@Suite struct LogFileTests {
    /// One gzip member of the bytes, by zlib itself.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        precondition(
            unsafe deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
        var out = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
        var input = bytes
        let count = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe out.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                precondition(unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return unsafe Int(stream.total_out)
            }
        }
        unsafe deflateEnd(&stream)
        return Array(out[..<count])
    }

    static func line(_ n: Int) -> [UInt8] {
        let payload = "{\"n\":\(n),\"x\":\"\(n &* 2_654_435_761)\"}"
        return Array("{\"tst\":\(1_772_712_930 + n),\"topic\":\"t/\(n % 7)\",\"payload\":\(payload)}\n".utf8)
    }

    static func log(_ numbers: Range<Int>) -> [UInt8] { numbers.flatMap(line) }

    /// All that a log gives; stops with an issue where it does not end.
    static func read(_ paths: [String], chunkSize: Int = 1 << 16) -> (payloads: [String], codes: [String]) {
        let cutter = ChunkCutter(paths: paths, chunkSize: chunkSize)
        var payloads: [String] = []
        var codes: [String] = []
        for _ in 0..<20_000 {
            guard let chunk = cutter.next() else { return (payloads, codes) }
            let read = ReadChunk(chunk)
            payloads += read.records.map(\.text)
            codes += read.codes
        }
        Issue.record("the log does not end")
        return (payloads, codes)
    }

    static func payloads(_ numbers: Range<Int>) -> [String] { ReadChunk(log(numbers)).records.map(\.text) }

    @Test func `gzip is read whole, in members, with an empty one between`() throws {
        let folder = try Folder()
        let whole = try folder.write("a.gz", LogFileTests.gzip(LogFileTests.log(0..<5000)))
        #expect(LogFileTests.read([whole]).payloads == LogFileTests.payloads(0..<5000))
        let members =
            LogFileTests.gzip(LogFileTests.log(0..<10)) + LogFileTests.gzip([])
            + LogFileTests.gzip(LogFileTests.log(10..<3000))
        // The name does not matter: recorders and rotations name files as they like.
        let joined = try folder.write("joined.log", members)
        let read = LogFileTests.read([joined], chunkSize: 1000)
        #expect(read.payloads == LogFileTests.payloads(0..<3000))
        #expect(read.codes.isEmpty)
    }

    @Test func `a line may lie across two members and across chunks`() throws {
        let folder = try Folder()
        let text = LogFileTests.log(0..<100)
        let cut = text.count / 2 + 3
        let path = try folder.write(
            "a.gz", LogFileTests.gzip(Array(text[..<cut])) + LogFileTests.gzip(Array(text[cut...])))
        for size in [16, 64, 4096] {
            #expect(LogFileTests.read([path], chunkSize: size).payloads == LogFileTests.payloads(0..<100))
        }
    }

    @Test func `a gzip that was cut gives what is whole, tells it once, and ends`() throws {
        let folder = try Folder()
        let packed = LogFileTests.gzip(LogFileTests.log(0..<2000))
        let all = LogFileTests.payloads(0..<2000)
        for cut in [3, 10, 11, packed.count / 3, packed.count / 2, packed.count - 9, packed.count - 1] {
            let path = try folder.write("cut\(cut).gz", Array(packed[..<cut]))
            let read = LogFileTests.read([path])
            #expect(read.codes.count { $0 == "damaged" } == 1, "cut at \(cut): \(read.codes.prefix(5))")
            #expect(all.starts(with: read.payloads), "cut at \(cut)")
            #expect(cut < packed.count / 2 || read.payloads.count > 500, "cut at \(cut) gave \(read.payloads.count)")
        }
    }

    @Test func `damage inside a gzip is told once, and the next file is read`() throws {
        let folder = try Folder()
        var packed = LogFileTests.gzip(LogFileTests.log(0..<2000))
        for at in packed.count / 2..<packed.count / 2 + 40 { packed[at] = 0xAA }
        let damaged = try folder.write("a.gz", packed)
        let next = try folder.write("b.log", LogFileTests.log(2000..<2100))
        let read = LogFileTests.read([damaged, next])
        #expect(read.codes.count { $0 == "damaged" } == 1, "\(read.codes.prefix(5))")
        #expect(Array(read.payloads.suffix(100)) == LogFileTests.payloads(2000..<2100))
    }

    @Test func `a file that is not there, an empty one and one byte are no hang and no crash`() throws {
        let folder = try Folder()
        let empty = try folder.write("empty", [])
        let one = try folder.write("one", [0x1F])
        let two = try folder.write("two", [0x1F, 0x8B])
        let good = try folder.write("good", LogFileTests.log(0..<3))
        let read = LogFileTests.read([empty, folder.path + "/none", one, two, good])
        #expect(read.payloads == LogFileTests.payloads(0..<3))
        #expect(read.codes == ["cannot-open", "damaged"])
    }

    @Test func `the last line needs no line feed, and files do not run into each other`() throws {
        let folder = try Folder()
        var first = LogFileTests.log(0..<3)
        first.removeLast()
        let paths = [try folder.write("a", first), try folder.write("b", LogFileTests.log(3..<6))]
        #expect(LogFileTests.read(paths, chunkSize: 16).payloads == LogFileTests.payloads(0..<6))
    }

    @Test func `a chunk knows how many lines stand before it`() throws {
        let folder = try Folder()
        let path = try folder.write(
            "a", LogFileTests.log(0..<500) + Array("broken\n".utf8) + LogFileTests.log(500..<700))
        let cutter = ChunkCutter(paths: [path], chunkSize: 700)
        var lines: [Int] = []
        while let chunk = cutter.next() {
            let read = ReadChunk(chunk)
            lines += read.refusals.map { $0.line + read.linesBefore }
        }
        #expect(lines == [501])
    }
}

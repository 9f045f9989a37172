import Foundation
import Testing

@testable import RecordLog

/// Files as programs of Windows, packers and people with another file in mind hand them over.
@Suite struct ForeignFormTests {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func wide(_ text: [UInt8], _ encoding: String.Encoding) -> [UInt8] {
        Array(String(decoding: text, as: UTF8.self).data(using: encoding) ?? Data())
    }

    @Test func `a byte order mark is read past, in each form of line, packed and joined`() throws {
        let folder = try Folder()
        let forms = [
            LogFileTests.log(0..<3), Array("1772712930.116 t/1 {\"n\":0}\n1772712931.5 t/1 x\n1772712932 t/1 y\n".utf8),
            Array("2026-03-05T20:15:30+0800 t {}\n2026-03-05T20:15:31+0800 t a\n2026-03-05T20:15:32+0800 t b\n".utf8),
        ]
        for (n, plain) in forms.enumerated() {
            let expected = ReadChunk(plain).records.map(\.text)
            #expect(expected.count == 3)
            for (name, bytes) in [
                ("plain", Self.mark + plain), ("twice", Self.mark + Self.mark + plain),
                ("blank line", Self.mark + [0x0D, 0x0A] + plain), ("packed", LogFileTests.gzip(Self.mark + plain)),
            ] {
                let path = try folder.write("log", bytes)
                for size in [4, 1 << 16] {
                    let read = LogFileTests.read([path], chunkSize: size)
                    #expect(read.payloads == expected && read.codes.isEmpty, "form \(n), \(name), chunks of \(size)")
                }
            }
            let joined = try folder.write("joined", Self.mark + plain + Self.mark + plain)
            #expect(LogFileTests.read([joined]).payloads == expected + expected, "form \(n)")
        }
        let only = try folder.write("only", Self.mark)
        #expect(LogFileTests.read([only]).codes.isEmpty)
    }

    @Test func `a journal's segment that an editor gave a mark keeps its first block`() throws {
        let folder = try Folder()
        let block = Array(
            "{\"tst\":\"2026-03-05T00:15:30.116000Z+0000\",\"topic\":\"a\",\"payload\":1}\n".utf8)
        let head = Array(
            "{\"tst\":\"2026-03-05T00:15:30.116000Z+0000\",\"topic\":\"$shouwang/sum\",\"qos\":0,\"retain\":0,\"payloadlen\":39,\"payload\":{\"number\":2,\"crc32c\":\""
                .utf8)
        let crc = String(Checksum.crc32c(block + head, 0..<block.count + head.count), radix: 16)
        let digits = String(repeating: "0", count: 8 - crc.count) + crc
        let segment = block + head + Array("\(digits)\"}}\n".utf8)
        for bytes in [segment, Self.mark + segment] {
            let path = try folder.write("00000000000000000001.jsonl", bytes)
            let cutter = ChunkCutter(paths: [path], chunkSize: 1 << 16)
            let chunk = try #require(cutter.next()).verified()
            let read = ReadChunk(chunk)
            #expect(read.records.count == 2 && read.codes.isEmpty, "\(read.codes)")
        }
    }

    @Test func `what is no log is named as what it is, once, and none of it is read`() throws {
        let folder = try Folder()
        let log = LogFileTests.log(0..<50)
        var tar = [UInt8](repeating: 0, count: 512)
        tar.replaceSubrange(0..<9, with: "log.jsonl".utf8)
        tar.replaceSubrange(257..<262, with: "ustar".utf8)
        // Bytes without any order, as encryption leaves them; by a fixed rule, so that each run has the same.
        var state: UInt64 = 88_172_645_463_325_252
        let noise = (0..<4096).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let cases: [(name: String, bytes: [UInt8])] = [
            ("UTF-16", [0xFF, 0xFE] + Self.wide(log, .utf16LittleEndian)),
            ("UTF-16", [0xFE, 0xFF] + Self.wide(log, .utf16BigEndian)),
            ("UTF-16LE", Self.wide(log, .utf16LittleEndian)), ("UTF-16BE", Self.wide(log, .utf16BigEndian)),
            ("UTF-32", [0xFF, 0xFE, 0, 0] + Self.wide(log, .utf32LittleEndian)),
            ("UTF-32LE", Self.wide(log, .utf32LittleEndian)),
            ("zstd", [0x28, 0xB5, 0x2F, 0xFD] + noise), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] + noise),
            ("zip", [0x50, 0x4B, 0x03, 0x04] + noise), ("bzip2", Array("BZh9".utf8) + noise),
            ("lz4", [0x04, 0x22, 0x4D, 0x18] + noise), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C] + noise),
            ("RAR", Array("Rar!\u{1A}\u{07}".utf8) + noise), ("tar", tar + log),
            ("PDF", Array("%PDF-1.7\n".utf8) + noise),
            ("openssl", Array("Salted__".utf8) + noise), ("SQLite", Array("SQLite format 3\0".utf8) + noise),
            ("web page", Array("<!DOCTYPE html><title>login</title>".utf8)), ("binary", noise),
            (
                "Office",
                [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 26) + Array("[Content_Types].xml".utf8)
            ),
        ]
        for (name, bytes) in cases {
            for packed in [false, true] {
                let path = try folder.write("file", packed ? LogFileTests.gzip(bytes) : bytes)
                let read = LogFileTests.read([path])
                #expect(read.payloads.isEmpty && read.codes == [Refusal.notALog], "\(name): \(read.codes.prefix(3))")
                let form = try LogArgument(path: path).foreignForm()?.form
                #expect(form?.name.contains(name) == true, "\(name): \(form?.name ?? "a log")")
                #expect(form?.remedy.isEmpty == false)
            }
        }
        let twice = try folder.write("twice.gz", LogFileTests.gzip(LogFileTests.gzip(log)))
        #expect(try LogArgument(path: twice).foreignForm()?.form.name.contains("gzip") == true)
    }

    @Test func `a log whose beginning lay in a damaged sector is read behind it`() throws {
        let folder = try Folder()
        var state: UInt64 = 88_172_645_463_325_252
        let noise = (0..<(1 << 17)).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let forms = [
            LogFileTests.log(0..<20),
            Array((0..<20).map { "17727129\(30 + $0).116 t/1 {\"n\":\($0)}\n" }.joined().utf8),
        ]
        for log in forms {
            let expected = ReadChunk(log).records.map(\.text).suffix(19)
            for sector in [512, 4096, 1 << 15] {
                let bytes = Array(noise.prefix(sector)) + log
                let path = try folder.write("log", bytes)
                #expect(try LogArgument(path: path).foreignForm() == nil, "\(sector)")
                #expect(LogFileTests.read([path]).payloads.suffix(19) == expected, "\(sector)")
                let packed = try folder.write("packed", LogFileTests.gzip(bytes))
                #expect(LogFileTests.read([packed]).payloads.suffix(19) == expected, "\(sector)")
            }
        }
        // Neither randomness alone, nor records too far behind it.
        for bytes in [noise, noise + LogFileTests.log(0..<20)] {
            let path = try folder.write("log", bytes)
            #expect(try LogArgument(path: path).foreignForm()?.form == .binary)
        }
    }

    @Test func `real logs begin with NULs, blanks, broken lines and raw payloads`() throws {
        let folder = try Folder()
        let log = LogFileTests.log(0..<20)
        let raw = Array("1772712930.1 t ".utf8) + [UInt8](1...8) + [UInt8](14...30) + [0xFF, 0xFE, 0x0A]
        for start in [
            [0, 0, 0, 0], [UInt8](repeating: 0, count: 4096) + [0x0A], [0x0A, 0x0D, 0x0A], Array("roken\"}}\n".utf8),
            raw,
            raw + raw + raw + raw, Array("Client mosq received CONNACK\n".utf8), [0xB2, 0xE2, 0xCA, 0xD4, 0x0A], [],
        ] as [[UInt8]] {
            let path = try folder.write("log", start + log)
            #expect(try LogArgument(path: path).foreignForm() == nil, "\(start.prefix(20))")
            #expect(LogFileTests.read([path]).payloads.suffix(19) == LogFileTests.payloads(1..<20)[...])
        }
    }

    @Test func `a log to which something went on writing in UTF-16 says so`() throws {
        let appended = LogFileTests.log(0..<2) + Self.wide(LogFileTests.log(2..<4), .utf16LittleEndian)
        let read = ReadChunk(appended)
        #expect(read.records.count == 2 && read.refusals.contains { $0.detail.contains("UTF-16") })
    }
}

import TestSupport
import Testing

@testable import RecordLog

/// The journal gives back the payload's bytes exactly (docs/journal.md, "A record").
@Suite struct ExactBytesTests {
    static let corner: [[UInt8]] =
        [
            "", "on", "\"on\"", "null", "\"null\"", "true", "0", "-0", "1.0", "1E5", "\"\"", "{}", "[]", " {}", "{} ",
            "{\n}",
            "{\"a\":1721290882123456789}", "{\"a\":18446744073709551615}", "{\"a\":123456789012345678901234567890}",
            "18446744073709551616", "1607123955.475377", "\"\\u00e9\"", "\"\\/\"", "\"a\\\"b\"", "a\"b", "\\",
            "\"\\\\\"",
            "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\udc00x\"", "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udc00\"}",
            "\u{7F}", "\"\u{7F}\"", "\u{1}\u{1F}", "\"\u{1}\"", "\t", "\r\n", "{\"a\":1}\r", "\u{FEFF}{}",
            "{\"a\":1,\"a\":2}",
            "社区", "\"社区\"", "😀", "{\"a\":tru}", "{\"a\":01}", "{'a':1}", "nul", "nulll", "NaN", "\u{2028}", "\u{F780}",
            "\"\u{F7FF}\"",
            "(null)", "{\"payload\":\"x\"}", "\\u0041", "1e999", "{\"a\":1e999}", "\"\\u0000\"",
            "{\"a\":[1,2,{\"b\":[]}]}",
            String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
            String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
            String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
            String(repeating: "[", count: 66) + "1" + String(repeating: "]", count: 66),
            String(repeating: "{\"a\":", count: 63) + "1" + String(repeating: "}", count: 63),
            String(repeating: "{\"a\":", count: 64) + "1" + String(repeating: "}", count: 64),
            String(repeating: "{\"a\":", count: 65) + "{}" + String(repeating: "}", count: 65),
        ].map { Array($0.utf8) } + [
            [0], [0, 0], [0x61, 0, 0x62], [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0x22, 0xFF, 0x22], [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], [0xFF, 0xD8, 0xFF, 0xE0, 0],
        ]

    @Test func `the hard payloads come back byte by byte`() {
        for payload in ExactBytesTests.corner {
            let line = journalLine(payload)
            let read = ReadChunk(line)
            let text = String(decoding: payload.prefix(60), as: UTF8.self)
            #expect(read.records.map(\.payload) == [payload], "\(text): \(read.refusals.map(\.detail))")
            #expect(line.count { $0 == 0x0A } == 1 && line.last == 0x0A, "\(text) is one line")
        }
    }

    @Test func `the form tells what the payload is`() {
        func form(_ text: String) -> String {
            let line = String(decoding: journalLine(Array(text.utf8)), as: UTF8.self)
            return line.split(separator: ",\"payload", maxSplits: 2, omittingEmptySubsequences: false).last.map(
                String.init) ?? ""
        }
        #expect(form("on") == "\":\"on\"}\n")
        #expect(form("\"on\"") == "\":\"on\"}\n")
        #expect(form("{\"a\":1721290882123456789}") == "\":{\"a\":1721290882123456789}}\n")
        #expect(form("") == "\":null}\n")
        #expect(form(" 1") == "\":\" 1\"}\n")
        let binary = String(decoding: journalLine([0xFF, 0xD8, 0xFF]), as: UTF8.self)
        #expect(binary.hasSuffix(",\"payloadlen\":3,\"payload_base64\":\"/9j/\"}\n"))
        let whole = String(decoding: journalLine(Array("[1]".utf8), qos: 1, retain: true, mid: 9), as: UTF8.self)
        #expect(
            whole
                == "{\"tst\":\"2026-03-05T12:15:30.123000Z+0000\",\"topic\":\"a/b\",\"qos\":1,\"retain\":1,"
                + "\"payloadlen\":3,\"mid\":9,\"payload\":[1]}\n")
    }

    @Test func `JSON of the depth that the contract names stands as itself`() {
        for (depth, isItself) in [(1, true), (63, true), (64, true), (65, false)] {
            let payload = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            let line = String(decoding: journalLine(Array(payload.utf8)), as: UTF8.self)
            #expect(line.hasSuffix("\"payload\":" + payload + "}\n") == isItself, "\(depth) deep")
        }
    }

    @Test func `random payloads come back, in chunks of any size, in order`() throws {
        var random = SeededRandom(for: "ExactBytesTests")
        let folder = try Folder()
        for round in 0..<4 {
            var expected: [Read] = []
            var log: [UInt8] = []
            for n in 0..<400 {
                let payload = RandomPayload.make(&random)
                let stamp = 1_772_712_930_000 + Int64(n)
                let topic = random.pick(["a/b", "社区/三栋", "q\"uote\\s", "tab\there"])
                let qos = UInt8(random.int(0...1))
                let mid = qos == 0 ? 0 : UInt16(random.int(1...65535))
                let retain = random.chance(10)
                log += journalLine(payload, topic: topic, stamp: stamp, qos: qos, retain: retain, mid: mid)
                expected.append(
                    Read(
                        micros: stamp * 1000, topic: Array(topic.utf8), payload: payload, qos: qos, retain: retain,
                        mid: mid))
            }
            let path = try folder.write("log\(round).jsonl", log)
            for size in [64, 1000, 1 << 20] {
                let cutter = ChunkCutter(paths: [path], chunkSize: size)
                var records: [Read] = []
                while let chunk = cutter.next() {
                    let read = ReadChunk(chunk)
                    #expect(read.codes.isEmpty, "\(read.refusals), seed \(random.seed)")
                    records += read.records
                }
                #expect(records.count == expected.count, "size \(size), seed \(random.seed)")
                if let wrong = zip(records, expected).first(where: { $0 != $1 }) {
                    Issue.record("size \(size), seed \(random.seed): \(wrong)")
                }
            }
        }
    }

    @Test func `lines of an independent recorder are read to the payload's bytes`() {
        var random = SeededRandom(for: "ExactBytesTests %j")
        for _ in 0..<1500 {
            var payload = RandomPayload.make(&random)
            payload.removeAll { $0 == 0 }  // %j treats the payload as a C string.
            var line = Array(
                #"{"tst":"2026-03-05T20:15:30.116146Z+0800","topic":"t","qos":0,"retain":0,"payloadlen":"#.utf8)
            line += Array("\(payload.count),\"payload\":".utf8)
            line += payload.isEmpty ? Array("null".utf8) : RecorderText.quoted(payload)
            line += Array("}\n".utf8)
            let read = ReadChunk(line)
            #expect(read.records.map(\.payload) == [payload], "\(read.refusals.map(\.detail)), seed \(random.seed)")
        }
    }

    @Test func `ten megabytes are one payload`() {
        var payload = Array("{\"pic\":\"".utf8)
        payload += [UInt8](repeating: 0x41, count: 10 << 20)
        payload += Array("\"}".utf8)
        let read = ReadChunk(journalLine(payload) + journalLine([0x31]))
        #expect(read.records.map(\.payload.count) == [payload.count, 1])
        #expect(read.records.first?.payload == payload)
    }
}

/// A little writer of strings as cJSON writes them, which is what `mosquitto_sub -F '%j'` uses; bytes from 0x80 stay as
/// they are.
enum RecorderText {
    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x22]
        let short: [UInt8: Character] = [0x22: "\"", 0x5C: "\\", 8: "b", 12: "f", 10: "n", 13: "r", 9: "t"]
        for byte in bytes {
            if let letter = short[byte] {
                out += Array("\\\(letter)".utf8)
            } else if byte < 32 {
                out += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            } else {
                out.append(byte)
            }
        }
        return out + [0x22]
    }
}

enum RandomPayload {
    static func make(_ random: inout SeededRandom) -> [UInt8] {
        switch random.int(0...9) {
        case 0: return random.pick(ExactBytesTests.corner)
        case 1: return (0..<random.int(0...40)).map { _ in UInt8(random.int(0...255)) }
        case 2: return (0..<random.int(0...40)).map { _ in UInt8(random.int(0...127)) }
        case 3: return Array(text(&random).utf8)
        case 4:
            var json = Array(value(&random, depth: 0).utf8)
            if !json.isEmpty { json[random.int(0...json.count - 1)] = UInt8(random.int(0...255)) }
            return json
        default: return Array(value(&random, depth: 0).utf8)
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        (0..<random.int(0...12)).map { _ in
            random.pick([
                "a", "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "é", "社", "😀", "/", "}", "{", "\u{7F}",
                "\u{F780}", " ",
            ])
        }.joined()
    }

    private static func string(_ random: inout SeededRandom) -> String {
        "\""
            + (0..<random.int(0...6)).map { _ in
                random.pick(["a", "\\\"", "\\\\", "\\n", "\\u00e9", "\\ud83d\\ude00", "社", "\\/", "}", "\u{7F}"])
            }.joined() + "\""
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> String {
        switch random.int(0...(depth > 4 ? 4 : 7)) {
        case 0: return random.pick(["true", "false", "null"])
        case 1: return String(random.int(-1000...1000))
        case 2:
            return random.pick([
                "1.5", "-0.0", "1e10", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
            ])
        case 3, 4: return string(&random)
        case 5:
            return "[" + (0..<random.int(0...4)).map { _ in value(&random, depth: depth + 1) }.joined(separator: ",")
                + "]"
        default:
            let entries = (0..<random.int(0...4)).map { _ in string(&random) + ":" + value(&random, depth: depth + 1) }
            return "{" + entries.joined(separator: random.pick([",", ", "])) + "}"
        }
    }
}

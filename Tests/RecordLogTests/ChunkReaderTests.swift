import TestSupport
import Testing

@testable import RecordLog

@Suite struct ChunkReaderTests {
    static let micros: Int64 = 1_772_712_930_116_146

    static let stamped = #"{"tst":"2026-03-05T20:15:30.116146Z+0800","topic":"a\/b""#

    /// Lines as the recorders write them, with what they mean.
    static let lines: [(String, Int64, String)] = [
        (
            stamped + #","qos":1,"retain":0,"payloadlen":18,"mid":7,"properties":{"content-type":"application/json","#
                + #""user-properties":{"k":"v1","k":"v2"}},"payload":"{\"occupancy\":true}"}"#,
            micros, #"{"occupancy":true}"#
        ),
        (
            stamped + #","qos":0,"retain":0,"payloadlen":9,"payload":{"a":[1]}}"#,
            micros, #"{"a":[1]}"#
        ),
        (#"{"tst":"2026-03-05T20:15:30.116146+0800","topic":"t","payload":17}"#, micros, "17"),
        (#"{"tst":1772712930,"topic":"t","payload":true}"#, 1_772_712_930_000_000, "true"),
        (#"{"tst":1772712930.5,"topic":"t","payload":null}"#, 1_772_712_930_500_000, ""),
        (#"{"tst":1772712930123,"topic":"t","payload":null,"payloadlen":0}"#, 1_772_712_930_123_000, ""),
        (#"{"tst":1772712930,"topic":"t","payload":null,"payloadlen":4}"#, 1_772_712_930_000_000, "null"),
        (#"{"tst":1772712930,"topic":"t","payloadlen":2,"payload":"on"}"#, 1_772_712_930_000_000, "on"),
        (#"{"tst":1772712930,"topic":"t","payloadlen":4,"payload":"on"}"#, 1_772_712_930_000_000, "\"on\""),
        (#"{"tst":1772712930,"topic":"t","payload":"on"}"#, 1_772_712_930_000_000, "on"),
        (#"{"tst":1772712930,"topic":"t","payload_base64":"AP/+"}"#, 1_772_712_930_000_000, "\u{0}\u{FFFD}\u{FFFD}"),
        (#"{ "payload" : {"a" : 1} , "topic" : "t" , "tst" : "2026-03-05T12:15:30.116146Z" }"#, micros, #"{"a" : 1}"#),
        ("1772712930.116146801 t on", micros, "on"),
        ("1772712930 t on off", 1_772_712_930_000_000, "on off"),
        ("1772712930.5 t (null)", 1_772_712_930_500_000, ""),
        ("1772712930.5 t", 1_772_712_930_500_000, ""),
        ("2026-03-05T20:15:30+0800 t {\"a\":1}", 1_772_712_930_000_000, "{\"a\":1}"),
    ]

    @Test(arguments: lines)
    func `a line of a recorder gives its record`(_ line: String, _ micros: Int64, _ payload: String) {
        let read = ReadChunk(line + "\n")
        #expect(read.refusals.isEmpty, "\(read.refusals)")
        #expect(read.records.map(\.micros) == [micros])
        #expect(read.records.map(\.text) == [payload])
    }

    @Test(arguments: [
        ("{", "bad-json"), ("{}", "no-topic"), ("[]", "not-a-record"), ("hello", "not-a-record"),
        ("\u{FEFF}{}", "no-topic"),
        (#"{"tst":1772712930,"topic":"","payload":1}"#, "no-topic"),
        (#"{"tst":1772712930,"topic":7,"payload":1}"#, "no-topic"),
        (#"{"topic":"t","payload":1}"#, "bad-time"), (#"{"tst":null,"topic":"t"}"#, "bad-time"),
        (#"{"tst":"2026-03-05T12:15:30","topic":"t"}"#, "bad-time"), (#"{"tst":"","topic":"t"}"#, "bad-time"),
        (#"{"tst":-5,"topic":"t"}"#, "bad-time"), (#"{"tst":1e300,"topic":"t"}"#, "bad-time"),
        (#"{"tst":1772712930,"topic":"t","payloadlen":7,"payload":"ab"}"#, "truncated"),
        (#"{"tst":1772712930,"topic":"t","payloadlen":1,"payload":"ab"}"#, "truncated"),
        (#"{"tst":1772712930,"topic":"t","payload_base64":"AP/"}"#, "bad-base64"),
        (#"{"tst":1772712930,"topic":"t","payload_base64":7}"#, "bad-base64"),
        (#"{"tst":1772712930,"topic":"t","payloadlen":9,"payload_base64":"AP/+"}"#, "truncated"),
        (#"{"tst":1772712930,"topic":"t","payload":"\q"}"#, "bad-json"),
        (#"{"tst":1772712930,"topic":"t","payload":1} x"#, "bad-json"),
        (#"{"tst":1772712930,"topic":"t","payload":1}{"tst":1772712930,"topic":"t","payload":1}"#, "bad-json"),
        ("Error: Message payload is not valid JSON on topic a/b", "not-a-record"), ("1772712930", "not-a-record"),
        ("17x t on", "bad-time"), ("1772712930.5  on", "no-topic"), ("0 t on", "bad-time"),
        ("99999999999999999999 t on", "bad-time"),
    ])
    func `a line that is no record costs only itself, and says why`(_ line: String, _ code: String) {
        let good = #"{"tst":1772712930,"topic":"t","payload":1}"#
        let read = ReadChunk(good + "\n" + line + "\n" + good + "\n")
        #expect(read.codes == [code])
        #expect(read.refusals.map(\.line) == [2])
        #expect(read.records.map(\.text) == ["1", "1"])
    }

    @Test func `metadata is read, and what is out of range does no harm`() {
        let read = ReadChunk(
            """
            {"tst":1772712930,"topic":"a\\u002fb\\n","qos":1,"retain":1,"mid":65535,"payload":1}
            {"tst":1772712930,"topic":"社区","qos":2,"retain":true,"mid":-1,"payload":1}
            {"tst":1772712930,"topic":"t","qos":1e9,"retain":2,"mid":"x","payloadlen":"y","payload":1}
            {"tst":1772712930,"topic":"t","qos":-4,"retain":0,"mid":99999999999,"payloadlen":-1,"payload":1}

            """)
        #expect(read.codes.isEmpty, "\(read.refusals)")
        #expect(read.records.map { String(decoding: $0.topic, as: UTF8.self) } == ["a/b\n", "社区", "t", "t"])
        #expect(read.records.map(\.retain) == [true, true, false, false])
        #expect(read.records.first?.mid == 65535 && read.records.first?.qos == 1)
    }

    @Test func `blank lines, NULs, blanks around lines and CRLF are no records and no refusals`() {
        let line = #"{"tst":1772712930,"topic":"t","payloadlen":2,"payload":"on"}"#
        let text = "\n\r\n  \n\0\0\0\n" + line + "\r\n\0\0" + line + "\n\t" + line + " \r\n1772712930 t on\r\n\0"
        let read = ReadChunk(text)
        #expect(read.codes.isEmpty, "\(read.refusals)")
        #expect(read.records.map(\.text) == ["on", "on", "on", "on"])
    }

    @Test func `every cut of a good line is read or refused, and its neighbours are whole`() {
        let lines = [
            ChunkReaderTests.stamped
                + #","qos":1,"retain":0,"payloadlen":29,"mid":7,"payload":{"type":"motion","id":"\u00e9"}}"#,
            ChunkReaderTests.stamped + #","qos":1,"payloadlen":3,"payload":"a\"b"}"#,
            #"{"tst":1772712930.25,"topic":"a/b","payload_base64":"AP/+AA=="}"#,
            "1772712930.116146801 a/b {\"type\":\"motion\"}", "2026-03-05T20:15:30+0800 a/b on",
        ]
        let good = #"{"tst":1772712930,"topic":"n","payload":{"x":1}}"#
        for line in lines.map({ Array($0.utf8) }) {
            for from in [0, 1] {
                for cut in from...line.count {
                    let middle = from == 0 ? Array(line[..<cut]) : Array(line[cut...])
                    let read = ReadChunk(Array((good + "\n").utf8) + middle + Array(("\n" + good).utf8))
                    let neighbours = [read.records.first, read.records.last].compactMap { $0?.text }
                    #expect(neighbours == ["{\"x\":1}", "{\"x\":1}"], "cut at \(cut)")
                    #expect(read.records.count + read.refusals.count <= 3)
                    // Cut off at the end of the log, without a line feed.
                    _ = ReadChunk(middle)
                }
            }
        }
    }

    @Test func `changed bytes never crash and never reach another line`() {
        var random = SeededRandom(for: "ChunkReaderTests")
        let good = #"{"tst":1772712930,"topic":"n","payload":{"x":1}}"#
        let line = Array(
            (ChunkReaderTests.stamped + #","qos":1,"payloadlen":12,"payload":{"a":"\u00e9b"}}"#).utf8)
        for _ in 0..<4000 {
            var bytes = line
            for _ in 0...random.int(0...4) {
                let at = random.int(0...bytes.count - 1)
                switch random.int(0...2) {
                case 0: bytes[at] = UInt8(random.int(0...255))
                case 1: bytes.remove(at: at)
                default: bytes.insert(random.pick(Array("\"\\{}[],:0\u{0}é".utf8)), at: at)
                }
            }
            bytes.removeAll { $0 == 0x0A }
            let read = ReadChunk(Array((good + "\n").utf8) + bytes + Array(("\n" + good + "\n").utf8))
            #expect(
                read.records.first?.text == "{\"x\":1}" && read.records.last?.text == "{\"x\":1}",
                "\(bytes), seed \(random.seed)")
            #expect(read.records.count + read.refusals.count <= 3, "\(bytes), seed \(random.seed)")
        }
    }

    @Test func `invalid UTF-8 that a recorder passed through comes back byte by byte`() {
        let head = Array(#"{"tst":"2026-03-05T20:15:30.116146Z+0800","topic":"caf"#.utf8)
        let line =
            head + [0xC3, 0xA9] + Array(#"","qos":0,"retain":0,"payloadlen":5,"payload":""#.utf8)
            + [0x78, 0xFF, 0x79, 0xC3, 0xA9] + Array("\"}\n".utf8)
        let read = ReadChunk(line)
        #expect(read.codes.isEmpty, "\(read.refusals)")
        #expect(read.records.map(\.payload) == [[0x78, 0xFF, 0x79, 0xC3, 0xA9]])
        #expect(read.records.map(\.topic) == [Array("café".utf8)])
        let bad = head + [0xE9] + Array(#"","payload":{"a":"b"}}"#.utf8)
        #expect(ReadChunk(bad).records.map(\.topic) == [Array("caf".utf8) + [0xE9]])
        #expect(ReadChunk(bad).keys == [["a"]])
    }

    @Test func `fields of an object are found in both forms, and a text that only looks like one says why not`() {
        let read = ReadChunk(
            #"""
            {"tst":1,"topic":"t","payload":{"a":1,"b":{"c":2},"d":"x\"y"}}
            {"tst":1,"topic":"t","payload":"{\"a\":1,\"b\":{\"c\":2}}"}
            {"tst":1,"topic":"t","payload":"{\"a\":"}
            {"tst":1,"topic":"t","payload":[1]}
            1 t {"a":1}

            """#)
        #expect(read.codes.isEmpty, "\(read.refusals)")
        #expect(read.keys == [["a", "b", "d"], ["a", "b"], nil, nil, ["a"]])
    }

    @Test func `JSON nested ten thousand deep is refused or kept as text, and the stack holds`() {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let line = #"{"tst":1772712930,"topic":"t","payload":"#
        let good = #"{"tst":1772712930,"topic":"t","payload":1}"#
        for payload in [
            deep, #"{"a":"# + deep + "}", String(repeating: "[", count: 10_000),
            String(repeating: #"{"a":"#, count: 10_000),
        ] {
            let read = ReadChunk(line + payload + "}\n" + good + "\n")
            #expect(read.records.last?.text == "1")
            #expect(read.codes == ["bad-json"])
            let written = ReadChunk(journalLine(Array(payload.utf8)))
            #expect(written.records.first?.payload == Array(payload.utf8))
        }
    }
}

import RecordLog
import TestSupport
import Testing

@testable import Feeds

/// Repair before strict reading, for all payloads and all forms in which a log has them.
@Suite struct RepairedPayloadTests {
    /// 罗示例 in GB18030, and 誠 there, whose second byte is that of a backslash.
    static let name: [UInt8] = [0xC2, 0xDE, 0xCA, 0xBE, 0xC0, 0xFD]
    static let backslash: [UInt8] = [0xD5, 0x5C]
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func payload(_ parts: Any...) -> [UInt8] {
        parts.flatMap { part in (part as? String).map { Array($0.utf8) } ?? (part as? [UInt8] ?? []) }
    }

    static let payloads: [(bytes: [UInt8], meaning: String)] = [
        (payload(#"{"type":"sos"}"#, [0] as [UInt8]), "sos p1"),
        (payload(#"{"type":"sos"}"#, [0, 0, 0x20, 0x0D, 0x0A, 0] as [UInt8]), "sos p1"),
        (payload(mark, #"{"type":"sos"}"#), "sos p1"),
        (payload(mark, #"{"type":"motion","value":1}"#, [0] as [UInt8]), "motion on detection p1"),
        (payload(#"{"type":"sos","name":""#, name, #""}"#), "sos p1"),
        (payload(#"{"type":"sos","name":""#, backslash, #""}"#), "sos p1"),
        (payload(#"{"type":"motion","name":""#, name, backslash, #"","value":0}"#), "motion off detection p1"),
        (payload(#"{"type":"sos","name":""#, [0xFF, 0xFE] as [UInt8], #""}"#), "sos p1"),
        // A name that a device cut in the middle of a character.
        (payload(#"{"type":"sos","name":"罗"#, [0xE6, 0xA1] as [UInt8], #""}"#), "sos p1"),
        (payload("\t ", mark, " ", #"{"type":"heartbeat"}"#, "\n"), "heartbeat p1"),
        (payload(#"{"type":"sos"}x"#, [0] as [UInt8]), "!unreadable-call"),
        (payload(#"{"type":"motion"}x"#, [0] as [UInt8]), "!bad-payload"),
        (payload(#"{"type":"s"#, [0] as [UInt8], #"os"}"#), "!unreadable-call"),
    ]

    @Test func `what a device puts around and into its JSON is mended, as the journal has it`() {
        let fixture = NativeFormatTests.fixture
        for (bytes, meaning) in RepairedPayloadTests.payloads {
            #expect(fixture.says("community/hgs/elder/p1", bytes: bytes) == meaning, "\(bytes)")
        }
    }

    /// As `mosquitto_sub -F '%j'` prints a payload: bytes that are no control character stay as they are.
    private static func recorded(_ payload: [UInt8]) -> [UInt8] {
        var line = Array(#"{"tst":"2026-03-05T12:15:30Z","topic":"community/hgs/elder/p1","payload":""#.utf8)
        for byte in payload {
            switch byte {
            case 0x22, 0x5C: line += [0x5C, byte]
            case 0..<0x20: line += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            default: line.append(byte)
            }
        }
        return line + Array(#""}"#.utf8)
    }

    @Test func `and as a recorder's %j has it`() {
        let fixture = NativeFormatTests.fixture
        for (bytes, meaning) in RepairedPayloadTests.payloads {
            #expect(fixture.says(line: RepairedPayloadTests.recorded(bytes)) == meaning, "\(bytes)")
        }
    }

    @Test func `and as a line with the payload as it came has it`() {
        let head = Array(#"{"tst":"2026-03-05T12:15:30Z","topic":"community/hgs/elder/p1","payload":"#.utf8)
        let plain = Array("2026-03-05T12:15:30+0000 community/hgs/elder/p1 ".utf8)
        let fixture = NativeFormatTests.fixture
        for (bytes, meaning) in RepairedPayloadTests.payloads where meaning.first != "!" {
            if !bytes.contains(0) {
                #expect(fixture.says(line: head + bytes.filter { $0 >= 0x20 } + Array("}".utf8)) == meaning, "\(bytes)")
            }
            #expect(fixture.says(line: plain + bytes.filter { $0 != 0x0A }) == meaning, "\(bytes)")
        }
    }

    @Test func `the record's payload and hash are those of the wire`() throws {
        let fixture = NativeFormatTests.fixture
        let plain = fixture.batch("community/hgs/elder/p1", Array(#"{"type":"sos"}"#.utf8))
        let ended = fixture.batch("community/hgs/elder/p1", Array("{\"type\":\"sos\"}\0".utf8))
        #expect(plain.records.count == 1 && ended.records.count == 1)
        #expect(plain.records.first?.bodyHash != ended.records.first?.bodyHash)
    }

    @Test func `a mapping's payload is mended as well, at any depth`() {
        let fixture = MappingFormatTests.fixture
        let deep = #"{"source":{"name":"d","type":"door"},"card":"c77"}"#
        let list = #"[{"name":"x"}]"#
        for bytes in [
            RepairedPayloadTests.payload(deep, [0] as [UInt8]),
            RepairedPayloadTests.payload(RepairedPayloadTests.mark, deep),
            RepairedPayloadTests.payload(
                #"{"owner":""#, RepairedPayloadTests.name, #"","source":{"name":"d","type":"door"},"card":"c77"}"#),
        ] {
            #expect(fixture.says("vendor/h1/a/x", bytes: bytes) == "pass ?h1-d person=e1", "\(bytes)")
        }
        #expect(
            fixture.says("vendor/h1/a/x", bytes: RepairedPayloadTests.payload(list, [0] as [UInt8])) == "!no-event")
    }

    @Test(arguments: [
        ("online", "online p1"), ("ONLINE\n", "online p1"), (" Offline \r\n", "offline p1"),
        ("\"Offline\"", "offline p1"),
        ("offline\0", "offline p1"), ("\u{FEFF}online", "online p1"), (#"{"state":"Online"}"#, "online p1"),
        (#"{"status":"offline","x":1}"#, "offline p1"), (#"{"type":"offline"}"#, "offline p1"), ("", "-"), ("\n", "-"),
        ("on", "!bad-status"), ("1", "!bad-status"), ("{}", "!bad-status"), (#"{"state":1}"#, "!bad-status"),
        ("online offline", "!bad-status"), ("null", "!bad-status"),
    ]) func `a status is read in any case, with blanks, and an empty one says nothing`(
        _ text: String, _ meaning: String
    ) {
        #expect(NativeFormatTests.fixture.says("community/hgs/elder/p1/status", text) == meaning)
        let batch = NativeFormatTests.fixture.batch(
            "community/hgs/elder/p1/status", Array(text.utf8), retain: true)
        #expect(batch.refusals.isEmpty == (meaning.first != "!"))
        #expect(batch.records.first?.marks.contains(.refused) == (meaning.first == "!"))
    }

    @Test func `changed bytes of a text in GB18030 never crash, and leave one record`() {
        var random = SeededRandom(for: "RepairedPayloadTests")
        let good = RepairedPayloadTests.payload(
            RepairedPayloadTests.mark, #"{"type":"sos","name":""#, RepairedPayloadTests.name,
            RepairedPayloadTests.backslash, #"","value":1.5}"#, [0] as [UInt8])
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0...random.int(0...3) { bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(0...255)) }
            let batch = NativeFormatTests.fixture.batch("community/hgs/elder/p1", bytes)
            #expect(
                batch.records.count == 1 && batch.observations.count + batch.refusals.count == 1,
                "\(bytes), seed \(random.seed)")
            let line = Decoder.decode(
                Chunk(text: RepairedPayloadTests.recorded(bytes) + [0x0A], file: "test"),
                plan: NativeFormatTests.fixture.plan)
            #expect(
                line.observations.map(\.kind) == batch.observations.map(\.kind), "\(bytes), seed \(random.seed)")
        }
    }
}

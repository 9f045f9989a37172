import CSIMDJSON
import TestSupport
import Testing

@testable import RecordLog

/// The fast reading of a log's usual lines against simdjson's: what the one reads, the other reads the same.
@Suite struct FastRecordPathTests {
    /// What a line is read as, in words, by the given function of the face.
    private static func read(_ line: [UInt8], padding: UInt8, isFast: Bool) -> String {
        let parser = JSONParser()
        let text = line + [UInt8](repeating: padding, count: Int(CSJ_PADDING))
        var count = 0
        let code = unsafe text.withUnsafeBufferPointer { bytes in
            let read = unsafe isFast ? csj_read_record : csj_read_any_record
            return unsafe read(
                parser.handle, bytes.baseAddress, line.count, parser.record, parser.fields.baseAddress, 256, &count)
        }
        if code != 0 { return "error \(code)" }
        let record = unsafe parser.record.pointee
        var words = [
            record.tst, record.topic, record.payload, record.payload_base64, record.payloadlen, record.qos,
            record.retain, record.mid,
        ].map { told($0) }
        words.append("\(count) fields")
        for index in 0..<min(count, 256) {
            let field = unsafe parser.fields[index]
            words.append("\(field.key_at)+\(field.key_length) " + told(field.value))
        }
        return words.joined(separator: "; ")
    }

    private static func told(_ value: csj_value) -> String {
        let number = Int(value.kind) == CSJ_NUMBER ? " \(value.number.bitPattern)" : ""
        let whole = value.is_integer != 0 ? " \(value.integer)" : ""
        return "\(value.kind) \(value.at)+\(value.length)\(number)\(whole)"
    }

    private static func line(_ payload: String) -> [UInt8] {
        Array(
            (#"{"tst":"2026-03-05T12:15:30.000000Z+0000","topic":"community/hgs/access/g-1","qos":1,"retain":0,"#
                + #""payloadlen":43,"mid":65535,"payload":"# + payload + "}").utf8)
    }

    private func check(_ line: [UInt8], _ seed: UInt64? = nil) {
        for padding: UInt8 in [0, 0x0A, 0x22, 0x35, 0x7D, 0x5D, 0x20] {
            let fast = FastRecordPathTests.read(line, padding: padding, isFast: true)
            let any = FastRecordPathTests.read(line, padding: padding, isFast: false)
            #expect(fast == any, "\(String(decoding: line, as: UTF8.self)), seed \(seed ?? 0)")
        }
    }

    @Test(arguments: [
        "0", "-0", "1", "9", "10", "01", "-1", "-", "00", "0.5", "-0.0", "1.", ".5", "1.5", "-17.25", "0.1", "0.3",
        "123456789012.345", "1234567890.12345", "1234567890.123456", "9007199254740993", "0.000000000000001",
        "100000000000000000", "999999999999999999", "1000000000000000000", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "18446744073709551616",
        "12345678", "123456789", "1234567812345678",
        "1e3", "1E3",
        "1.5e-3", "1772712930000", "0x1", "1 ", "1a", "+1", "NaN", "true", "false", "null", "tru",
        "truely", "nul", "[]", "{}", #"{"a":{}}"#, #""""#, #""a""#, #""a\n""#, "\"é\"", "\"\u{7F}\"", "\"\t\"",
    ]) func `every form of a value reads the same`(_ value: String) {
        check(FastRecordPathTests.line(#"{"a":\#(value)}"#))
        check(FastRecordPathTests.line(#"{"a":\#(value),"b":\#(value)}"#))
        check(FastRecordPathTests.line(value))
        check(Array(#"{"tst":\#(value),"topic":\#(value),"qos":\#(value),"payload":{"a":"b"}}"#.utf8))
    }

    @Test func `strings of every length end where they end`() {
        for length in 0...70 {
            let text = String(repeating: "x", count: length)
            check(FastRecordPathTests.line(#"{"\#(text)":"\#(text)","n":1}"#))
            check(FastRecordPathTests.line(#"{"a":"\#(text)\"","n":1}"#))
            check(FastRecordPathTests.line(#"{"a":"\#(text)é"}"#))
            check(FastRecordPathTests.line(#"{"a":"\#(text)"#))
        }
    }

    @Test func `lines of other forms, with more fields or fewer, and fields twice read the same`() {
        let lines = [
            "{}", "{", "}", "", #"{"tst":"x"}"#, #"{"tst":"x","tst":"y"}"#, #"{"payload":{"a":1},"payload":{"b":2}}"#,
            #"{"payload":{"a":1,"a":2}}"#, #"{"mid":1,"qos":2,"topic":"t","tst":"x","payload":{}}"#,
            #"{"topic":"t","extra":1,"payload":{"a":1}}"#, #"{"tst": "x","payload":{"a":1}}"#, #"{"tst":"x",}"#,
            #"{"tst":"x""payload":{}}"#, #"{"tst":"x"}}"#, #"{"tst":"x"} "#, #"{"payload":{"a":1,}}"#,
            #"{"payload":{"a"}}"#, #"{"payload":{"a":}}"#, #"{"payload":{a:1}}"#, #"{"payload_base64":"AAAA"}"#,
            #"{"payload":{"a":1}"#, #"{"qos":1"#, #"{"qos":12"#, #"{"payload":{"a":tr"#,
        ]
        for line in lines { check(Array(line.utf8)) }
        let many = (0..<300).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        check(FastRecordPathTests.line("{\(many)}"))
    }

    @Test func `changed and cut lines read the same`() {
        var random = SeededRandom(for: "FastRecordPathTests")
        let good = FastRecordPathTests.line(
            #"{"ts":1772712930000,"id":"a1","type":"pass","person":"p-17","dir":"in","confidence":0.664,"ok":true}"#)
        for _ in 0..<3000 {
            var line = good
            for _ in 0...random.int(0...2) {
                let at = random.int(0...line.count - 1)
                line[at] = random.chance(30) ? UInt8(random.int(0...255)) : random.pick(Array("\"\\{}[],:0-9e. t".utf8))
            }
            if random.chance(20) { line.removeLast(random.int(0...line.count - 1)) }
            check(line, random.seed)
        }
    }
}

import CSIMDJSON
import Glibc
import Timekeeping

/// Reads the records of one chunk of a log, line by line. A line that cannot be read costs only itself.
///
/// Lines have one of four forms, told by their first byte: `%J` and `%j` (JSON), `%U %t %p`, `%I %t %p`.
@safe package struct ChunkReader {
    package enum Step {
        case record
        case refused(Refusal)
        case end
    }

    package private(set) var record = RecordView()
    /// Lines read so far; the record's own line, counted from 1.
    package private(set) var line = 0

    private let parser: JSONParser
    /// The chunk, alive during ``Chunk/read(with:_:)``, whose closure is given this reader; padded behind `length`.
    private let base: UnsafePointer<UInt8>
    private let length: Int
    private var at = 0
    private var lineStart = 0
    private var stamps = StampReader()
    /// Reused buffers: a topic with escapes, a payload that was a string, a line that was not UTF-8.
    private let topicText = ScratchBytes(capacity: 256)
    private let payloadText = ScratchBytes(capacity: 4096)
    private let mappedLine = ScratchBytes(capacity: 4096)
    private let mendedText = ScratchBytes(capacity: 1)
    /// What the stamps of the records read so far are like.
    private(set) var spread = StampSpread()
    private let settled: [SettledStamp]
    private var settledCount = 0
    /// The line of the next of them.
    private var settledLine: Int
    /// Bytes of the chunk up to the end of the line that was read last.
    var end: Int { min(at, length) }

    init(base: UnsafePointer<UInt8>, length: Int, parser: JSONParser, settled: [SettledStamp]) {
        unsafe self.base = base
        self.length = length
        self.parser = parser
        self.settled = settled
        settledLine = settled.first?.line ?? Int.max
    }

    package mutating func next() -> Step {
        while at < length {
            let start = at
            // Sound: start < length, and the chunk is readable up to length.
            let found = unsafe memchr(base + start, 0x0A, length - start)
            let end = unsafe found.map { unsafe UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? length
            at = end + 1
            line += 1
            lineStart = start
            var from = start
            var to = end
            // Blank ends, and the NULs that a power cut leaves, belong to no record.
            while from < to, unsafe base[from] <= 0x20 { from += 1 }
            while to > from, unsafe base[to - 1] <= 0x20 { to -= 1 }
            if from == to { continue }
            if unsafe base[from] != 0x7B {
                from = skipMarks(from, to)
                if from == to { continue }
            }
            // Of a plain line the payload ends with the line: its blanks are its own.
            if unsafe base[from] != 0x7B {
                to = end
                while to > from, unsafe base[to - 1] == 0 || base[to - 1] == 0x0D { to -= 1 }
            }
            let step = unsafe read(UnsafeBufferPointer(start: base + from, count: to - from))
            if case .record = step { settleStamp() }
            return step
        }
        return .end
    }

    /// The line that was read last, as it stands in the log.
    package var lineText: UnsafeBufferPointer<UInt8> {
        // Sound: both are places of the chunk.
        unsafe UnsafeBufferPointer(start: base + lineStart, count: min(at, length) - lineStart)
    }

    /// Byte order marks belong to no record. Where files of Windows were joined they stand inside the log too.
    private func skipMarks(_ from: Int, _ to: Int) -> Int {
        var from = from
        while to - from >= 3, unsafe base[from] == 0xEF, unsafe base[from + 1] == 0xBB, unsafe base[from + 2] == 0xBF {
            from += 3
            while from < to, unsafe base[from] <= 0x20 { from += 1 }
        }
        return from
    }

    /// Of a record that was read: the stamp it counts at, and what there is to know of all of them.
    @inline(__always)
    private mutating func settleStamp() {
        if line == settledLine { useSettled() }
        spread.add(record.stampMicroseconds)
    }

    @inline(never)
    private mutating func useSettled() {
        record.stampMicroseconds = settled[settledCount].stamp
        record.isStampLost = true
        settledCount += 1
        settledLine = settledCount < settled.count ? settled[settledCount].line : Int.max
    }

    private mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Step {
        record = RecordView()
        guard let first = unsafe text.first else { return refuse("empty", "empty line") }
        if first == 0x7B { return unsafe readJSON(text) }
        if first >= 48, first <= 57 { return unsafe readPlain(text) }
        if unsafe ForeignForm.isWide(text) { return refuse("not-a-record", ChunkReader.wideLine) }
        return refuse("not-a-record", "the line is no record: it starts neither with { nor with a time")
    }

    private static let wideLine = "the line is UTF-16 text: what writes it must be set to UTF-8"

    private func refuse(_ code: String, _ detail: String) -> Step {
        let topic = unsafe String(decoding: record.topic.prefix(200), as: UTF8.self)
        return .refused(Refusal(line: line, code: code, detail: detail, topic: topic))
    }

    // MARK: %J and %j

    private mutating func readJSON(_ text: UnsafeBufferPointer<UInt8>) -> Step {
        guard let start = text.baseAddress else { return refuse("empty", "empty line") }
        var count = 0
        let code = unsafe csj_read_record(
            parser.handle, start, text.count, parser.record, parser.fields.baseAddress, JSONParser.fieldsMax, &count)
        if code == csj_code_utf8() { return unsafe readMapped(text) }
        guard code == 0 else { return unsafe readMended(text, code) }
        return unsafe take(parser.record, base: start, fieldCount: count, mapped: false)
    }

    /// A line that cannot be read as it is: in GB18030 a letter may end with the byte of a backslash, and a payload
    /// that stands in the line as it came may have a byte order mark in front.
    @inline(never)
    private mutating func readMended(_ text: UnsafeBufferPointer<UInt8>, _ problem: Int32) -> Step {
        guard let mended = unsafe PayloadRepair.mendedLine(text) else {
            if unsafe ForeignForm.isWide(text) { return refuse("bad-json", ChunkReader.wideLine) }
            return refuse("bad-json", JSONParser.message(problem))
        }
        mappedLine.removeAll()
        unsafe mended.withUnsafeBufferPointer { unsafe mappedLine.append($0) }
        mappedLine.pad(Int(CSJ_PADDING))
        guard let start = unsafe mappedLine.bytes.baseAddress else { return refuse("empty", "empty line") }
        var count = 0
        let code = unsafe csj_read_record(
            parser.handle, start, mended.count, parser.record, parser.fields.baseAddress, JSONParser.fieldsMax, &count)
        guard code == 0 else { return refuse("bad-json", JSONParser.message(problem)) }
        return unsafe take(parser.record, base: start, fieldCount: count, mapped: false)
    }

    /// A line with bytes that are not UTF-8 (a `%j` recorder passes them through). Each byte from 0x80 becomes a
    /// character of the private use area, U+F780 to U+F7FF, so that the line parses; the strings are mapped back byte
    /// by byte.
    private mutating func readMapped(_ text: UnsafeBufferPointer<UInt8>) -> Step {
        mappedLine.removeAll()
        for index in text.indices {
            let byte = unsafe text[index]
            guard byte >= 0x80 else {
                mappedLine.append(byte)
                continue
            }
            mappedLine.append(0xEF)
            mappedLine.append(byte < 0xC0 ? 0x9E : 0x9F)
            mappedLine.append(byte < 0xC0 ? byte : byte - 0x40)
        }
        mappedLine.pad(Int(CSJ_PADDING))
        let mapped = unsafe mappedLine.bytes
        guard let start = mapped.baseAddress else { return refuse("empty", "empty line") }
        var count = 0
        let code = unsafe csj_read_record(
            parser.handle, start, mapped.count, parser.record, parser.fields.baseAddress, JSONParser.fieldsMax, &count)
        guard code == 0 else { return unsafe readMended(text, code) }
        return unsafe take(parser.record, base: start, fieldCount: count, mapped: true)
    }

    private mutating func take(
        _ raw: UnsafePointer<csj_record>, base: UnsafePointer<UInt8>, fieldCount: Int, mapped: Bool
    ) -> Step {
        guard let topic = unsafe string(raw.pointee.topic, base, mapped) else {
            return refuse("no-topic", "the record has no \"topic\" that is a string")
        }
        unsafe record.topic = topic
        if topic.isEmpty { return refuse("no-topic", "the record's topic is empty") }
        switch unsafe Int(raw.pointee.tst.kind) {
        case CSJ_STRING:
            let text = unsafe UnsafeBufferPointer(
                start: base + Int(raw.pointee.tst.at), count: Int(raw.pointee.tst.length))
            guard let stamp = unsafe stamps.read(text) else {
                return refuse("bad-time", "\"tst\" is no time with a zone: \(unsafe excerpt(text))")
            }
            record.stampMicroseconds = stamp
        case CSJ_NUMBER:
            guard let stamp = unsafe StampReader.read(raw.pointee.tst) else {
                return refuse("bad-time", "\"tst\" is no time: \(unsafe raw.pointee.tst.number)")
            }
            record.stampMicroseconds = stamp
        default: return refuse("bad-time", "the record has no \"tst\"")
        }
        record.qos = unsafe raw.pointee.qos.is_integer != 0 ? UInt8(clamping: raw.pointee.qos.integer) : 0
        let retain = unsafe raw.pointee.retain
        record.retain = Int(retain.kind) == CSJ_TRUE || (retain.is_integer != 0 && retain.integer == 1)
        record.mid = unsafe raw.pointee.mid.is_integer != 0 ? UInt16(truncatingIfNeeded: raw.pointee.mid.integer) : 0
        return unsafe takePayload(raw, base: base, fieldCount: fieldCount, mapped: mapped)
    }

    private mutating func takePayload(
        _ raw: UnsafePointer<csj_record>, base: UnsafePointer<UInt8>, fieldCount: Int, mapped: Bool
    ) -> Step {
        let length = unsafe raw.pointee.payloadlen
        let declared = length.is_integer != 0 ? Int(exactly: length.integer) : nil
        if unsafe Int(raw.pointee.payload_base64.kind) != CSJ_ABSENT { return unsafe takeBase64(raw, base, declared) }
        let start = unsafe base + Int(raw.pointee.payload.at)
        let rawLength = unsafe Int(raw.pointee.payload.length)
        switch unsafe Int(raw.pointee.payload.kind) {
        case CSJ_STRING, CSJ_ESCAPED:
            return unsafe takeString(raw, base, declared, mapped)
        case CSJ_NULL where declared != 4:
            unsafe payload(start, 0)
        case CSJ_ABSENT:
            unsafe payload(start, 0)
        case CSJ_OBJECT where !mapped:
            unsafe payload(start, rawLength)
            unsafe record.fields = .init(start: parser.fields.baseAddress, count: min(fieldCount, JSONParser.fieldsMax))
            unsafe record.fieldBase = base
            record.fieldsError = 0
        default:
            if mapped {
                payloadText.removeAll()
                unsafe payloadText.append(UnsafeBufferPointer(start: start, count: rawLength))
                payloadText.unmap()
                return takeText()
            }
            unsafe payload(start, rawLength)
        }
        return .record
    }

    private mutating func takeString(
        _ raw: UnsafePointer<csj_record>, _ base: UnsafePointer<UInt8>, _ declared: Int?, _ mapped: Bool
    ) -> Step {
        let start = unsafe base + Int(raw.pointee.payload.at)
        let rawLength = unsafe Int(raw.pointee.payload.length)
        payloadText.removeAll()
        let content = unsafe UnsafeBufferPointer(start: start, count: rawLength)
        guard unsafe JSONText.unescape(content, into: payloadText) else {
            return refuse("bad-json", "an escape in \"payload\" is not well formed")
        }
        if mapped { payloadText.unmap() }
        // The length on the wire tells a JSON string (quotes counted) from a text.
        if let declared, declared != payloadText.count {
            if declared == rawLength + 2, !mapped {
                unsafe payload(start - 1, rawLength + 2)
                return .record
            }
            return refuse(
                "truncated",
                "\"payloadlen\" says \(declared) bytes, the payload has \(payloadText.count): the recorder cut it")
        }
        return takeText()
    }

    private mutating func takeBase64(
        _ raw: UnsafePointer<csj_record>, _ base: UnsafePointer<UInt8>, _ declared: Int?
    ) -> Step {
        let text = unsafe UnsafeBufferPointer(
            start: base + Int(raw.pointee.payload_base64.at), count: Int(raw.pointee.payload_base64.length))
        payloadText.removeAll()
        guard unsafe Int(raw.pointee.payload_base64.kind) == CSJ_STRING, unsafe Base64.decode(text, into: payloadText)
        else {
            return refuse("bad-base64", "\"payload_base64\" is not base64")
        }
        if let declared, declared != payloadText.count {
            return refuse("truncated", "\"payloadlen\" says \(declared) bytes, the payload has \(payloadText.count)")
        }
        return takeText()
    }

    /// The payload is what stands in `payloadText`; where it looks like an object its fields are read.
    private mutating func takeText() -> Step {
        payloadText.pad(Int(CSJ_PADDING))
        let text = unsafe payloadText.bytes
        unsafe record.payload = text
        switch unsafe text.first(where: { $0 > 0x20 }) {
        case 0x7B where unsafe readFields(of: text): break
        // An object that is not well formed as it is, or may stand behind a byte order mark.
        case 0x7B, 0xEF: mend()
        default: break
        }
        return .record
    }

    /// - Returns: whether the text is an object; then its fields are the record's.
    private mutating func readFields(of text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return false }
        var found = 0
        record.fieldsError = unsafe csj_read_object(
            parser.handle, start, text.count, parser.fields.baseAddress, JSONParser.fieldsMax, &found)
        guard record.fieldsError == 0 else { return false }
        unsafe record.fields = .init(start: parser.fields.baseAddress, count: min(found, JSONParser.fieldsMax))
        unsafe record.fieldBase = start
        return true
    }

    /// Reads the payload once more with what devices put into it mended; the record's payload stays what it was.
    @inline(never)
    private mutating func mend() {
        guard let text = unsafe PayloadRepair.mended(record.payload) else { return }
        mendedText.removeAll()
        unsafe text.withUnsafeBufferPointer { unsafe mendedText.append($0) }
        mendedText.pad(Int(CSJ_PADDING))
        unsafe record.mended = mendedText.bytes
        if text.first == 0x7B { _ = unsafe readFields(of: record.mended) }
    }

    private mutating func payload(_ start: UnsafePointer<UInt8>, _ count: Int) {
        unsafe record.payload = UnsafeBufferPointer(start: start, count: count)
    }

    /// The content of a string value; in `topicText` where it had escapes or mapped bytes.
    private func string(_ value: csj_value, _ base: UnsafePointer<UInt8>, _ mapped: Bool) -> UnsafeBufferPointer<UInt8>?
    {
        let raw = unsafe UnsafeBufferPointer(start: base + Int(value.at), count: Int(value.length))
        switch Int(value.kind) {
        case CSJ_STRING where !mapped: return unsafe raw
        case CSJ_STRING, CSJ_ESCAPED:
            topicText.removeAll()
            guard unsafe JSONText.unescape(raw, into: topicText) else { return nil }
            if mapped { topicText.unmap() }
            return unsafe topicText.bytes
        default: return nil
        }
    }

    private func excerpt(_ text: UnsafeBufferPointer<UInt8>) -> String {
        unsafe String(decoding: text.prefix(60), as: UTF8.self)
    }

    // MARK: %U %t %p and %I %t %p

    private mutating func readPlain(_ text: UnsafeBufferPointer<UInt8>) -> Step {
        guard let firstBlank = unsafe text.firstIndex(of: 0x20) else {
            return refuse("not-a-record", "a line that starts with a time has no topic behind it")
        }
        let time = unsafe UnsafeBufferPointer(rebasing: text[..<firstBlank])
        guard let stamp = unsafe stampOfPlain(time) else {
            return refuse("bad-time", "the line starts with no time: \(unsafe excerpt(time))")
        }
        record.stampMicroseconds = stamp
        let rest = unsafe UnsafeBufferPointer(rebasing: text[(firstBlank + 1)...])
        let topicEnd = unsafe rest.firstIndex(of: 0x20) ?? rest.endIndex
        unsafe record.topic = UnsafeBufferPointer(rebasing: rest[..<topicEnd])
        if unsafe record.topic.isEmpty { return refuse("no-topic", "the record's topic is empty") }
        payloadText.removeAll()
        if topicEnd < rest.endIndex {
            let payload = unsafe UnsafeBufferPointer(rebasing: rest[(topicEnd + 1)...])
            // What `%p` prints of an empty payload.
            if unsafe !payload.elementsEqual("(null)".utf8) { unsafe payloadText.append(payload) }
        }
        return takeText()
    }

    /// `1772712930.116332801` (`%U`) or `2026-03-05T20:15:30+0800` (`%I`).
    private mutating func stampOfPlain(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        if unsafe text.contains(0x54) || text.contains(0x2D) { return unsafe stamps.read(text) }
        var seconds: Int64 = 0
        var index = 0
        while index < text.count, unsafe text[index] != 0x2E {
            let digit = unsafe text[index] &- 48
            guard digit < 10, index < 13 else { return nil }
            seconds = seconds * 10 + Int64(digit)
            index += 1
        }
        index += 1
        var micros: Int64 = 0
        var scale: Int64 = 100_000
        while index < text.count {
            let digit = unsafe text[index] &- 48
            guard digit < 10 else { return nil }
            micros += Int64(digit) * scale
            scale /= 10
            index += 1
        }
        guard seconds > 0 else { return nil }
        // As with JSON: a number too large for seconds (past the year 5138) is milliseconds.
        return seconds >= 100_000_000_000 ? seconds * 1000 : seconds * 1_000_000 + micros
    }
}

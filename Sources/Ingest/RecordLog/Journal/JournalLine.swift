import CSIMDJSON
import Glibc
import JSONWriting
package import Timekeeping

/// Writes records in the journal's form, which is that of `mosquitto_sub -F '%J'` and gives back the payload's bytes
/// exactly.
///
/// | payload | written as |
/// |---|---|
/// | one valid JSON value, at most 64 deep, on one line, without blanks around it | itself |
/// | other valid UTF-8 | a JSON string; `payloadlen` (bytes of the text) tells it from a JSON string payload |
/// | anything else | `"payload_base64"` |
/// | empty | `null`, `payloadlen` 0 |
package final class JournalLine {
    private let parser = JSONParser()
    private let scratch = ScratchBytes(capacity: 4096)
    /// The last stamp and its text: under load many records come in one millisecond.
    private var stamp = Instant.distantPast
    private var stampText: [UInt8] = []

    package init() {}

    /// One record's metadata.
    package struct Head: Sendable {
        package var stamp: Instant
        package var qos: UInt8
        package var retain: Bool
        package var mid: UInt16

        package init(stamp: Instant, qos: UInt8 = 0, retain: Bool = false, mid: UInt16 = 0) {
            self.stamp = stamp
            self.qos = qos
            self.retain = retain
            self.mid = mid
        }
    }

    /// Appends one line with its line feed.
    package func append(
        _ head: Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]
    ) {
        if head.stamp != stamp || stampText.isEmpty {
            stamp = head.stamp
            stampText = Array(ISO8601.writeStamp(head.stamp).utf8)
        }
        text("{\"tst\":\"", &out)
        out.append(contentsOf: stampText)
        text("\",\"topic\":", &out)
        unsafe JSONString.append(topic, to: &out)
        text(",\"qos\":", &out)
        number(Int(head.qos), &out)
        text(head.retain ? ",\"retain\":1,\"payloadlen\":" : ",\"retain\":0,\"payloadlen\":", &out)
        number(payload.count, &out)
        if head.qos > 0 {
            text(",\"mid\":", &out)
            number(Int(head.mid), &out)
        }
        unsafe append(payload, to: &out)
        text("}\n", &out)
    }

    /// Appends a record of the daemon's own, `$shouwang/…`.
    package func appendOwn(_ stamp: Instant, name: String, json: String, to out: inout [UInt8]) {
        var topic = "$shouwang/" + name
        var payload = json
        topic.withUTF8 { topic in
            payload.withUTF8 { payload in unsafe append(Head(stamp: stamp), topic: topic, payload: payload, to: &out) }
        }
    }

    private func append(_ payload: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        guard let first = unsafe payload.first, let last = unsafe payload.last else {
            text(",\"payload\":null", &out)
            return
        }
        scratch.removeAll()
        unsafe scratch.append(payload)
        scratch.pad(Int(CSJ_PADDING))
        // Sound: both searches stay within the payload.
        let isOneLine =
            unsafe payload.baseAddress.map { base in
                unsafe memchr(base, 0x0A, payload.count) == nil && memchr(base, 0x0D, payload.count) == nil
            } ?? true
        if first > 0x20, last > 0x20, isOneLine, unsafe parser.isValid(scratch.bytes) {
            text(",\"payload\":", &out)
            unsafe out.append(contentsOf: payload)
        } else if unsafe String(validating: payload, as: UTF8.self) != nil {
            text(",\"payload\":", &out)
            unsafe JSONString.append(payload, to: &out)
        } else {
            text(",\"payload_base64\":\"", &out)
            unsafe Base64.encode(payload, into: &out)
            text("\"", &out)
        }
    }

    private func text(_ text: StaticString, _ out: inout [UInt8]) {
        // Sound: a literal's bytes live as long as the program.
        unsafe out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Decimal digits; of numbers that are not negative.
    private func number(_ value: Int, _ out: inout [UInt8]) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            out.append(UInt8(48 + value / divisor % 10))
            divisor /= 10
        }
    }
}

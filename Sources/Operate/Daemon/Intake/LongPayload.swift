import Feeds
import RecordLog
import Vocabulary

/// Payloads that are longer than `limits.payload`: refused, unless they call for help; those count, up to the broker's
/// own limit. Pure; the intake asks.
enum LongPayload {
    enum Verdict: Equatable {
        case refused(Refusal)
        /// To be stored as it came.
        case whole
        /// To be stored without its long texts. `what`: which message, for the log.
        case shortened([UInt8], what: String)
    }

    /// Decoded as the journal's line will be; where no log is read with such a line, without its long texts.
    /// O(payload).
    static func judge(
        _ head: JournalLine.Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, max: Int,
        decoder: inout Decoder
    ) -> Verdict {
        let name = unsafe String(decoding: topic.prefix(200), as: UTF8.self)
        let words = "a payload of \(payload.count) bytes; limits.payload is \(max)"
        var refusal = Refusal(line: 0, code: "payload-too-long", detail: words, topic: name)
        guard unsafe decoder.plan.mayCall(payload) else { return .refused(refusal) }
        guard payload.count > lineMax else {
            return unsafe isCall(head, topic, payload, &decoder, &refusal) ? .whole : .refused(refusal)
        }
        let rest = unsafe shortened(payload)
        let isTaken = unsafe rest.withUnsafeBufferPointer {
            unsafe $0.count <= lineMax && isCall(head, topic, $0, &decoder, &refusal)
        }
        return isTaken ? .shortened(rest, what: "\(name): \(words)") : .refused(refusal)
    }

    /// - Parameter refusal: where it may be a call that cannot be read, it says so.
    private static func isCall(
        _ head: JournalLine.Head, _ topic: UnsafeBufferPointer<UInt8>, _ payload: UnsafeBufferPointer<UInt8>,
        _ decoder: inout Decoder, _ refusal: inout Refusal
    ) -> Bool {
        var text: [UInt8] = []
        unsafe JournalLine().append(head, topic: topic, payload: payload, to: &text)
        let batch = decoder.decode(Chunk(text: text, file: "a long message"))
        if batch.observations.contains(where: \.kind.isLifeSafety) { return true }
        if let first = batch.refusals.first, first.code == Decoder.unreadableCall { refusal = first }
        return false
    }

    /// Whatever its bytes are, a payload of this length fits a line that can be read again: in a JSON string a byte
    /// takes six at most, and a line is read up to 64 MiB.
    static let lineMax = 10 << 20
    /// Texts up to here stay.
    private static let textMax = 4096

    /// The payload with each JSON string of more than 4 KiB replaced by its length: what is that long is a picture, and
    /// what tells of an alarm is short. Bytes in strings alone are cut, so that JSON stays JSON; O(n).
    static func shortened(_ payload: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        var out: [UInt8] = []
        /// Where the string began that runs now, in `out`; nil outside of one.
        var start: Int?
        var length = 0
        var isEscaped = false
        for index in 0..<payload.count {
            let byte = unsafe payload[index]
            guard let begin = start else {
                if byte == quote {
                    start = out.count
                    length = 0
                }
                out.append(byte)
                continue
            }
            if byte == quote, !isEscaped {
                if length > textMax {
                    out.removeLast(out.count - begin - 1)
                    out.append(contentsOf: "[\(length) bytes]".utf8)
                }
                out.append(byte)
                start = nil
                continue
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            length += 1
            // What is beyond will be cut anyway.
            if length <= textMax + 1 { out.append(byte) }
        }
        return out
    }
}

import RecordLog
import Vocabulary

/// What is not taken, and why.
extension Decoder {
    /// The code of what cannot be read and names, somewhere in its bytes, a kind that tells of a life in danger. Each
    /// is told, since somebody may be waiting; none makes an alert.
    package static let unreadableCall = "unreadable-call"

    /// Reasons for which nobody knows what a record says.
    private static let unreadable: Set<String> = [
        "bad-payload", "no-type", "unknown-type", "bad-status", "bad-topic", "no-device", "unknown-family",
    ]
    /// The same of lines that are no records; not those that tell of the log itself.
    private static let unreadableLines: Set<String> = [
        "bad-json", "not-a-record", "no-topic", "bad-time", "truncated", "bad-base64",
    ]

    @inline(never)
    mutating func refuse(
        _ reason: DecodeError, _ view: borrowing RecordView, line: Int, from first: Int, _ record: inout DecodedRecord
    ) {
        record.marks.insert(.refused)
        if reason.code == "spoofed-device" { record.marks.insert(.spoofed) }
        batch.observations.removeLast(batch.observations.count - first)
        let name = unsafe String(decoding: view.topic.prefix(200), as: UTF8.self)
        var refusal = Refusal(line: line, code: reason.code, detail: reason.detail, topic: name)
        let isOpen = reason.code == "no-event" && !reason.isNoCall && isCalling(feed: record.feed)
        if isOpen || Decoder.unreadable.contains(reason.code), unsafe CallWords.occur(inAny: view.payload) {
            Decoder.mark(&refusal)
        } else if unsafe view.payload.count > plan.payloadMax, record.feed < DecodedRecord.feedsMax {
            let reason = unsafe Decoder.tooLong(view.payload.count, plan.payloadMax)
            refusal.code = reason.code
            refusal.detail = reason.detail
        }
        batch.refusals.append(refusal)
    }

    /// A line that is no record. Of the journal's own lines the code stays what it is: they tell of its storage.
    @inline(never)
    mutating func report(_ refusal: Refusal, _ line: UnsafeBufferPointer<UInt8>, isJournal: Bool) {
        var refusal = refusal
        if !isJournal, Decoder.unreadableLines.contains(refusal.code), unsafe CallWords.occur(inAny: line) {
            Decoder.mark(&refusal)
        }
        batch.refusals.append(refusal)
    }

    private static func mark(_ refusal: inout Refusal) {
        refusal.detail = "it may call for help and cannot be read (\(refusal.code)): \(refusal.detail)"
        refusal.code = unreadableCall
    }

    /// Whether the feed's format has words of its own for a call for help.
    private func isCalling(feed: UInt8) -> Bool {
        Int(feed) < plan.feeds.count && plan.feeds[Int(feed)].callsInItsOwnWords
    }

    /// A payload beyond the limit counts only where it calls for help.
    @inline(never)
    mutating func refuseLong(_ view: borrowing RecordView, from first: Int) throws(DecodeError) {
        if batch.observations[first...].contains(where: \.kind.isLifeSafety) { return }
        throw unsafe Decoder.tooLong(view.payload.count, plan.payloadMax)
    }

    private static func tooLong(_ count: Int, _ limit: Int) -> DecodeError {
        DecodeError("payload-too-long", "the payload has \(count) bytes, the limit is \(limit)")
    }
}

extension FeedPlan {
    /// Whether a payload beyond the limit may be a call for help: by its words, or in a format that has its own.
    package func mayCall(_ payload: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe CallWords.occur(in: payload) || feeds.contains(where: \.callsInItsOwnWords)
    }
}

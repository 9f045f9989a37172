import Community
package import RecordLog
import Timekeeping
import Vocabulary

/// Records to observations: a pure function of the record and the plan. Holds only caches, so that any number of
/// decoders, each on its own thread, give the same.
///
/// What a record passes through is `mutating`, changed or not: the compiler would pass a copy of the whole decoder.
package struct Decoder {
    /// docs/feeds.md, "Time": an observation's own time is believed from here on, of a record that is older from
    /// a day before its arrival …
    static var earliest: Instant { Instant(milliseconds: 1_577_836_800_000) }  // 2020-01-01T00:00:00Z
    static var behindMax: Milliseconds { Milliseconds.hours(24) }
    /// What is not believed because it is older, but not older than this, may have been handed in late.
    static var lateMax: Milliseconds { Milliseconds.days(30) }
    /// … until so long after the arrival.
    static var aheadMax: Milliseconds { Milliseconds.minutes(2) }
    /// Characters of a report's text that an observation has; the journal keeps all of it.
    static let textMax = 300
    /// Points of a path that are looked at: two minutes at sixteen a second. A longer one is no fall.
    static let pointsMax = 2000

    /// What a topic means, worked out once a piece. Plain numbers, so that a record costs no reference count.
    package struct Topic {
        enum Meaning: UInt8 { case feed, system, refused }

        var meaning: Meaning
        /// By number in the plan; of a feed's topic.
        var feed: Int32 = -1
        /// The device, where the topic names it.
        var device: Reference = .none
        /// What the feed's format notes of the topic, in bits of its own.
        var note: UInt64 = 0
    }

    /// What else there is to know of a topic, for the few that need it.
    package struct TopicDetail {
        /// Of a system record: what stands behind `$shouwang/`.
        var name = ""
        var refused: DecodeError?
        /// Byte offsets of the levels; of a feed's topic.
        var levels: [Range<Int>] = []
    }

    package let plan: FeedPlan
    let parser = JSONParser()
    /// Both by number in the batch's `topics`.
    var topics: ContiguousArray<Topic> = []
    var topicDetails: ContiguousArray<TopicDetail> = []
    var batch = DecodedBatch()
    /// Reused for templates and for strings with escapes.
    var text: [UInt8] = []
    var scratch: [UInt8] = []
    /// What the scalars of the record at hand that had escapes lead into.
    var unescaped: [[UInt8]] = []
    /// Reused for paths.
    var milliseconds: ContiguousArray<Double> = []
    var heights: ContiguousArray<Double> = []

    package init(plan: FeedPlan) { self.plan = plan }

    /// Decodes one piece.
    package static func decode(_ piece: Chunk, plan: FeedPlan) -> DecodedBatch {
        var decoder = Decoder(plan: plan)
        return decoder.decode(piece)
    }

    /// Decodes one piece; what is cached of topics is of this piece alone.
    package mutating func decode(_ piece: Chunk) -> DecodedBatch {
        batch = DecodedBatch()
        topics.removeAll(keepingCapacity: true)
        topicDetails.removeAll(keepingCapacity: true)
        batch.file = piece.file
        batch.linesBefore = piece.linesBefore
        batch.byteCount = piece.length
        batch.refusals = piece.problems
        batch.records.reserveCapacity(piece.length / 200)
        batch.observations.reserveCapacity(piece.length / 200)
        let parser = parser
        piece.read(with: parser) { reader in
            loop: while true {
                switch reader.next() {
                case .record:
                    if let first = piece.firstNumber { count(upTo: first + Int64(reader.line) - 1) }
                    decode(reader.record, line: reader.line)
                case .refused(let refusal):
                    unsafe report(refusal, reader.lineText, isJournal: piece.firstNumber != nil)
                case .end: break loop
                }
            }
            batch.lineCount = reader.line
        }
        let result = batch
        batch = DecodedBatch()
        return result
    }

    /// Sees to it that the next record of a journal's batch has its number: records stand in for lines that were not
    /// read. They move no clock and say nothing.
    private mutating func count(upTo number: Int64) {
        if let first = batch.firstNumber, first + Int64(batch.records.count) >= number { return }
        guard let first = batch.firstNumber, var missing = batch.records.last else { return batch.firstNumber = number }
        missing.marks = [.refused]
        missing.firstObservation = Int32(batch.observations.count)
        missing.observationCount = 0
        while first + Int64(batch.records.count) < number { batch.records.append(missing) }
    }

    private mutating func decode(_ view: borrowing RecordView, line: Int) {
        let topic = unsafe batch.topics.insert(view.topic)
        if Int(topic) == topics.count { unsafe learn(view.topic) }
        let known = topics[Int(topic)]
        let first = batch.observations.count
        var record = DecodedRecord(
            stampMicroseconds: view.stampMicroseconds, bodyHash: unsafe ByteHash.hash(view.payload), topic: topic,
            device: .none, place: -1, firstObservation: Int32(first), observationCount: 0, mid: view.mid,
            qos: view.qos, marks: view.retain ? [.retained] : [])
        if view.isStampLost { record.marks.insert(.stampLost) }
        do throws(DecodeError) {
            if known.feed >= 0 {
                record.place = plan.places[Int(known.feed)]
                record.feed = UInt8(clamping: known.feed)
            }
            switch known.meaning {
            case .feed: try plan.formats[Int(known.feed)].read(view, of: known, into: &record, with: &self)
            case .system:
                record.marks.insert(.system)
                let name = topicDetails[Int(topic)].name
                batch.systemRecords[Int32(batch.records.count)] = SystemRecord(name, view, zone: plan.zone)
            case .refused: if let reason = topicDetails[Int(topic)].refused { throw reason }
            }
            if unsafe view.payload.count > plan.payloadMax, known.feed >= 0 { try refuseLong(view, from: first) }
        } catch {
            refuse(error, view, line: line, from: first, &record)
        }
        if !unescaped.isEmpty { unescaped.removeAll(keepingCapacity: true) }
        record.observationCount = Int16(clamping: batch.observations.count - first)
        batch.records.append(record)
    }

    // MARK: Topics

    /// Works out what the batch's newest topic means.
    private mutating func learn(_ topic: UnsafeBufferPointer<UInt8>) {
        var detail = TopicDetail()
        var result = Topic(meaning: .refused)
        do throws(DecodeError) {
            result = try unsafe meaning(of: topic, &detail)
        } catch {
            detail.refused = error
        }
        topics.append(result)
        topicDetails.append(detail)
    }

    private mutating func meaning(
        of topic: UnsafeBufferPointer<UInt8>, _ detail: inout TopicDetail
    ) throws(DecodeError) -> Topic {
        if unsafe topic.starts(with: SystemRecord.topicPrefix.utf8) {
            let name = unsafe topic.dropFirst(SystemRecord.topicPrefix.utf8.count)
            detail.name = unsafe String(decoding: name, as: UTF8.self)
            return Topic(meaning: .system)
        }
        guard let feed = plan.feeds.firstIndex(where: { unsafe Decoder.fits($0, topic) }) else {
            throw DecodeError("no-feed", "no feed of the configuration has this topic")
        }
        var result = Topic(meaning: .feed, feed: Int32(feed))
        detail.levels = unsafe Decoder.levels(of: topic)
        try unsafe plan.formats[feed].learn(topic, &result, &detail, with: &self)
        return result
    }

    private static func fits(_ feed: FeedPlan.Feed, _ topic: UnsafeBufferPointer<UInt8>) -> Bool {
        for filter in feed.filters where unsafe filter.matches(topic) { return true }
        return false
    }

    private static func levels(of topic: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        for index in 0..<topic.count where unsafe topic[index] == 0x2F {
            result.append(start..<index)
            start = index + 1
        }
        result.append(start..<topic.count)
        return result
    }

    /// A device by the name that its feed gives it: the registry's number, or a name of this batch.
    mutating func device(_ name: UnsafeBufferPointer<UInt8>) -> Reference {
        if let known = unsafe plan.registry.deviceByIdentity(name) { return .known(known.index) }
        return unsafe .unknown(batch.names.insert(name))
    }

    // MARK: Time

    /// Sets the observation's time by what the payload says (docs/feeds.md, "Time").
    static func setTime(_ observation: inout Observation, told: Instant?, wasTold: Bool) {
        guard wasTold else { return }
        if let told, told >= earliest || told >= observation.arrival - behindMax,
            told <= observation.arrival + aheadMax
        {
            observation.time = told
            observation.marks.insert(.ownTime)
        } else {
            observation.marks.insert(.clockFault)
            if let told, told <= observation.arrival, told >= observation.arrival - lateMax {
                observation.marks.insert(.perhapsLate)
            }
        }
    }

    static func arrival(_ view: borrowing RecordView) -> Instant {
        Instant(milliseconds: PayloadTime.floorDivide(view.stampMicroseconds, 1000))
    }
}

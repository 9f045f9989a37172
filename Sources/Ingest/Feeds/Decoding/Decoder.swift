import Community
import CSIMDJSON
import Glibc
package import RecordLog
import SiteConfiguration
import TextForms
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
    struct Topic {
        enum Meaning: UInt8 { case native, status, mapping, own, refused }

        var meaning: Meaning
        /// Of `native`; nil where the topic names none that is known: then it may only call for help.
        var family: DeviceFamily?
        /// The kinds that the family may tell of, as bits by their numbers.
        var kinds: UInt64 = 0
        /// By number in the plan; of a feed's topic.
        var feed: Int32 = -1
        var device: Reference = .none
    }

    /// What else there is to know of a topic, for the few that need it.
    struct TopicDetail {
        /// Of the daemon's own records: what stands behind `$shouwang/`.
        var name = ""
        var refused: DecodeError?
        /// Byte offsets of the levels, `mapping` alone.
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
    var kept: [UInt8] = []
    /// What the scalars of the record at hand that had escapes lead into.
    var keeps: [[UInt8]] = []
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
                    take(reader.record, line: reader.line)
                case .refused(let refusal):
                    unsafe refused(refusal, reader.lineText, isJournal: piece.firstNumber != nil)
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

    private mutating func take(_ view: borrowing RecordView, line: Int) {
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
            case .native, .status: try native(view, topic: known, record: &record)
            case .mapping: try mapped(view, topic: known, levels: topicDetails[Int(topic)].levels, record: &record)
            case .own:
                record.marks.insert(.own)
                batch.own[Int32(batch.records.count)] = ownRecord(topicDetails[Int(topic)].name, view)
            case .refused: if let reason = topicDetails[Int(topic)].refused { throw reason }
            }
            if unsafe view.payload.count > plan.payloadMax, known.feed >= 0 { try refuseLong(view, from: first) }
        } catch {
            refuse(error, view, line: line, from: first, &record)
        }
        if !keeps.isEmpty { keeps.removeAll(keepingCapacity: true) }
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
        if unsafe topic.starts(with: "$shouwang/".utf8) {
            detail.name = unsafe String(decoding: topic.dropFirst(10), as: UTF8.self)
            return Topic(meaning: .own)
        }
        guard let feed = plan.feeds.firstIndex(where: { unsafe Decoder.fits($0, topic) }) else {
            throw DecodeError("no-feed", "no feed of the configuration has this topic")
        }
        var result = Topic(meaning: .mapping, feed: Int32(feed))
        detail.levels = unsafe Decoder.levels(of: topic)
        if case .native = plan.feeds[feed].format { try unsafe nativeTopic(topic, &detail, &result) }
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

/// The fields that say what an observation is about, in whatever format they came.
extension Decoder {
    /// Reads `value` as the kind needs it.
    mutating func setValue(
        _ observation: inout Observation, _ value: JSONScalar, manner: MappedEvent.Manner?
    ) throws(DecodeError) {
        switch observation.kind {
        case .motion:
            // Without a value it is a detection (docs/feeds.md).
            let isUntold = unsafe value.kind == .absent || value.isEmpty
            observation.reading = isUntold ? .on : try unsafe Decoder.reading(value)
            if manner != .state { observation.marks.insert(.detection) }
        case .contact, .presence, .bed:
            observation.reading = try unsafe Decoder.reading(value)
            if manner == .detection { observation.marks.insert(.detection) }
        case .power, .water:
            try unsafe setUse(&observation, value)
            observation.marks.insert(.detection)
        default: if unsafe value.kind != .absent { unsafe setOther(&observation, value) }
        }
    }

    /// A number as a number or as a text: any that is more than nothing is use. Else the words of a state.
    @inline(__always)
    private mutating func setUse(_ observation: inout Observation, _ value: JSONScalar) throws(DecodeError) {
        if unsafe value.kind == .number, unsafe value.number.isFinite {
            observation.number = unsafe value.number
            observation.reading = unsafe value.number > 0 ? .on : .off
        } else {
            try unsafe setUnusualUse(&observation, value)
        }
    }

    @inline(never)
    private mutating func setUnusualUse(_ observation: inout Observation, _ value: JSONScalar) throws(DecodeError) {
        if unsafe value.isEmpty { return }
        if let number = unsafe ToldNumber.read(value) {
            observation.number = number
            observation.reading = number > 0 ? .on : .off
        } else if unsafe value.kind == .number {
            // More than a double holds: how much is not known, that it is something is.
            observation.reading = unsafe value.number > 0 ? .on : .off
            note(unreadable: .value, of: observation.device)
        } else {
            observation.reading = try unsafe Decoder.reading(value)
        }
    }

    /// A value of a kind that needs none. Of a call for help it may say that it is none.
    @inline(never)
    private mutating func setOther(_ observation: inout Observation, _ value: JSONScalar) {
        if let number = unsafe ToldNumber.read(value) { observation.number = number }
        if observation.kind.isLifeSafety, unsafe Decoder.isDenied(value) { observation.marks.insert(.noCall) }
    }

    /// Whether a value says no: false, 0, or the words that sensors use for it. Null, empty and anything else does not.
    static func isDenied(_ value: JSONScalar) -> Bool {
        switch unsafe value.kind {
        case .truth: unsafe !value.truth
        case .number: unsafe ExactDecimal.isZero(value.text)
        case .text:
            unsafe value.isWord("false") || value.isWord("off") || value.isWord("no")
                || ExactDecimal.isZero(PayloadRepair.trimmed(value.text))
        default: false
        }
    }

    /// On and off in the words that sensors use.
    static func reading(_ value: JSONScalar) throws(DecodeError) -> Reading {
        switch unsafe value.kind {
        case .truth: return unsafe value.truth ? .on : .off
        case .number:
            if unsafe value.isPlain, let whole = unsafe value.integer {
                if whole == 1 { return .on }
                if whole == 0 { return .off }
            } else {
                if unsafe value.isNumber("1") { return .on }
                if unsafe value.isNumber("0") { return .off }
            }
        case .text:
            for word in ["on", "open", "true", "1", "occupied", "yes", "in", "detected"] as [StaticString]
            where unsafe value.isWord(word) { return .on }
            for word in ["off", "closed", "close", "false", "0", "clear", "no", "out", "empty"] as [StaticString]
            where unsafe value.isWord(word) { return .off }
            if unsafe value.isNumber("1") { return .on }
            if unsafe value.isNumber("0") { return .off }
        default: break
        }
        throw DecodeError("bad-value", "the value \(unsafe value.excerpt) is neither on nor off")
    }

    mutating func setCamera(
        _ observation: inout Observation, confidence told: JSONScalar, zone: JSONScalar, floor: JSONScalar
    ) {
        if unsafe told.kind == .number, unsafe (0...1).contains(told.number) {
            observation.confidence = unsafe Float(told.number)
        } else if unsafe told.kind != .absent {
            observation.confidence = unsafe confidence(told, of: observation.device)
        }
        if unsafe floor.kind != .absent {
            let number = unsafe number(.floor, floor, of: observation.device, in: -32_767...32_767)
            if let number { observation.floor = Int16(number.rounded()) }
        }
        if unsafe zone.kind == .text || zone.kind == .number, unsafe !zone.isEmpty {
            let known = unsafe plan.zones.find(PayloadRepair.trimmed(exact(zone)))
            observation.zone = known >= 0 ? Int16(known) : -2
            return
        }
        if unsafe !zone.isEmpty { note(unreadable: .zone, of: observation.device) }
        if let device = observation.device.known {
            // A camera that does not say where it looks looks at what the registry says it is: lift, facade, lane.
            observation.zone = plan.zoneOfDevice[Int(device)]
        }
    }

    mutating func setDirection(_ observation: inout Observation, _ told: JSONScalar) {
        if let device = observation.device.known {
            switch plan.directions[Int(device)] {
            case .inward:
                observation.marks.insert(.inward)
                return
            case .outward:
                observation.marks.insert(.outward)
                return
            case .table: return unsafe setDirection(&observation, told, of: Int(device))
            case .payload: break
            }
        }
        guard unsafe told.kind == .text else { return }
        if unsafe told.isWord("in") { observation.marks.insert(.inward) }
        if unsafe told.isWord("out") { observation.marks.insert(.outward) }
    }

    /// By the registry's table for this device, which says what the device calls in and out.
    private mutating func setDirection(_ observation: inout Observation, _ told: JSONScalar, of device: Int) {
        guard unsafe told.kind == .text || told.kind == .number,
            case .table(let entries) = plan.registry.devices[device].direction
        else { return }
        for entry in entries where unsafe Decoder.same(told, entry.value) {
            observation.marks.insert(entry.direction == .in ? .inward : .outward)
        }
    }

    /// A text is compared as it is, but for blanks around it; a number as an exact decimal.
    private static func same(_ told: JSONScalar, _ name: String) -> Bool {
        if unsafe told.text.elementsEqual(name.utf8) { return true }
        if unsafe told.kind == .text { return unsafe PayloadRepair.trimmed(told.text).elementsEqual(name.utf8) }
        var name = name
        return name.withUTF8 { unsafe ExactDecimal.areEqual(told.text, $0) }
    }
}

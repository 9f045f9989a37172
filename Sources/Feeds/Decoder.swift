import Community
import CSIMDJSON
import Glibc
package import RecordLog
import SiteConfiguration
import Timekeeping

/// Records to observations: a pure function of the record and the plan. Holds only caches, so that any number of
/// decoders, each on its own thread, give the same.
package struct Decoder {
    /// docs/architecture.md, "Time": an observation's own time is believed from here on …
    static let earliest = Instant(milliseconds: 1_577_836_800_000)  // 2020-01-01T00:00:00Z
    /// … until so long after the arrival.
    static let aheadMax = Milliseconds.minutes(2)
    /// Times in records of the daemon's own are read up to 2100-01-01T00:00:00Z.
    static let ownTimesEnd = Instant(milliseconds: 4_102_444_800_000)

    /// What a topic means, worked out once a piece.
    struct Topic {
        enum Meaning {
            case feed(Int)
            case own(String)
            case refused(Refused)
        }

        var meaning: Meaning
        /// Of `native`: the family, and the device's status topic.
        var family: Family?
        var isStatus = false
        /// Byte offsets of the levels, `mapping` alone.
        var levels: [Range<Int>] = []
        var device: Reference = .none
    }

    let plan: FeedPlan
    let parser = JSONParser()
    var topics: ContiguousArray<Topic> = []
    var batch = DecodedBatch()
    /// Reused for templates and for strings with escapes.
    var text: [UInt8] = []
    var kept: [UInt8] = []

    package init(plan: FeedPlan) { self.plan = plan }

    /// Decodes one piece.
    package static func decode(_ piece: Piece, plan: FeedPlan) -> DecodedBatch {
        var decoder = Decoder(plan: plan)
        return decoder.decode(piece)
    }

    /// Decodes one piece; what is cached of topics is of this piece alone.
    package mutating func decode(_ piece: Piece) -> DecodedBatch {
        batch = DecodedBatch()
        topics.removeAll(keepingCapacity: true)
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
                case .refused(let refusal): batch.refusals.append(refusal)
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
        guard let first = batch.firstNumber, var missing = batch.records.last else { return batch.firstNumber = number }
        guard first + Int64(batch.records.count) < number else { return }
        missing.marks = [.refused]
        missing.firstObservation = Int32(batch.observations.count)
        missing.observationCount = 0
        while first + Int64(batch.records.count) < number { batch.records.append(missing) }
    }

    private mutating func take(_ view: RecordView, line: Int) {
        let index = Int32(batch.records.count)
        let topic = unsafe batch.topics.insert(view.topic)
        if Int(topic) == topics.count { topics.append(unsafe meaning(of: view.topic)) }
        let known = topics[Int(topic)]
        var record = DecodedRecord(
            stampMicroseconds: view.stampMicroseconds, bodyHash: unsafe ByteHash.hash(view.payload), topic: topic,
            device: .none, place: -1, firstObservation: Int32(batch.observations.count), observationCount: 0,
            mid: view.mid,
            qos: view.qos, marks: view.retain ? [.retained] : [])
        do throws(Refused) {
            switch known.meaning {
            case .refused(let reason): throw reason
            case .own(let name):
                record.marks.insert(.own)
                batch.own[index] = ownRecord(name, view)
            case .feed(let feed):
                guard unsafe view.payload.count <= plan.payloadMax else {
                    throw Refused(
                        "payload-too-long",
                        "the payload has \(unsafe view.payload.count) bytes, the limit is \(plan.payloadMax)")
                }
                record.place = plan.feeds[feed].place?.index ?? -1
                switch plan.feeds[feed].format {
                case .native: try native(view, topic: known, feed: plan.feeds[feed], record: &record)
                case .mapping(let mapping):
                    try mapped(view, mapping, topic: known, feed: plan.feeds[feed], record: &record)
                }
            }
        } catch {
            record.marks.insert(.refused)
            batch.observations.removeLast(batch.observations.count - Int(record.firstObservation))
            let name = unsafe String(decoding: view.topic.prefix(200), as: UTF8.self)
            batch.refusals.append(Refusal(line: line, code: error.code, detail: error.detail, topic: name))
        }
        record.observationCount = Int16(clamping: batch.observations.count - Int(record.firstObservation))
        batch.records.append(record)
    }

    // MARK: Topics

    private mutating func meaning(of topic: UnsafeBufferPointer<UInt8>) -> Topic {
        if unsafe topic.starts(with: "$shouwang/".utf8) {
            return Topic(meaning: .own(unsafe String(decoding: topic.dropFirst(10), as: UTF8.self)))
        }
        guard let feed = plan.feeds.firstIndex(where: { unsafe Decoder.fits($0, topic) }) else {
            return Topic(meaning: .refused(Refused("no-feed", "no feed of the configuration has this topic")))
        }
        var result = Topic(meaning: .feed(feed))
        result.levels = unsafe Decoder.levels(of: topic)
        if case .native = plan.feeds[feed].format { unsafe nativeTopic(topic, &result) }
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

    /// A person by what the device calls them.
    mutating func person(_ name: UnsafeBufferPointer<UInt8>, device: Reference, feed: FeedPlan.Feed) -> Reference {
        if name.isEmpty { return .none }
        let known = unsafe plan.registry.residentByCredential(
            name, device: device.known.map { DeviceID(index: $0) }, feed: feed.name)
        if let known { return .known(known.index) }
        return unsafe .unknown(batch.names.insert(name))
    }

    // MARK: Time

    /// Sets the observation's time by what the payload says (docs/architecture.md, "Time").
    func setTime(_ observation: inout Observation, told: Instant?, wasTold: Bool) {
        guard wasTold else { return }
        if let told, told >= Decoder.earliest, told <= observation.arrival + Decoder.aheadMax {
            observation.time = told
            observation.marks.insert(.ownTime)
        } else {
            observation.marks.insert(.clockFault)
        }
    }

    static func arrival(_ view: RecordView) -> Instant {
        Instant(milliseconds: PayloadTime.floorDivide(view.stampMicroseconds, 1000))
    }

    // MARK: The daemon's own records

    private mutating func ownRecord(_ name: String, _ view: RecordView) -> OwnRecord {
        switch name {
        case "start": return .start(downSince: ownTime("down_since", view))
        case "config": return .config
        case "tick": return .tick
        case "segment", "sum": return .bookkeeping
        case "clock":
            let why = ownText("why", view)
            guard let from = ownTime("from", view), let to = ownTime("to", view) else { return .unknown("clock") }
            switch why {
            case "step": return .clockStepped(from: from, to: to)
            case "boot": return .clockSet(to: to)
            default: return .unknown("clock/" + why.prefix(40))
            }
        case "lost":
            guard let from = unsafe ownField("from", view, { unsafe $0.integer }),
                let to = unsafe ownField("to", view, { unsafe $0.integer })
            else { return .unknown("lost") }
            return .lost(from: from, to: to)
        case "session":
            let state = ownText("state", view)
            switch state {
            case "connected":
                let present = unsafe ownField("present", view) { unsafe $0.truth }
                return .sessionConnected(present: present ?? false)
            case "lost": return .sessionLost(since: ownTime("since", view))
            case "settled": return .sessionSettled
            default: return .unknown("session/" + state.prefix(40))
            }
        default: return .unknown(String(name.prefix(60)))
        }
    }

    /// What `read` makes of the last field with this key; nil where there is none.
    private mutating func ownField<T>(_ key: StaticString, _ view: RecordView, _ read: (JSONScalar) -> T?) -> T? {
        var found: T?
        for index in unsafe view.fields.indices {
            let field = unsafe view.fields[index]
            // Sound: `kept` is not touched while the scalar is read.
            if view.key(field, is: key) { found = unsafe read(view.scalar(field.value, keep: &kept)) }
        }
        return found
    }

    private mutating func ownText(_ key: StaticString, _ view: RecordView) -> String {
        unsafe ownField(key, view) { unsafe String(decoding: $0.text, as: UTF8.self) } ?? ""
    }

    /// Epoch milliseconds or ISO 8601, of years that a clock can show.
    private mutating func ownTime(_ key: StaticString, _ view: RecordView) -> Instant? {
        let zone = plan.zone
        let time = unsafe ownField(key, view) { unsafe PayloadTime.read($0, zone: zone) }
        return time.flatMap { $0 >= .distantPast && $0 < Decoder.ownTimesEnd ? $0 : nil }
    }
}

extension RecordView {
    /// Whether a field has this key; keys are compared byte by byte.
    func key(_ field: csj_field, is name: StaticString) -> Bool {
        guard Int(field.key_length) == name.utf8CodeUnitCount, let base = unsafe fieldBase else { return false }
        // Sound: both are `key_length` bytes long.
        return unsafe memcmp(base + Int(field.key_at), name.utf8Start, Int(field.key_length)) == 0
    }
}

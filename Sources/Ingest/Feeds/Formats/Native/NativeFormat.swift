import Community
import CSIMDJSON
package import RecordLog
import Timekeeping
import Vocabulary

/// The product's own feed (docs/feeds.md): topics `community/{site}/{family}/{device}`, with
/// `…/status` for the last will; a JSON object as payload. Unknown fields are left alone: they stay in the journal as
/// evidence.
package struct NativeFormat: FeedFormat {
    package static let name = "native"

    package init?(_ feed: FeedSection) {}

    /// The topic of a device's messages at a site.
    /// - Parameter path: the family and the device, as `elder/pir-1`.
    package static func topic(site: String, _ path: String) -> String { "community/\(site)/\(path)" }

    /// The last wills under `…/status` belong to a feed by themselves.
    package func subscriptions(of topic: String) -> [String] {
        topic.hasSuffix("#") || topic.hasSuffix("/status") ? [topic] : [topic, topic + "/status"]
    }

    /// All that its families may tell, and any field.
    package func abilities(of topic: String, isOneWay: Bool) -> [FeedAbility] {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var kinds = Set(ObservationKind.allCases)
        if levels.count > 2, let family = DeviceFamily(rawValue: levels[2]) {
            let own = NativeTypes.kinds(of: family)
            // A call for help is one from any family.
            kinds = kinds.filter { $0.isLifeSafety || own >> UInt64($0.rawValue) & 1 != 0 }
        }
        return [FeedAbility(kinds: kinds, fields: Set(FeedAbility.Field.allCases))]
    }

    package func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError) {
        let levels = detail.levels
        let isStatus = levels.count == 5 ? unsafe topic[levels[4]].elementsEqual("status".utf8) : false
        guard levels.count == 4 || isStatus else {
            throw DecodeError(
                "bad-topic", "a native topic is community/{site}/{family}/{device}, with /status for a last will")
        }
        let word = unsafe String(decoding: topic[levels[2]], as: UTF8.self)
        let family = DeviceFamily(rawValue: word)
        if family == nil {
            let names = DeviceFamily.allCases.map(\.rawValue).joined(separator: ", ")
            detail.refused = DecodeError("unknown-family", "\"\(word)\" is no family; known are \(names)")
        }
        guard !detail.levels[3].isEmpty else { throw DecodeError("no-device", "the topic names no device") }
        known.note = NativeTopic(family, isStatus: isStatus).bits
        known.device = unsafe decoder.device(UnsafeBufferPointer(rebasing: topic[detail.levels[3]]))
    }

    @inline(__always)
    package func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError) {
        try decoder.readNative(view, of: topic, into: &record)
    }
}

extension Decoder {
    fileprivate mutating func readNative(
        _ view: borrowing RecordView, of topic: Topic, into record: inout DecodedRecord
    ) throws(DecodeError) {
        let native = NativeTopic(bits: topic.note)
        record.device = topic.device
        var observation = Observation(kind: .heartbeat, arrival: Decoder.arrival(view))
        observation.device = topic.device
        if view.retain { observation.marks.insert(.retained) }
        if native.isStatus {
            let isRead = try isStatus(view, topic, &observation, record)
            if isRead { return }
        }
        if view.fieldsError != 0 { throw unreadable(view, topic, record) }
        let fields = NativeFields(view, plan.native.keys)
        observation.kind = try unsafe kind(scalar(.type, fields, view), view, topic, record)
        if fields.has(.device) { try compareDevice(fields, view, topic, observation.kind, &record) }
        if fields.has(.id) { unsafe setID(scalar(.id, fields, view), &record) }
        if fields.has(.ts) {
            let time = unsafe scalar(.ts, fields, view)
            let told = unsafe time.isTold ? PayloadTime.read(time, zone: plan.zone) : nil
            unsafe Decoder.setTime(&observation, told: told, wasTold: time.isTold)
        }
        try unsafe setValue(&observation, scalar(.value, fields, view), as: nil)
        unsafe setCamera(
            &observation, confidence: scalar(.confidence, fields, view), zone: scalar(.zone, fields, view),
            floor: scalar(.floor, fields, view))
        unsafe setDirection(&observation, scalar(.dir, fields, view))
        if fields.has(.person) || fields.has(.credential) {
            observation.person = unsafe who(
                scalar(.person, fields, view), scalar(.credential, fields, view), device: topic.device,
                feed: topic.feed)
        }
        if fields.hasDetails { setDetails(&observation, fields, view, family: native.family) }
        batch.observations.append(observation)
    }

    // MARK: Parts

    /// Reads a last will, or a device's word under the same topic; an empty one takes a retained word back, and says
    /// nothing.
    /// - Returns: false where the payload is a call for help, which is read as on any other topic.
    private mutating func isStatus(
        _ view: borrowing RecordView, _ topic: Topic, _ observation: inout Observation, _ record: DecodedRecord
    ) throws(DecodeError) -> Bool {
        if view.fieldsError == 0 {
            let isHelp = isCall(view)
            if isHelp { return false }
        }
        if let reason = refused(topic, record) { throw reason }
        let word = unsafe PayloadRepair.trimmed(view.text)
        if word.isEmpty { return true }
        guard let kind = unsafe status(view, word) else {
            let text = unsafe String(decoding: view.payload.prefix(40), as: UTF8.self)
            throw DecodeError("bad-status", "a status is online or offline, not \"\(text)\"")
        }
        observation.kind = kind
        batch.observations.append(observation)
        return true
    }

    /// `online` or `offline` in any case: a text, a JSON string, or an object that says so as its `state`, `status` or
    /// `type`.
    private mutating func status(
        _ view: borrowing RecordView, _ word: UnsafeBufferPointer<UInt8>
    ) -> ObservationKind? {
        guard view.fieldsError == 0 else {
            var told = unsafe JSONScalar.absent
            unsafe told.kind = .text
            let isQuoted = unsafe word.count > 2 && word[0] == 0x22 && word[word.count - 1] == 0x22
            unsafe told.text = isQuoted ? UnsafeBufferPointer(rebasing: word[1..<word.count - 1]) : word
            return unsafe Decoder.status(told)
        }
        for index in unsafe view.fields.indices {
            let field = unsafe view.fields[index]
            let isState = view.key(field, is: "state")
            let isStatus = view.key(field, is: "status")
            let isType = view.key(field, is: "type")
            guard isState || isStatus || isType else { continue }
            if let kind = unsafe Decoder.status(view.scalar(field.value, keep: &scratch)) { return kind }
        }
        return nil
    }

    private static func status(_ told: JSONScalar) -> ObservationKind? {
        if unsafe told.isWord("online") { return .online }
        return unsafe told.isWord("offline") ? .offline : nil
    }

    /// Whether an object's `type` calls for help.
    private mutating func isCall(_ view: borrowing RecordView) -> Bool {
        let fields = NativeFields(view, plan.native.keys)
        return unsafe call(scalar(.type, fields, view)) != nil
    }

    /// Why the topic is one on which only calls for help are taken.
    private func refused(_ topic: Topic, _ record: DecodedRecord) -> DecodeError? {
        NativeTopic(bits: topic.note).family == nil ? topicDetails[Int(record.topic)].refused : nil
    }

    private func unreadable(_ view: borrowing RecordView, _ topic: Topic, _ record: DecodedRecord) -> DecodeError {
        if let reason = refused(topic, record) { return reason }
        return Decoder.notAnObject(view)
    }

    private static func notAnObject(_ view: borrowing RecordView) -> DecodeError {
        if unsafe view.payload.isEmpty { return DecodeError("empty-payload", "the payload is empty") }
        if view.fieldsError > 0 {
            return DecodeError("bad-payload", "the payload cannot be read: \(JSONParser.message(view.fieldsError))")
        }
        return DecodeError("bad-payload", "the payload is not a JSON object")
    }

    @inline(__always)
    private mutating func kind(
        _ type: JSONScalar, _ view: borrowing RecordView, _ topic: Topic, _ record: DecodedRecord
    ) throws(DecodeError) -> ObservationKind {
        if unsafe type.kind == .text {
            let found = unsafe plan.native.types.find(type.text)
            if found >= 0 {
                let kind = plan.native.kinds[found]
                if NativeTopic(bits: topic.note).tells(kind) { return kind }
            }
        }
        return try unsafe unusualKind(type, view, topic, record)
    }

    /// A call for help is one from any family, and in any case of its letters; anything else is not.
    @inline(never)
    private mutating func unusualKind(
        _ type: JSONScalar, _ view: borrowing RecordView, _ topic: Topic, _ record: DecodedRecord
    ) throws(DecodeError) -> ObservationKind {
        if let kind = unsafe call(type) { return kind }
        if unsafe type.kind == .absent, let kind = callBehindFields(view) { return kind }
        if let reason = refused(topic, record) { throw reason }
        guard unsafe type.kind == .text else {
            throw DecodeError("no-type", "the payload has no \"type\" that is a string")
        }
        let found = unsafe plan.native.types.find(type.text)
        guard found >= 0 else {
            throw DecodeError("unknown-type", "\(unsafe type.excerpt) is no type of the native feed")
        }
        let (kind, family) = (plan.native.kinds[found], NativeTopic(bits: topic.note).family)
        throw DecodeError(
            "wrong-family", "a \(kind.name) does not come from the family \(family?.rawValue ?? "")")
    }

    /// The call for help that an object's `type` names behind more fields than are looked at.
    private func callBehindFields(_ view: borrowing RecordView) -> ObservationKind? {
        guard unsafe view.fields.count == JSONParser.fieldsMax, unsafe parser.open(view.text) == nil else { return nil }
        let found = unsafe parser.find("/type")
        guard unsafe Int(found.value.kind) == CSJ_STRING else { return nil }
        var told = unsafe JSONScalar.absent
        unsafe told.kind = .text
        unsafe told.text = found.text
        return unsafe call(told)
    }

    /// The kind of a call for help that a type names.
    private func call(_ type: JSONScalar) -> ObservationKind? {
        guard unsafe type.kind == .text else { return nil }
        let letters = unsafe PayloadRepair.trimmed(type.text)
        guard letters.count <= 16 else { return nil }
        let lower = unsafe letters.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
        let found = unsafe lower.withUnsafeBufferPointer { unsafe plan.native.types.find($0) }
        return found >= 0 && plan.native.kinds[found].isLifeSafety ? plan.native.kinds[found] : nil
    }

    /// Compares the device that the payload tells with the topic's. A call for help counts for the topic's all the
    /// same.
    @inline(never)
    private mutating func compareDevice(
        _ fields: borrowing NativeFields, _ view: borrowing RecordView, _ topic: Topic, _ kind: ObservationKind,
        _ record: inout DecodedRecord
    ) throws(DecodeError) {
        let told = unsafe scalar(.device, fields, view)
        if unsafe told.isEmpty { return }
        let isName = unsafe told.kind == .text || told.kind == .number
        if unsafe isName && isDevice(PayloadRepair.trimmed(exact(told)), topic.device) { return }
        guard kind.isLifeSafety else {
            throw DecodeError(
                "spoofed-device", "the payload says that it is device \(unsafe told.excerpt), the topic names another")
        }
        if isName { record.marks.insert(.spoofed) } else { report(unreadable: .device, of: topic.device) }
    }

    private func isDevice(_ name: UnsafeBufferPointer<UInt8>, _ device: Reference) -> Bool {
        if let index = device.known {
            let known = plan.registry.devices[Int(index)]
            return unsafe name.elementsEqual((known.identity ?? known.id).utf8)
        }
        guard let index = device.unknown else { return false }
        return unsafe batch.names.find(name) == index
    }
}

/// The fields of the native feed that only some kinds have. What cannot be read, or is out of its range, costs itself
/// alone: the observation is as if it were not there.
extension Decoder {
    private mutating func setDetails(
        _ observation: inout Observation, _ fields: borrowing NativeFields, _ view: borrowing RecordView,
        family: DeviceFamily?
    ) {
        if fields.has(.phase) { unsafe setPhase(&observation, scalar(.phase, fields, view)) }
        if fields.has(.method) { unsafe observation.method = Decoder.method(scalar(.method, fields, view)) }
        if fields.has(.track) { unsafe observation.track = track(scalar(.track, fields, view)) }
        if fields.has(.plate) { unsafe observation.plate = word(scalar(.plate, fields, view)) }
        if fields.has(.visit) { unsafe observation.visit = word(scalar(.visit, fields, view)) }
        setNumbers(&observation, fields, view)
        if case .denied = observation.kind { unsafe observation.word = word(scalar(.reason, fields, view)) }
        if case .report = family {
            unsafe observation.word = word(scalar(.category, fields, view))
            unsafe observation.text = word(scalar(.text, fields, view), charactersMax: Decoder.textMax)
            unsafe observation.by = word(scalar(.by, fields, view))
            let place = unsafe scalar(.place, fields, view)
            if unsafe place.kind == .text { unsafe observation.place = plan.registry.place(place.text)?.index ?? -1 }
        }
        if case .camera = family, let path = unsafe fields.list(.path, view) { unsafe observation.fit = fit(path) }
    }

    private mutating func setNumbers(
        _ observation: inout Observation, _ fields: borrowing NativeFields, _ view: borrowing RecordView
    ) {
        if fields.has(.temp_c) { unsafe setCelsius(&observation, scalar(.temp_c, fields, view)) }
        if fields.has(.battery) { unsafe setBattery(&observation, scalar(.battery, fields, view)) }
        if fields.has(.count) { unsafe setCount(&observation, scalar(.count, fields, view)) }
    }

    private func setPhase(_ observation: inout Observation, _ told: JSONScalar) {
        observation.phase = unsafe Decoder.phase(told)
        guard observation.phase == .end else { return }
        switch observation.kind {
        // What has ended calls nobody.
        case .fall, .smoke, .fire, .gas, .carbonMonoxide: observation.marks.insert(.noCall)
        default: break
        }
    }

    private static func phase(_ told: JSONScalar) -> Observation.Phase {
        if unsafe told.isWord("start") { return .start }
        if unsafe told.isWord("update") { return .update }
        return unsafe told.isWord("end") ? .end : .none
    }

    private static func method(_ told: JSONScalar) -> Observation.Method {
        guard unsafe told.kind == .text, unsafe !told.text.isEmpty else { return .none }
        if unsafe told.isWord("face") { return .face }
        if unsafe told.isWord("card") { return .card }
        if unsafe told.isWord("code") { return .code }
        if unsafe told.isWord("qr") { return .qr }
        if unsafe told.isWord("phone") { return .phone }
        return unsafe told.isWord("button") ? .button : .other
    }

    /// - Returns: the number in the batch's fits; −1 where the path is too long, is no list of [ms, x, y], or is none
    ///   that can be fitted.
    private mutating func fit(_ path: UnsafeBufferPointer<UInt8>) -> Int32 {
        milliseconds.removeAll(keepingCapacity: true)
        heights.removeAll(keepingCapacity: true)
        let isRead = unsafe parser.points(path, countMax: Decoder.pointsMax) { time, _, height in
            milliseconds.append(time)
            heights.append(height)
        }
        guard isRead, let fit = FallFit(milliseconds: milliseconds, heights: heights) else { return -1 }
        batch.fits.append(fit)
        return Int32(batch.fits.count - 1)
    }
}

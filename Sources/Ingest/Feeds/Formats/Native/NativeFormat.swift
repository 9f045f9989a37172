import Community
import CSIMDJSON
import RecordLog
import SiteConfiguration
import Timekeeping
import Vocabulary

/// The product's own feed (docs/feeds.md): topics `community/{site}/{family}/{device}`, with
/// `…/status` for the last will; a JSON object as payload. Unknown fields are left alone: they stay in the journal as
/// evidence.
extension Decoder {
    /// What a topic of a native feed means; `result` is of a feed.
    mutating func nativeTopic(
        _ topic: UnsafeBufferPointer<UInt8>, _ detail: inout TopicDetail, _ result: inout Topic
    ) throws(DecodeError) {
        let levels = detail.levels
        let isStatus = levels.count == 5 ? unsafe topic[levels[4]].elementsEqual("status".utf8) : false
        guard levels.count == 4 || isStatus else {
            throw DecodeError(
                "bad-topic", "a native topic is community/{site}/{family}/{device}, with /status for a last will")
        }
        let family = unsafe String(decoding: topic[levels[2]], as: UTF8.self)
        let known = DeviceFamily(rawValue: family)
        if known == nil {
            let names = DeviceFamily.allCases.map(\.rawValue).joined(separator: ", ")
            detail.refused = DecodeError("unknown-family", "\"\(family)\" is no family; known are \(names)")
        }
        guard !detail.levels[3].isEmpty else { throw DecodeError("no-device", "the topic names no device") }
        result.meaning = isStatus ? .status : .native
        result.family = known
        result.kinds = known.map(NativeTypes.kinds) ?? 0
        result.device = unsafe device(UnsafeBufferPointer(rebasing: topic[detail.levels[3]]))
    }

    mutating func native(_ view: borrowing RecordView, topic: Topic, record: inout DecodedRecord) throws(DecodeError) {
        record.device = topic.device
        var observation = Observation(kind: .heartbeat, arrival: Decoder.arrival(view))
        observation.device = topic.device
        if view.retain { observation.marks.insert(.retained) }
        if topic.meaning == .status {
            let isRead = try isStatus(view, topic, &observation, record)
            if isRead { return }
        }
        if view.fieldsError != 0 { throw unreadable(view, topic, record) }
        let fields = NativeFields(view, plan.keys)
        observation.kind = try unsafe kind(scalar(.type, fields, view), view, topic, record)
        if fields.has(.device) { try compareDevice(fields, view, topic, observation.kind, &record) }
        if fields.has(.id) { unsafe setID(scalar(.id, fields, view), &record) }
        if fields.has(.ts) {
            let time = unsafe scalar(.ts, fields, view)
            let told = unsafe time.isTold ? PayloadTime.read(time, zone: plan.zone) : nil
            unsafe Decoder.setTime(&observation, told: told, wasTold: time.isTold)
        }
        try unsafe setValue(&observation, scalar(.value, fields, view), manner: nil)
        unsafe setCamera(
            &observation, confidence: scalar(.confidence, fields, view), zone: scalar(.zone, fields, view),
            floor: scalar(.floor, fields, view))
        unsafe setDirection(&observation, scalar(.dir, fields, view))
        if fields.has(.person) || fields.has(.credential) {
            observation.person = unsafe who(
                scalar(.person, fields, view), scalar(.credential, fields, view), device: topic.device,
                feed: topic.feed)
        }
        if fields.hasDetails { setDetails(&observation, fields, view, family: topic.family) }
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
            if let kind = unsafe Decoder.status(view.scalar(field.value, keep: &kept)) { return kind }
        }
        return nil
    }

    private static func status(_ told: JSONScalar) -> ObservationKind? {
        if unsafe told.isWord("online") { return .online }
        return unsafe told.isWord("offline") ? .offline : nil
    }

    /// Whether an object's `type` calls for help.
    private mutating func isCall(_ view: borrowing RecordView) -> Bool {
        let fields = NativeFields(view, plan.keys)
        return unsafe call(scalar(.type, fields, view)) != nil
    }

    /// Why the topic is one on which only calls for help are taken.
    private func refused(_ topic: Topic, _ record: DecodedRecord) -> DecodeError? {
        topic.family == nil ? topicDetails[Int(record.topic)].refused : nil
    }

    private func unreadable(_ view: borrowing RecordView, _ topic: Topic, _ record: DecodedRecord) -> DecodeError {
        if let reason = refused(topic, record) { return reason }
        return Decoder.notAnObject(view)
    }

    static func notAnObject(_ view: borrowing RecordView) -> DecodeError {
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
            let found = unsafe plan.types.find(type.text)
            if found >= 0 {
                let kind = plan.kinds[found]
                if topic.kinds >> UInt64(kind.rawValue) & 1 != 0 { return kind }
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
        let found = unsafe plan.types.find(type.text)
        guard found >= 0 else {
            throw DecodeError("unknown-type", "\(unsafe type.excerpt) is no type of the native feed")
        }
        throw DecodeError(
            "wrong-family",
            "a \(plan.kinds[found].name) does not come from the family \(topic.family?.rawValue ?? "")")
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
        let found = unsafe lower.withUnsafeBufferPointer { unsafe plan.types.find($0) }
        return found >= 0 && plan.kinds[found].isLifeSafety ? plan.kinds[found] : nil
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
        if isName { record.marks.insert(.spoofed) } else { note(unreadable: .device, of: topic.device) }
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
    mutating func setDetails(
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

    mutating func setCelsius(_ observation: inout Observation, _ told: JSONScalar) {
        let device = observation.device
        let celsius = unsafe number(.temp_c, told, of: device, in: -1e6...1e6, units: ToldNumber.degrees)
        if let celsius { observation.temperature = Float(celsius) }
    }

    mutating func setBattery(_ observation: inout Observation, _ told: JSONScalar) {
        let device = observation.device
        let percent = unsafe number(.battery, told, of: device, in: 0...100, units: ToldNumber.percents)
        if let percent { observation.battery = Int8(percent.rounded()) }
    }

    mutating func setCount(_ observation: inout Observation, _ told: JSONScalar) {
        guard let count = unsafe number(.count, told, of: observation.device, in: 0...2_147_483_647) else { return }
        if let whole = Int32(exactly: count) {
            observation.count = whole
        } else {
            note(unreadable: .count, of: observation.device)
        }
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

    static func phase(_ told: JSONScalar) -> Observation.Phase {
        if unsafe told.isWord("start") { return .start }
        if unsafe told.isWord("update") { return .update }
        return unsafe told.isWord("end") ? .end : .none
    }

    static func method(_ told: JSONScalar) -> Observation.Method {
        guard unsafe told.kind == .text, unsafe !told.text.isEmpty else { return .none }
        if unsafe told.isWord("face") { return .face }
        if unsafe told.isWord("card") { return .card }
        if unsafe told.isWord("code") { return .code }
        if unsafe told.isWord("qr") { return .qr }
        if unsafe told.isWord("phone") { return .phone }
        return unsafe told.isWord("button") ? .button : .other
    }

    /// The same for a name and for a number that is written the same.
    mutating func track(_ told: JSONScalar) -> UInt32 {
        guard unsafe told.kind == .text || told.kind == .number, unsafe !told.text.isEmpty else { return 0 }
        let hash = unsafe ByteHash.hash(exact(told))
        return max(1, UInt32(truncatingIfNeeded: hash >> 32))
    }

    /// - Returns: the number in the batch's names; −1 for what is neither a text nor a number, or is empty.
    mutating func word(_ told: JSONScalar, charactersMax: Int = .max) -> Int32 {
        guard unsafe told.kind == .text || told.kind == .number, unsafe !told.text.isEmpty else { return -1 }
        let text = unsafe exact(told)
        var end = 0
        var characters = 0
        // Characters are counted by their first bytes: the others are 10xxxxxx.
        while end < text.count {
            if unsafe text[end] & 0xC0 != 0x80 { characters += 1 }
            if characters > charactersMax { break }
            end += 1
        }
        return unsafe batch.names.insert(UnsafeBufferPointer(rebasing: text[..<end]))
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

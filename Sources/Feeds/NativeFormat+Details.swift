import Community
import RecordLog
import SiteConfiguration

/// The fields of the native feed that only some kinds have. What cannot be read, or is out of its range, costs itself
/// alone: the observation is as if it were not there.
extension Decoder {
    mutating func setDetails(
        _ observation: inout Observation, _ fields: borrowing NativeFields, _ view: borrowing RecordView,
        family: Family?
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

/// The keys of the native feed that have a meaning.
enum NativeKey: UInt8, CaseIterable {
    case type, ts, id, device, value, person, credential, dir, confidence, zone, floor
    case temp_c, battery, phase, method, count, track, plate, visit, reason, category, text, by, place, path

    /// The name in the payload; pinned by a test.
    var name: String { String(describing: self) }
}

import Alerts
import Cases
import Community
import Feeds
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary

/// The alerts that are not over, as they were told last: what people's records in the log refer to, and what stops a
/// lift from being held while a fire is open.
///
/// States of an alert here: told open by a rule → dispatched, acknowledged, on site, handled, suspended by people's
/// records → gone, when it is resolved or closed. At most ``most`` are kept, the oldest dropped first: people's
/// records can then say no more about it, and nothing else is lost. Each stands here as the bytes that a snapshot has
/// of it, and is read when somebody does something. Cost: about 1 KB an alert, nothing a record.
struct OpenAlerts: Sendable {
    static let most = 4096

    struct Entry: Sendable {
        /// Its rule's place in the configuration; −1 for one of a rule that is no more.
        var rule: Int
        var state: AlertState
        /// Of a fire or a call for help: its building, or, outside of one, its place; −1 of anything else.
        var emergencyAt: Int32
        var at: Instant
        var bytes: [UInt8]
        /// Of what people have done to it.
        var keys = ActKeys()
    }

    /// By the number that the id is.
    private var entries: [UInt64: Entry] = [:]
    /// By building, the fires and calls for help that are open there.
    private var emergencies: [Int32: Set<UInt64>] = [:]

    init() {}

    /// Nil for one that is over or was never told.
    func state(of id: String) -> AlertState? { UInt64(id, radix: 16).flatMap { entries[$0]?.state } }

    /// An alert as it was told last, its rule, and what people have done to it; nil for one that is over or was never
    /// told.
    subscript(id: String) -> (rule: Int, change: AlertChange, keys: ActKeys)? {
        guard let number = UInt64(id, radix: 16), let entry = entries[number] else { return nil }
        var reader = StateReader(entry.bytes, in: entry.bytes.indices)
        do throws(StateError) { return (entry.rule, try AlertChange(from: &reader), entry.keys) } catch { return nil }
    }

    /// O(1).
    /// - Parameter keys: nil: as before.
    /// - Returns: the buildings in which an emergency has ended, or is remembered no more.
    mutating func take(_ change: AlertChange, rule: Int, keys: ActKeys?, _ registry: Registry) -> Set<Int32> {
        guard let number = UInt64(change.id, radix: 16) else { return [] }
        if change.state.isOver { return remove(number).map { [$0] } ?? [] }
        let isFull = entries[number] == nil && entries.count >= OpenAlerts.most
        let ended = isFull ? dropOldest() : []
        var writer = StateWriter()
        change.write(to: &writer)
        add(
            Entry(
                rule: rule, state: change.state, emergencyAt: OpenAlerts.emergencyAt(change, registry), at: change.at,
                bytes: writer.bytes, keys: keys ?? entries[number]?.keys ?? ActKeys()), number)
        return ended
    }

    private mutating func add(_ entry: Entry, _ number: UInt64) {
        entries[number] = entry
        if entry.emergencyAt >= 0 { emergencies[entry.emergencyAt, default: []].insert(number) }
    }

    /// - Returns: where it was an emergency.
    private mutating func remove(_ number: UInt64) -> Int32? {
        guard let entry = entries.removeValue(forKey: number), entry.emergencyAt >= 0 else { return nil }
        emergencies[entry.emergencyAt]?.remove(number)
        if emergencies[entry.emergencyAt]?.isEmpty ?? false { emergencies[entry.emergencyAt] = nil }
        return entry.emergencyAt
    }

    /// An eighth at a time, so that a full book costs an alert some nanoseconds and not a search.
    private mutating func dropOldest() -> Set<Int32> {
        let oldest = entries.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }.prefix(OpenAlerts.most / 8)
        return Set(oldest.compactMap { remove($0.key) })
    }

    /// Where an alert keeps machines from being held; −1 where it is no emergency, or nobody knows.
    static func emergencyAt(_ change: AlertChange, _ registry: Registry) -> Int32 {
        guard change.kind == .sos || change.kind == .smokeFire, let place = change.place.flatMap({ registry.place($0) })
        else { return -1 }
        return (registry.places[Int(place.index)].building ?? place).index
    }

    /// When a fire or a call for help that is open in a building was told last; nil where none is.
    func emergency(at building: Int32) -> Instant? { emergencies[building].flatMap(newest) }

    /// The same of all buildings.
    var allEmergencies: [Int32: Instant] { emergencies.compactMapValues(newest) }

    private func newest(_ numbers: Set<UInt64>) -> Instant? { numbers.lazy.compactMap { entries[$0]?.at }.max() }

    // MARK: State

    func write(_ rules: [RuleSettings], to writer: inout StateWriter) {
        writer.integer(entries.count)
        for (number, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.word(number)
            writer.integer(entry.rule)
            writer.instant(entry.at)
            var inner = StateWriter()
            if !entry.keys.all.isEmpty { inner.words(entry.keys.all) }
            writer.blob(entry.bytes + inner.bytes)
        }
        writer.integer(rules.count)
        for rule in rules { writer.text(rule.name) }
    }

    /// Alerts of rules that are no more stay: somebody may work on them.
    /// - Parameter version: of the section; before 4 two marks stood with each.
    init(
        from reader: inout StateReader, _ rules: [RuleSettings], _ registry: Registry, version: UInt8
    ) throws(StateError) {
        var read: [(number: UInt64, entry: Entry)] = []
        for _ in 0..<(try reader.count(ofSize: 18)) {
            let number = try reader.word()
            let rule = try reader.integer()
            if version < 4 { for _ in 0..<2 { _ = try reader.truth() } }
            let at = try reader.instant()
            let bytes = try reader.blob()
            var inner = StateReader(bytes)
            let change = try AlertChange(from: &inner)
            let told = Array(bytes.dropLast(inner.remaining))
            // Nothing stands behind an alert that nobody did anything to with a key.
            let keys = inner.remaining > 0 ? ActKeys(try inner.words()) : ActKeys()
            let entry = Entry(
                rule: rule, state: change.state, emergencyAt: OpenAlerts.emergencyAt(change, registry), at: at,
                bytes: told, keys: keys)
            read.append((number, entry))
        }
        var today: [Int] = []
        for _ in 0..<(try reader.count()) {
            let name = try reader.text()
            let place = rules.firstIndex { $0.name == name } ?? rules.firstIndex { $0.was == name }
            today.append(place ?? -1)
        }
        for (number, entry) in read {
            var entry = entry
            entry.rule = today.indices.contains(entry.rule) ? today[entry.rule] : -1
            add(entry, number)
        }
    }
}

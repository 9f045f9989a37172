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
/// records → gone, when it is resolved or closed. They take up at most ``bytesMax``: beyond it the alerts that nobody
/// has taken and that are about no person go, those about devices first, then the least severe, then the oldest. One of
/// a person, of life safety, or that somebody did anything about never goes. What has gone is counted, stays open in
/// the ledger, and comes back with the page that an act's record has of it. Each stands here as the bytes that a
/// snapshot has of it, and is read when somebody does something. Cost: about 1 KB an alert, nothing a record.
struct OpenAlerts: Sendable {
    /// Some sixty thousand alerts.
    static let bytesMax = 64 << 20
    /// Of an entry, beside what its bytes and texts take.
    private static let overhead = 256

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
        var memory = CaseMemory()
        /// In which order it goes from a full book, the least first; nil: never.
        var rank: Int?

        var size: Int { overhead + bytes.count + keys.all.count * 8 }
    }

    /// By the number that the id is.
    private var entries: [UInt64: Entry] = [:]
    /// By building, the fires and calls for help that are open there.
    private var emergencies: [Int32: Set<UInt64>] = [:]
    /// Those that rest, and until when.
    private(set) var resting: [UInt64: Instant] = [:]
    private(set) var bytes = 0
    /// How many went because it was full.
    var paged = 0
    /// Tests make it small.
    var bytesMax = OpenAlerts.bytesMax

    init() {}

    var count: Int { entries.count }

    /// What an alert is as a case; of one that is over, or was never told, nobody knows anything.
    func work(on id: String) -> Case {
        guard let entry = UInt64(id, radix: 16).flatMap({ entries[$0] }) else { return Case() }
        return Case(entry.state, keys: entry.keys, memory: entry.memory)
    }

    /// Nil for one that is over or was never told.
    func state(of id: String) -> AlertState? { UInt64(id, radix: 16).flatMap { entries[$0]?.state } }

    /// An alert as it was told last, its rule, and what people have made of it; nil for one that is over or was never
    /// told.
    subscript(id: String) -> (rule: Int, change: AlertChange, work: Case)? {
        guard let number = UInt64(id, radix: 16), let entry = entries[number] else { return nil }
        var reader = StateReader(entry.bytes, in: entry.bytes.indices)
        do throws(StateError) {
            let change = try AlertChange(from: &reader)
            let work = Case(
                entry.state, keys: entry.keys, memory: entry.memory, isLifeSafety: change.kind.isLifeSafety)
            return (entry.rule, change, work)
        } catch {
            return nil
        }
    }

    /// O(1).
    /// - Parameter work: what people have made of it; nil: as before.
    /// - Returns: the building in which an emergency has ended.
    mutating func take(_ change: AlertChange, rule: Int, work: Case?, _ registry: Registry) -> Int32? {
        guard let number = UInt64(change.id, radix: 16) else { return nil }
        if change.state.isOver { return remove(number) }
        var writer = StateWriter()
        change.write(to: &writer)
        let before = entries[number]
        var entry = Entry(
            rule: rule, state: change.state, emergencyAt: OpenAlerts.emergencyAt(change, registry), at: change.at,
            bytes: writer.bytes, keys: work?.keys ?? before?.keys ?? ActKeys(),
            memory: work?.memory ?? before?.memory ?? CaseMemory())
        entry.rank = OpenAlerts.rank(of: change, entry)
        add(entry, number)
        if bytes > bytesMax { makeRoom(besides: number) }
        return nil
    }

    private mutating func add(_ entry: Entry, _ number: UInt64) {
        if let before = entries.updateValue(entry, forKey: number) { bytes -= before.size }
        bytes += entry.size
        resting[number] = entry.state == .suspended ? entry.memory.restsUntil : nil
        if entry.emergencyAt >= 0 { emergencies[entry.emergencyAt, default: []].insert(number) }
    }

    /// - Returns: where it was an emergency.
    private mutating func remove(_ number: UInt64) -> Int32? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        bytes -= entry.size
        resting[number] = nil
        guard entry.emergencyAt >= 0 else { return nil }
        emergencies[entry.emergencyAt]?.remove(number)
        if emergencies[entry.emergencyAt]?.isEmpty ?? false { emergencies[entry.emergencyAt] = nil }
        return entry.emergencyAt
    }

    fileprivate static func rank(of change: AlertChange, _ entry: Entry) -> Int? {
        let isTouched = change.state != .open || !entry.memory.isEmpty || !entry.keys.all.isEmpty
        if isTouched || isOfPerson(change) { return nil }
        let severity = Severity.allCases.firstIndex(of: change.severity) ?? 0
        return (change.kind.isOfDevices ? 0 : Severity.allCases.count) + severity
    }

    private static func isOfPerson(_ change: AlertChange) -> Bool {
        switch change.kind {
        case .noMovement, .unusualInactivity, .notReturned, .report, .boxFault: true
        default: change.kind.isLifeSafety || change.person != nil
        }
    }

    /// An eighth at a time, so that a full book costs an alert some nanoseconds and not a search.
    private mutating func makeRoom(besides number: UInt64) {
        let going = entries.compactMap { key, entry in
            entry.rank.flatMap { key == number ? nil : (rank: $0, at: entry.at, number: key) }
        }
        for one in going.sorted(by: { ($0.rank, $0.at, $0.number) < ($1.rank, $1.at, $1.number) }) {
            if bytes <= bytesMax - bytesMax / 8 { return }
            _ = remove(one.number)
            paged += 1
        }
    }

    /// Where an alert keeps machines from being held; −1 where it is no emergency, or nobody knows.
    static func emergencyAt(_ change: AlertChange, _ registry: Registry) -> Int32 {
        guard change.kind == .sos || change.kind == .smokeFire, !change.isDrill,
            let place = change.place.flatMap({ registry.place($0) })
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
        writer.dictionary(entries) { writer, number, entry in
            writer.word(number)
            writer.integer(entry.rule)
            writer.instant(entry.at)
            var inner = StateWriter()
            if !entry.keys.all.isEmpty || !entry.memory.isEmpty { inner.words(entry.keys.all) }
            if !entry.memory.isEmpty { entry.memory.write(to: &inner) }
            writer.blob(entry.bytes + inner.bytes)
        }
        writer.array(rules) { $0.text($1.name) }
    }

    /// Alerts of rules that are no more stay: somebody may work on them.
    /// - Parameter version: of the section; before 4 two marks stood with each.
    init(
        from reader: inout StateReader, _ rules: [RuleSettings], _ registry: Registry, version: UInt8
    ) throws(StateError) {
        let read = try reader.array(ofSize: 18) { (reader) throws(StateError) in
            let number = try reader.word()
            let rule = try reader.integer()
            if version < 4 { for _ in 0..<2 { _ = try reader.truth() } }
            let at = try reader.instant()
            return (number: number, entry: try Entry(try reader.blob(), rule: rule, at: at, registry))
        }
        let today = try reader.array { (reader) throws(StateError) in
            let name = try reader.text()
            return rules.firstIndex { $0.name == name } ?? rules.firstIndex { $0.was == name } ?? -1
        }
        for (number, entry) in read {
            var entry = entry
            entry.rule = today.indices.contains(entry.rule) ? today[entry.rule] : -1
            add(entry, number)
        }
    }
}

extension OpenAlerts.Entry {
    /// Nothing stands behind an alert that nobody did anything to: neither keys nor memory. Before there was a memory
    /// of who has a case, what was taken stood there without.
    fileprivate init(_ blob: [UInt8], rule: Int, at: Instant, _ registry: Registry) throws(StateError) {
        var inner = StateReader(blob)
        let change = try AlertChange(from: &inner)
        let told = Array(blob.dropLast(inner.remaining))
        let keys = inner.remaining > 0 ? ActKeys(try inner.words()) : ActKeys()
        let memory = inner.remaining > 0 ? try CaseMemory(from: &inner) : CaseMemory()
        self.init(
            rule: rule, state: change.state, emergencyAt: OpenAlerts.emergencyAt(change, registry), at: at, bytes: told,
            keys: keys, memory: memory)
        rank = OpenAlerts.rank(of: change, self)
    }
}

extension CaseMemory {
    fileprivate func write(to writer: inout StateWriter) {
        writer.optional(assignee) { $0.text($1) }
        writer.optional(handler) { $0.text($1) }
        writer.instant(ifAny: handledAt)
        writer.optional(found) { $0.text($1) }
        writer.optional(restedFrom) { $0.text($1.rawValue) }
        writer.instant(ifAny: restsUntil)
        writer.truth(isCalled)
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        self.init()
        assignee = try reader.optional { (reader) throws(StateError) in try reader.text() }
        handler = try reader.optional { (reader) throws(StateError) in try reader.text() }
        handledAt = try reader.instantIfAny()
        found = try reader.optional { (reader) throws(StateError) in try reader.text() }
        let before = try reader.optional { (reader) throws(StateError) in try reader.text() }
        restedFrom = before.flatMap(AlertState.init(rawValue:))
        restsUntil = try reader.instantIfAny()
        isCalled = try reader.truth()
    }
}

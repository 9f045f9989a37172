import Alerts
import Community
import Feeds
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping

/// The alerts that are not over, as they were told last: what people's records in the log refer to, and what stops a
/// lift from being held while a fire is open.
///
/// States of an alert here: told open by a rule → dispatched, acknowledged, on site, handled, suspended by people's
/// records → gone, when it is resolved or closed. At most ``most`` are kept, the oldest dropped first: people's
/// records can then say no more about it, and nothing else is lost. Each stands here as the bytes that a snapshot has
/// of it, and is read when somebody does something. Cost: about 1 KB an alert, nothing a record.
struct AlertBook: Sendable {
    static let most = 4096

    struct Entry: Sendable {
        /// Its rule's place in the configuration; −1 for one of a rule that is no more.
        var rule: Int
        var isTaken: Bool
        /// A fire or a call for help.
        var isEmergency: Bool
        var at: Instant
        var bytes: [UInt8]
    }

    /// By the number that the id is.
    private var entries: [UInt64: Entry] = [:]

    init() {}

    func contains(_ id: String) -> Bool { UInt64(id, radix: 16).map { entries[$0] != nil } ?? false }

    /// Whether somebody has taken an alert: it is theirs until they close it.
    func isTaken(_ id: String) -> Bool { UInt64(id, radix: 16).flatMap { entries[$0]?.isTaken } ?? false }

    /// An alert as it was told last, and its rule; nil for one that is over or was never told.
    subscript(id: String) -> (rule: Int, change: AlertChange)? {
        guard let number = UInt64(id, radix: 16), let entry = entries[number] else { return nil }
        var reader = StateReader(entry.bytes, in: entry.bytes.indices)
        do throws(StateError) { return (entry.rule, try AlertChange(from: &reader)) } catch { return nil }
    }

    mutating func take(_ change: AlertChange, rule: Int) {
        guard let number = UInt64(change.id, radix: 16) else { return }
        if change.state == .resolved || change.state == .closed {
            entries[number] = nil
            return
        }
        if entries[number] == nil, entries.count >= AlertBook.most { dropOldest() }
        var writer = StateWriter()
        change.write(to: &writer)
        let isTaken =
            switch change.state {
            case .open, .dispatched, .resolved, .closed: false
            case .acknowledged, .onSite, .handled, .suspended: true
            }
        entries[number] = Entry(
            rule: rule, isTaken: isTaken, isEmergency: change.kind == .sos || change.kind == .smokeFire,
            at: change.at, bytes: writer.bytes)
    }

    /// An eighth at a time, so that a full book costs an alert some nanoseconds and not a search.
    private mutating func dropOldest() {
        let oldest = entries.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }.prefix(AlertBook.most / 8)
        for (number, _) in oldest { entries[number] = nil }
    }

    /// The buildings, or places outside of them, in which a fire or a call for help is open, and when it was told last.
    func emergencies(_ registry: Registry) -> [Int32: Instant] {
        var found: [Int32: Instant] = [:]
        for (number, entry) in entries where entry.isEmergency {
            guard let place = self[String(number, radix: 16)]?.change.place.flatMap({ registry.place($0) }) else {
                continue
            }
            let building = (registry.places[Int(place.index)].building ?? place).index
            found[building] = max(found[building] ?? .distantPast, entry.at)
        }
        return found
    }

    // MARK: State

    func write(_ rules: [RuleSettings], to writer: inout StateWriter) {
        writer.integer(entries.count)
        for (number, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.word(number)
            writer.integer(entry.rule)
            writer.truth(entry.isTaken)
            writer.truth(entry.isEmergency)
            writer.instant(entry.at)
            writer.blob(entry.bytes)
        }
        writer.integer(rules.count)
        for rule in rules { writer.text(rule.name) }
    }

    /// Alerts of rules that are no more stay: somebody may work on them.
    init(from reader: inout StateReader, _ rules: [RuleSettings]) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 20)) {
            let number = try reader.word()
            entries[number] = Entry(
                rule: try reader.integer(), isTaken: try reader.truth(), isEmergency: try reader.truth(),
                at: try reader.instant(), bytes: try reader.blob())
        }
        var today: [Int] = []
        for _ in 0..<(try reader.count()) {
            let name = try reader.text()
            let place = rules.firstIndex { $0.name == name } ?? rules.firstIndex { $0.was == name }
            today.append(place ?? -1)
        }
        guard today != Array(rules.indices) || entries.values.contains(where: { $0.rule >= today.count }) else {
            return
        }
        entries = entries.mapValues { entry in
            var entry = entry
            entry.rule = today.indices.contains(entry.rule) ? today[entry.rule] : -1
            return entry
        }
    }
}

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
/// records can then say no more about it, and nothing else is lost. Cost: about 1 KB an alert, nothing a record.
struct AlertBook: Sendable {
    static let most = 4096
    /// An emergency that nobody closed keeps machines from being held for so long.
    static let emergencyAge = Milliseconds.hours(24)

    struct Entry: Sendable {
        /// Its rule's place in the configuration; −1 for one of a rule that is no more.
        var rule: Int
        var change: AlertChange
    }

    private(set) var entries: [String: Entry] = [:]

    subscript(id: String) -> Entry? { entries[id] }

    /// Whether somebody has taken an alert: it is theirs until they close it.
    func isTaken(_ id: String) -> Bool {
        switch entries[id]?.change.state {
        case nil, .open, .dispatched, .resolved, .closed: false
        case .acknowledged, .onSite, .handled, .suspended: true
        }
    }

    mutating func take(_ change: AlertChange, rule: Int) {
        if change.state == .resolved || change.state == .closed {
            entries[change.id] = nil
            return
        }
        if entries[change.id] == nil, entries.count >= AlertBook.most {
            let oldest = entries.min { ($0.value.change.at, $0.key) < ($1.value.change.at, $1.key) }
            if let oldest { entries[oldest.key] = nil }
        }
        entries[change.id] = Entry(rule: rule, change: change)
    }

    mutating func remove(_ id: String) { entries[id] = nil }

    /// The buildings, or places outside of them, in which a fire or a call for help is open.
    func emergencies(at now: Instant, _ registry: Registry) -> Set<Int32> {
        var found: Set<Int32> = []
        for entry in entries.values where entry.change.kind == .sos || entry.change.kind == .smokeFire {
            guard now - entry.change.detected < AlertBook.emergencyAge,
                let place = entry.change.place.flatMap({ registry.place($0) })
            else { continue }
            found.insert((registry.places[Int(place.index)].building ?? place).index)
        }
        return found
    }

    // MARK: State

    func write(_ rules: [RuleSettings], to writer: inout StateWriter) {
        writer.integer(entries.count)
        for (_, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.text(entry.rule < 0 ? "" : rules[entry.rule].name)
            entry.change.write(to: &writer)
        }
    }

    /// Alerts of rules that are no more stay: somebody may work on them.
    init(from reader: inout StateReader, _ rules: [RuleSettings]) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 40)) {
            let name = try reader.text()
            let change = try AlertChange(from: &reader)
            let rule = rules.firstIndex { $0.name == name } ?? rules.firstIndex { $0.was == name && $0.was != nil }
            entries[change.id] = Entry(rule: rule ?? -1, change: change)
        }
    }

    init() {}
}

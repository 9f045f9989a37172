import Alerts
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

/// Updates that say no more than that there is more of it: of an alert one at once, then one a minute with the last
/// count. A reader that is refused a hundred times a second would else fill the ledger.
///
/// States of an alert here: none → told (nothing waits) → waiting (the newest count) → told … → none, a minute after
/// the last. Cost: O(1) an update, about 500 B an alert that has counted within the minute.
struct CountUpdates: Sendable {
    static let every = Milliseconds.minutes(1)

    /// What an alert's id is made from, without the work of making it.
    struct Key: Hashable, Sendable {
        var rule: Int
        var key: String
        var started: Instant
    }

    /// As it was found; or, read from a snapshot, as it will be told.
    enum What: Sendable {
        case finding(Finding)
        case change(AlertChange)
    }

    struct Entry: Sendable {
        var key: Key
        /// When the next may be told.
        var next: Instant
        var waits: What?
    }

    /// Of the timers.
    let owner: Int32
    private var places: [Key: Int32] = [:]
    private var entries: [Entry?] = []
    private var free: [Int32] = []

    init(owner: Int32) { self.owner = owner }

    var count: Int { places.count }

    func next(of place: Int32) -> Instant { entries[Int(place)]?.next ?? .distantFuture }

    /// Takes an update in.
    /// - Returns: its place, where it is told now; nil where it waits.
    mutating func take(_ finding: Finding, _ key: Key, at now: Instant) -> Int32? {
        if let place = places[key] {
            entries[Int(place)]?.waits = .finding(finding)
            return nil
        }
        let place = takePlace()
        if Int(place) == entries.count { entries.append(nil) }
        entries[Int(place)] = Entry(key: key, next: now + CountUpdates.every)
        places[key] = place
        return place
    }

    /// The smallest that is free: which it is must not rest on what was forgotten first.
    private mutating func takePlace() -> Int32 {
        guard let least = free.indices.min(by: { free[$0] < free[$1] }) else { return Int32(entries.count) }
        return free.remove(at: least)
    }

    /// What waits to be told of an alert; then nothing does.
    mutating func takeWaiting(_ key: Key) -> What? {
        guard let place = places[key], let what = entries[Int(place)]?.waits else { return nil }
        entries[Int(place)]?.waits = nil
        return what
    }

    /// The alert was told otherwise: nothing waits.
    mutating func forget(_ key: Key) {
        if let place = places[key] { entries[Int(place)]?.waits = nil }
    }

    /// - Returns: what is told now; nil where nothing has come, and the alert may tell its next at once.
    mutating func expire(_ place: Int32, at deadline: Instant) -> (what: What, rule: Int)? {
        guard let entry = entries[Int(place)] else { return nil }
        guard let what = entry.waits else {
            places[entry.key] = nil
            entries[Int(place)] = nil
            free.append(place)
            return nil
        }
        entries[Int(place)]?.waits = nil
        entries[Int(place)]?.next = deadline + CountUpdates.every
        return (what, entry.key.rule)
    }

    mutating func shift(by length: Milliseconds) {
        for place in entries.indices {
            guard let next = entries[place]?.next else { continue }
            entries[place]?.next = next.shifted(by: length)
        }
    }

    // MARK: State

    func write(_ pipeline: Pipeline, to writer: inout StateWriter) {
        writer.integer(places.count)
        for (place, entry) in entries.enumerated() {
            guard let entry else { continue }
            writer.integer(place)
            writer.text(pipeline.rules[entry.key.rule].name)
            writer.text(entry.key.key)
            writer.instant(entry.key.started)
            writer.instant(entry.next)
            writer.optional(entry.waits) { pipeline.change(of: $1, at: entry.next).write(to: &$0) }
        }
    }

    /// Reads into a fresh one; what is of a rule that is no more is left out.
    mutating func read(from reader: inout StateReader, _ rules: [RuleSettings]) throws(StateError) {
        try reader.each(ofSize: 20) { (reader) throws(StateError) in
            let place = try reader.integer32()
            let name = try reader.text()
            let text = try reader.text()
            let started = try reader.instant()
            let next = try reader.instant()
            let waits = try reader.truth() ? What.change(try AlertChange(from: &reader).asUpdate) : nil
            guard place >= 0, place < 1 << 24 else { throw reader.damaged("the place of an alert's count") }
            let today = rules.firstIndex { $0.name == name } ?? rules.firstIndex { $0.was == name }
            guard let rule = today else { return }
            while entries.count <= Int(place) { entries.append(nil) }
            let key = Key(rule: rule, key: text, started: started)
            guard entries[Int(place)] == nil, places[key] == nil else {
                throw reader.damaged("each alert's count once")
            }
            entries[Int(place)] = Entry(key: key, next: next, waits: waits)
            places[key] = place
        }
        free = entries.indices.filter { entries[$0] == nil }.map { Int32($0) }
    }

    func rearm(_ timers: inout Timers) {
        for (place, entry) in entries.enumerated() {
            if let entry { timers.others.arm(.init(owner: owner, key: Int32(place)), at: entry.next) }
        }
    }
}

extension AlertChange {
    fileprivate var asUpdate: AlertChange {
        var change = self
        change.change = .updated
        return change
    }
}

extension CountUpdates.Key {
    init(_ finding: Finding) { self.init(rule: finding.rule, key: finding.key, started: finding.started) }
}

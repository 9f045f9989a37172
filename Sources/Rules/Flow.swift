import Community
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
package import Windowing

/// `gate_flow`: people in and out of a gate, or of an enclosed area by all its gates. A condition: it begins with the
/// pass that is one too many, within a time or for the area, and resolves when both are below nine tenths of their
/// limits. One that somebody closed has been told: another begins after it was below, or after the cooldown, where
/// there is one.
///
/// Keyed by place, a pass is counted for the nearest place around it that the rule names, else for the place of its
/// gate. Passes count in the window that ends now, so a backlog of hours ago begins nothing. Those who are inside are
/// the sum of in less out in the order of arrival, never below 0, history included; a pass without a direction counts
/// as a pass alone. Nobody sees who climbs a fence: the sum drifts, and what is below 0 is forgotten.
/// State: 12 B × (limit + 1) + 16 B a key. Work: O(log limit) a pass in order; no allocation while nothing begins.
package struct Flow: RuleEngine {
    var keyed: KeyedRule
    let passesMax: Int?
    let insideMax: Int?
    let within: Milliseconds
    /// Each pass under a number of its own, the lowest two bits of which are its directions.
    var window: Distinct
    var inside = Paged<Int32>()
    var serial: Int32 = 0
    /// By key with an episode: when its timer is due.
    var dueAt: [Int32: Instant] = [:]
    /// Beyond, and closed by somebody.
    var closed: Set<Int32> = []
    /// By place, the place that the rule names and that it is in; empty: none is named.
    private let areas: ContiguousArray<String?>

    private static let isIn: Int32 = 1
    private static let isOut: Int32 = 2
    /// What is told of passes where they have no limit.
    private static let passesTold = 1024

    package var kinds: UInt64 { keyed.matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { keyed.matcher.kinds(of: device) }

    package init(_ plan: RulePlan, timers: inout Timers) {
        guard case .flow(let passes, let within, let inside) = plan.settings.window else {
            preconditionFailure("a rule of a flow has passes or people inside as its window")
        }
        passesMax = passes.map { max($0, 0) }
        insideMax = inside.map { max($0, 0) }
        self.within = within
        window = Distinct(capacity: min((passesMax ?? Flow.passesTold) + 1, 1_000_000), keys: 0)
        areas = plan.settings.keys == [.place] ? Flow.areas(plan.settings.match.places, plan.registry) : []
        keyed = KeyedRule(plan, timers: &timers)
    }

    private static func areas(_ names: [String], _ registry: Registry) -> ContiguousArray<String?> {
        if names.isEmpty { return [] }
        return ContiguousArray(
            registry.places.map { place in
                var row = place
                while !names.contains(row.id) {
                    guard let above = row.parent else { return nil }
                    row = registry.places[Int(above.index)]
                }
                return row.id
            })
    }

    package mutating func step(
        _ event: Event, _ surroundings: Surroundings, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained), keyed.matcher.truth(event, surroundings) == .yes else {
            return
        }
        for lane in 0..<keyed.lanes {
            let key = key(lane, of: event, surroundings)
            if key >= 0 { count(event, key, surroundings, &timers, &output) }
        }
    }

    private mutating func key(_ lane: Int, of event: Event, _ surroundings: Surroundings) -> Int32 {
        if !areas.isEmpty, let place = surroundings.place(of: event), let area = areas[Int(place.index)] {
            return keyed.key(ofText: area)
        }
        return keyed.key(lane, of: event, surroundings)
    }

    private mutating func count(
        _ event: Event, _ key: Int32, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let marks = event.observation.marks
        let index = Int(key)
        if index >= inside.count { inside.append(max(index + 1 - inside.count, inside.count), of: 0) }
        if marks.contains(.inward), inside[index] < Int32.max { inside[index] += 1 }
        if marks.contains(.outward), inside[index] > 0 { inside[index] -= 1 }
        serial = (serial + 1) & 0x0FFF_FFFF
        let ways = (marks.contains(.inward) ? Flow.isIn : 0) | (marks.contains(.outward) ? Flow.isOut : 0)
        window.addUnique(index, serial << 2 | ways, at: event.windowTime(for: within))
        weigh(event, key, surroundings, &timers, &output)
    }

    private mutating func weigh(
        _ event: Event, _ key: Int32, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let began = keyed.episodes[key]?.started ?? event.observation.time
        let length = keyed.length(within, at: began, surroundings)
        let passes = window.count(Int(key), after: event.now - length)
        let people = Int(inside[Int(key)])
        if let episode = keyed.episodes[key] {
            keyed.episodes[key]?.take(event, at: event.windowTime(for: within))
            if isOver(passes, people) {
                end(key, length, at: event.now, Trace(event), surroundings, &timers, &output)
                return
            }
            // A tenth more than was told last is told, not each pass.
            if passes + people > episode.stage + episode.stage / 10 {
                keyed.episodes[key]?.stage = passes + people
                tell(.updated, key, length, event.now, Trace(event), surroundings, &output)
            }
        } else {
            if !closed.isEmpty, isOver(passes, people) { closed.remove(key) }
            let isBeyond = passesMax.map { passes > $0 } ?? false || insideMax.map { people > $0 } ?? false
            guard isBeyond, keyed.mayBegin(at: event.observation.time, surroundings),
                !keyed.episodes.isQuiet(key, at: event.now),
                keyed.settings.cooldown > .zero || !closed.contains(key)
            else { return }
            if !closed.isEmpty { closed.remove(key) }
            var episode = Episodes.Episode(from: event, at: event.windowTime(for: within), surroundings)
            episode.detected = event.now
            episode.stage = passes + people
            keyed.episodes[key] = episode
            tell(.raised, key, length, event.now, Trace(event), surroundings, &output)
            if event.isHistory, let last = output.findings.indices.last { output.findings[last].age = .late }
        }
        arm(key, length, &timers)
    }

    /// Whether both are below nine tenths of their limits. Of a limit of 0, at 0.
    private func isOver(_ passes: Int, _ people: Int) -> Bool {
        passes < Flow.least(passesMax) && people < Flow.least(insideMax)
    }

    /// The least count that is not below nine tenths of a limit; without a limit there is none.
    private static func least(_ limit: Int?) -> Int { limit.map { max(1, $0 - $0 / 10) } ?? Int.max }

    /// The passes fall below their limit by themselves; who is inside does not.
    private mutating func arm(_ key: Int32, _ length: Milliseconds, _ timers: inout Timers) {
        let fall = window.newest(Flow.least(passesMax), of: Int(key)).map { $0 + length }
        dueAt[key] = fall
        if let fall {
            timers.absences.arm(keyed.timer(key), at: fall)
        } else {
            timers.absences.disarm(keyed.timer(key))
        }
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ surroundings: Surroundings,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        dueAt[key] = nil
        guard let episode = keyed.episodes[key] else { return }
        let length = keyed.length(within, at: episode.started, surroundings)
        let passes = window.count(Int(key), after: now - length)
        let people = Int(key) < inside.count ? Int(inside[Int(key)]) : 0
        if isOver(passes, people) {
            end(key, length, at: now, nil, surroundings, &timers, &output)
        } else if passes >= Flow.least(passesMax) {
            arm(key, length, &timers)
        }
    }

    private mutating func end(
        _ key: Int32, _ length: Milliseconds, at now: Instant, _ last: Trace?, _ surroundings: Surroundings,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        tell(.resolved, key, length, now, last, surroundings, &output)
        forget(key, at: now, &timers)
    }

    private mutating func forget(_ key: Int32, at now: Instant, _ timers: inout Timers) {
        keyed.episodes.end(key, at: now)
        dueAt[key] = nil
        timers.absences.disarm(keyed.timer(key))
    }

    private func tell(
        _ change: Finding.Change, _ key: Int32, _ length: Milliseconds, _ now: Instant, _ last: Trace?,
        _ surroundings: Surroundings, _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key] else { return }
        let passes = window.values(Int(key), after: now - length)
        let detail = Finding.Detail.flow(
            passesIn: passes.count { $0 & Flow.isIn != 0 }, passesOut: passes.count { $0 & Flow.isOut != 0 },
            inside: Int(key) < inside.count ? Int(inside[Int(key)]) : 0, within: length)
        output.findings.append(
            keyed.finding(change, key, episode, at: now, last: last, detail: detail, surroundings))
    }

    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        forget(key, at: now, &timers)
        closed.insert(key)
    }
}

extension Flow {
    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("FLOW", version: 1)
        keyed.write(surroundings, to: &writer)
        for key in 0..<keyed.keyCount {
            window.write(key, to: &writer)
            writer.integer(key < inside.count ? inside[key] : 0)
        }
        writer.integer(serial)
        writer.integer(dueAt.count)
        for (key, due) in dueAt.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(due)
        }
        writer.integer(closed.count)
        for key in closed.sorted() { writer.integer(key) }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("FLOW", version: 1)
        try keyed.read(from: &reader, &numbers)
        window = Distinct(capacity: window.capacity, keys: keyed.keyCount)
        inside = Paged(repeating: 0, count: keyed.keyCount)
        for key in 0..<keyed.keyCount {
            try window.read(key, from: &reader) { $0 }
            inside[key] = max(0, try reader.integer32())
        }
        serial = try reader.integer32() & 0x0FFF_FFFF
        dueAt = [:]
        for _ in 0..<(try reader.count(ofSize: 9)) {
            dueAt[try keyed.readKey(from: &reader)] = try reader.instant()
        }
        closed = []
        for _ in 0..<(try reader.count()) { closed.insert(try keyed.readKey(from: &reader)) }
        try reader.close(section)
    }

    /// Takes over what was told; what has fallen below its limits meanwhile ends with the next pass or timer. What is
    /// beyond, and the other had not told of, is told with the next pass.
    package mutating func adopt(toldBy other: Flow) {
        keyed.episodes = Episodes(cooldown: keyed.settings.cooldown)
        dueAt = [:]
        for key in keyed.adopt(other.keyed) {
            let fall = window.newest(Flow.least(passesMax), of: Int(key)).map { $0 + within }
            dueAt[key] = fall ?? keyed.episodes[key]?.last
        }
    }

    package func rearm(_ timers: inout Timers) {
        for (key, due) in dueAt { timers.absences.arm(keyed.timer(key), at: due) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        window.shift(by: length)
        for (key, due) in dueAt { dueAt[key] = due.shifted(by: length) }
    }
}

import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// `gate_flow`: people in and out of a gate, or of an enclosed area by all its gates. A condition: it begins with the
/// pass that reaches a limit, within a time or for the area, and is over when both counts have been below their limits'
/// share `back` for one `within`. One that somebody closed has been told: another begins when that is over, or after
/// the cooldown, where there is one. What begins outside of the calendar and still holds when that next begins, begins
/// then.
///
/// Keyed by place, a pass is counted for the nearest place around it that the rule names, else for the place of its
/// gate. Passes count in the window that ends now, so a backlog of hours ago begins nothing. Those who are inside are
/// the sum of in less out in the order of arrival, never below 0, history included; a pass without a direction counts
/// as a pass alone. Nobody sees who climbs a fence: the sum drifts, and what is below 0 is forgotten.
///
/// When it is over is worked out from the passes themselves and from when the sum fell, not from looks: how often the
/// clock ticks, and in which order passes come, change nothing.
/// State: 12 B × (limit + 1) + 16 B a key. Work: O(log limit) a pass in order; no allocation while nothing begins.
package struct FlowRule: RuleEngine {
    var keyed: KeyedRule
    private let passesMax: Int?
    private let insideMax: Int?
    private let within: Milliseconds
    /// The least counts that are not below their limits' share; `Int.max` where there is no limit.
    let passesBack: Int
    let insideBack: Int
    /// Each pass under a number of its own, the lowest two bits of which are its directions.
    var window: DistinctCount
    var inside = Paged<Int32>()
    var serial: Int32 = 0
    /// By key with a condition.
    private var calms: [Int32: Calm] = [:]
    /// By key whose condition began outside of the calendar, and is not told: when that begins.
    private var opensAt: [Int32: Instant] = [:]
    /// By key with an alert that began so: when its condition did.
    private var heldSince: [Int32: Instant] = [:]
    /// The condition holds, and somebody closed its alert.
    private var closed: Set<Int32> = []
    /// By place, the place that the rule names and that it is in; empty: none is named.
    private let areas: ContiguousArray<String?>

    /// Since when the counts of a key have been below their limits' shares.
    struct Calm: Equatable, Sendable {
        /// From here on the passes are, if no more come; the distant past where they never were too many.
        var passes = Instant.distantPast
        /// nil: too many are inside.
        var inside: Instant? = .distantPast

        /// Since when both are.
        var since: Instant? { inside.map { max(passes, $0) } }
    }

    private static let isIn: Int32 = 1
    private static let isOut: Int32 = 2
    /// What is told of passes where they have no limit.
    private static let passesTold = 1024

    package var kinds: UInt64 { keyed.matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { keyed.matcher.kinds(of: device) }

    package init(_ plan: RulePlan, timers: inout Timers) {
        guard case .flow(let passes, let within, let inside, let back) = plan.settings.window else {
            preconditionFailure("a rule of a flow has passes or people inside as its window")
        }
        passesMax = passes.map { max($0, 0) }
        insideMax = inside.map { max($0, 0) }
        self.within = within
        passesBack = FlowRule.least(passesMax, back)
        insideBack = FlowRule.least(insideMax, back)
        window = DistinctCount(capacity: min((passesMax ?? FlowRule.passesTold) + 1, 1_000_000), keys: 0)
        areas = plan.settings.keys == [.place] ? FlowRule.areas(plan.settings.match.places, plan.registry) : []
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
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained), keyed.matcher.truth(event, context) == .yes else {
            return
        }
        for lane in 0..<keyed.lanes {
            let key = key(lane, of: event, context)
            if key >= 0 { count(event, key, context, &timers, &output) }
        }
    }

    private mutating func key(_ lane: Int, of event: Event, _ context: RuleContext) -> Int32 {
        if !areas.isEmpty, let place = context.place(of: event), let area = areas[Int(place.index)] {
            return keyed.key(ofText: area)
        }
        return keyed.key(lane, of: event, context)
    }

    private mutating func count(
        _ event: Event, _ key: Int32, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let marks = event.observation.marks
        let index = Int(key)
        if index >= inside.count { inside.append(max(index + 1 - inside.count, inside.count), of: 0) }
        if marks.contains(.inward), inside[index] < Int32.max { inside[index] += 1 }
        if marks.contains(.outward), inside[index] > 0 { inside[index] -= 1 }
        serial = (serial + 1) & 0x0FFF_FFFF
        let ways = (marks.contains(.inward) ? FlowRule.isIn : 0) | (marks.contains(.outward) ? FlowRule.isOut : 0)
        window.addUnique(index, serial << 2 | ways, at: event.windowTime(for: within))
        weigh(event, key, context, &timers, &output)
    }

    private mutating func weigh(
        _ event: Event, _ key: Int32, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let passes = window.count(Int(key), after: event.now - within)
        let people = Int(inside[Int(key)])
        let isBeyond = passesMax.map { passes >= $0 } ?? false || insideMax.map { people >= $0 } ?? false
        let time = event.windowTime(for: within)
        // A condition that nobody is told of yet keeps its beginning, whatever comes late.
        if let episode = keyed.episodes[key] {
            keyed.episodes[key]?.take(event, at: time)
            keyed.episodes[key]?.started = episode.started
            // A tenth more than was told last is told, not each pass.
            let crowd = crowd(passes, people)
            if episode.isOpen, crowd > episode.stage + episode.stage / 10 {
                keyed.episodes[key]?.stage = crowd
                tell(.updated, key, event.now, Trace(event), context, &output)
            }
        } else if isBeyond, !keyed.episodes.isQuiet(key, at: event.now),
            keyed.settings.cooldown > .zero || !closed.contains(key)
        {
            if !closed.isEmpty { closed.remove(key) }
            keyed.episodes[key] = Episodes.Episode(from: event, at: time, context)
            if keyed.mayBegin(at: event.observation.time, context) {
                raise(key, at: event.now, Trace(event), context, &output)
                if event.isHistory, let last = output.findings.indices.last { output.findings[last].age = .late }
            } else {
                raiseOrWait(key, at: event.now, context, &output)
            }
        } else if closed.isEmpty || !closed.contains(key) {
            return
        }
        calm(key, people, at: event.now)
        arm(key, &timers)
    }

    /// Of what has a limit.
    private func crowd(_ passes: Int, _ people: Int) -> Int {
        (passesMax == nil ? 0 : passes) + (insideMax == nil ? 0 : people)
    }

    private mutating func raise(
        _ key: Int32, at now: Instant, _ last: Trace?, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        let crowd = crowd(window.count(Int(key), after: now - within), Int(inside[Int(key)]))
        keyed.episodes[key]?.detected = now
        keyed.episodes[key]?.stage = crowd
        tell(.raised, key, now, last, context, &output)
    }

    /// What began outside of the calendar begins when that does: now, or then.
    private mutating func raiseOrWait(
        _ key: Int32, at now: Instant, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key] else { return }
        if keyed.mayBegin(at: now, context) {
            opensAt[key] = nil
            heldSince[key] = episode.started
            keyed.episodes[key]?.started = now
            raise(key, at: now, episode.traces.last, context, &output)
        } else {
            let next = keyed.settings.calendar?.next(after: now, zone: context.zone, days: context.days)
            opensAt[key] = next ?? .distantFuture
        }
    }

    /// The least count that is not below the share of a limit, and 1 at least; without a limit there is none.
    private static func least(_ limit: Int?, _ back: Double) -> Int {
        // The product as people write it: 0.07 of 100 is 7, and not a little more.
        limit.map { max(1, Int(((back * Double($0) * 1e6).rounded() / 1e6).rounded(.up))) } ?? Int.max
    }

    /// Looks at the counts after a pass. What the passes do is worked out from their own times.
    private mutating func calm(_ key: Int32, _ people: Int, at now: Instant) {
        var calm = calms[key] ?? Calm()
        if passesMax != nil, let first = window.latest(passesBack, in: within, of: Int(key)) {
            calm.passes = max(calm.passes, first + within)
        }
        if people >= insideBack { calm.inside = nil } else { calm.inside = calm.inside ?? now }
        if calms[key] != calm { calms[key] = calm }
    }

    /// When the condition of a key is over if nothing more comes: one `within` after both counts fell below. The passes
    /// fall by themselves; who is inside does not, and as long as they are too many there is no end.
    private func over(_ key: Int32) -> Instant? { calms[key]?.since.map { $0 + within } }

    private func arm(_ key: Int32, _ timers: inout Timers) {
        let next = min(over(key) ?? .distantFuture, opensAt[key] ?? .distantFuture)
        if next < .distantFuture {
            timers.absences.arm(keyed.timer(key), at: next)
        } else {
            timers.absences.disarm(keyed.timer(key))
        }
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        guard keyed.episodes[key] != nil || closed.contains(key) else { return }
        if let over = over(key), over <= now {
            if keyed.episodes[key]?.isOpen ?? false { tell(.resolved, key, now, nil, context, &output) }
            forget(key, at: now)
            return
        }
        if let episode = keyed.episodes[key], !episode.isOpen { raiseOrWait(key, at: now, context, &output) }
        arm(key, &timers)
    }

    /// The condition of a key is over.
    private mutating func forget(_ key: Int32, at now: Instant) {
        if keyed.episodes[key] != nil { keyed.episodes.end(key, at: now) }
        if !closed.isEmpty { closed.remove(key) }
        calms[key] = nil
        opensAt[key] = nil
        heldSince[key] = nil
    }

    /// The clock was set: the calendar begins by the clock.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for key in opensAt.keys.sorted() {
            opensAt[key] = .distantPast
            arm(key, &timers)
        }
    }

    private func tell(
        _ change: Finding.Change, _ key: Int32, _ now: Instant, _ last: Trace?, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key] else { return }
        let passes = window.values(Int(key), after: now - within)
        let people = Int(key) < inside.count ? Int(inside[Int(key)]) : 0
        var facts = Finding.FlowFacts(passes: passes.count, within: within)
        facts.isAtLeast = passes.count == window.capacity
        facts.passesIn = passes.count { $0 & FlowRule.isIn != 0 }
        facts.passesOut = passes.count { $0 & FlowRule.isOut != 0 }
        (facts.passesMax, facts.insideMax) = (passesMax, insideMax)
        facts.since = heldSince[key]
        // Where no gate tells who comes in, nobody knows who is inside.
        if insideMax != nil || people > 0 { facts.inside = people }
        output.findings.append(
            keyed.finding(change, key, episode, at: now, last: last, detail: .flow(facts), context))
    }

    /// What is told is told: the timer goes on, and says when another may begin.
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        arm(key, &timers)
        keyed.episodes.end(key, at: now)
        heldSince[key] = nil
        closed.insert(key)
    }
}

extension FlowRule {
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("FLOW", version: 2)
        keyed.write(context, to: &writer)
        for key in 0..<keyed.keyCount {
            window.write(key, to: &writer)
            writer.integer(key < inside.count ? inside[key] : 0)
        }
        writer.integer(serial)
        writer.dictionary(calms) { writer, key, calm in
            writer.integer(key)
            writer.instant(calm.passes)
            writer.instant(ifAny: calm.inside)
        }
        writer.instants(opensAt)
        writer.instants(heldSince)
        writer.array(closed.sorted()) { $0.integer($1) }
        writer.close(section)
    }

    /// Version 1 had timers where there is now since when the counts are low; that is worked out from the passes.
    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let (section, version) = try reader.open("FLOW", versions: 1...2)
        try keyed.read(from: &reader, &numbers)
        window = DistinctCount(capacity: window.capacity, keys: keyed.keyCount)
        inside = Paged(repeating: 0, count: keyed.keyCount)
        for key in 0..<keyed.keyCount {
            try window.read(key, from: &reader) { $0 }
            inside[key] = max(0, try reader.integer32())
        }
        serial = try reader.integer32() & 0x0FFF_FFFF
        calms = try reader.dictionary(ofSize: 9) { (reader) throws(StateError) in
            let key = try keyed.readKey(from: &reader)
            let passes = try reader.instant()
            return version > 1 ? (key, Calm(passes: passes, inside: try reader.instantIfAny())) : nil
        }
        opensAt = version > 1 ? try keyed.readInstants(from: &reader) : [:]
        heldSince = version > 1 ? try keyed.readInstants(from: &reader) : [:]
        closed = Set(try reader.array { (reader) throws(StateError) in try keyed.readKey(from: &reader) })
        if version == 1 {
            for key in Set(keyed.episodes.keys).union(closed) { calmByPasses(key) }
        }
        try reader.close(section)
    }

    /// Works out since when the counts are low where nobody noted it: by the passes that are kept, and not before the
    /// last that was told of.
    private mutating func calmByPasses(_ key: Int32) {
        let last = keyed.episodes[key]?.last ?? window.newest(1, of: Int(key)) ?? .distantPast
        calms[key] = Calm(passes: last, inside: last)
        calm(key, Int(inside[Int(key)]), at: last)
    }

    /// Takes over what was told; what is below its limits by these settings ends with its timer. What is beyond, and
    /// the other had not told of, is told with the next pass.
    package mutating func adopt(toldBy other: FlowRule) {
        keyed.episodes = Episodes(cooldown: keyed.settings.cooldown)
        (calms, opensAt, heldSince) = ([:], [:], [:])
        for key in keyed.adopt(other.keyed) {
            if Int(key) >= inside.count { inside.append(Int(key) + 1 - inside.count, of: 0) }
            calmByPasses(key)
        }
        for (key, since) in other.heldSince {
            for own in keyed.keys(ofText: other.keyed.text(key)) where keyed.episodes[own] != nil {
                heldSince[own] = since
            }
        }
    }

    package func rearm(_ timers: inout Timers) {
        for key in calms.keys.sorted() { arm(key, &timers) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        window.shift(by: length)
        for (key, calm) in calms {
            calms[key] = Calm(passes: calm.passes.shifted(by: length), inside: calm.inside?.shifted(by: length))
        }
        for (key, instant) in opensAt { opensAt[key] = instant.shifted(by: length) }
    }
}

extension FlowRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        keyed.status(ofKey: key, at: now) { key in
            if closed.contains(key) {
                return RuleStatus(
                    zh: "人数仍多，已有人结案；降到限值以下后再计",
                    en: "still crowded, and somebody closed it; it counts anew when that is over")
            }
            let passed = window.count(Int(key), after: now - within)
            let people = Int(key) < inside.count ? inside[Int(key)] : 0
            let length = within.spoken
            var parts: [RuleStatus] = []
            if let limit = passesMax {
                parts.append(
                    RuleStatus(
                        zh: "\(length.zh)内通行 \(passed) 人次，达 \(limit) 即报",
                        en: "\(passed) passes within \(length.en); it takes \(limit)"))
            }
            if let limit = insideMax {
                parts.append(
                    RuleStatus(zh: "区域内 \(people) 人，达 \(limit) 即报", en: "\(people) inside; it takes \(limit)"))
            }
            return RuleStatus(
                zh: parts.map(\.text.zh).joined(separator: ";"), en: parts.map(\.text.en).joined(separator: "; "))
        }
    }
}

import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
package import Windowing

/// A number beyond a limit: `fever`, `low_battery`, and the `expression`s with a threshold. A condition: it resolves
/// when a reading is back.
///
/// Data flow of an event: match → the number that it tells → hysteresis → where it has been beyond for the rule's
/// length, an episode. Readings are ordered by their own time, and a late one changes nothing. What is beyond outside
/// of the calendar, and still when it next holds, begins then; but the temperature of somebody who passes is a
/// moment's (``isMoment``). In the cooldown nothing begins; what is beyond already begins with the next reading that
/// may. One that somebody closed has been told: another begins when the number was back, or with a reading after the
/// cooldown, where there is one. Where nobody is known, a rule that counts for people counts for the device.
/// State: 24 B a key; a key that is beyond has an episode of about 500 B. Work: O(1) a reading; nothing is allocated
/// while no episode begins.
package struct LevelRule: RuleEngine {
    /// An episode that has not lasted long enough.
    struct Pending: Equatable, Sendable {
        /// When it has, by the time that readings have.
        var due: Instant
        /// When it is believed without another reading.
        var timer: Instant
        /// It is beyond since before the calendar held, and begins when that does; nil: it began within.
        var opening: Instant?
    }

    private var keyed: KeyedRule
    private let field: WindowSettings.NumberField
    private let length: Milliseconds
    private var threshold: Threshold
    private var pending: [Int32: Pending] = [:]
    /// Beyond, and closed by somebody.
    private var closed: Set<Int32> = []
    /// By key with an episode that began when the calendar did: since when it was beyond.
    private var since: [Int32: Instant] = [:]
    /// A reading tells of its moment and not of a state that holds until the next: of a person or a picture, where no
    /// length is asked for.
    private let isMoment: Bool

    package var kinds: UInt64 { keyed.matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { keyed.matcher.kinds(of: device) }

    package var isOfBatteries: Bool { field == .battery }

    package init(_ plan: RulePlan, timers: inout Timers) {
        guard case .threshold(let field, let isAbove, let limit, let back, let length) = plan.settings.window else {
            preconditionFailure("a rule of a level has a threshold as its window")
        }
        self.field = field
        self.length = length
        isMoment = length == .zero && field != .value && field != .battery
        keyed = KeyedRule(plan, standIn: true, timers: &timers)
        let nearest = isAbove ? limit.nextDown : limit.nextUp
        threshold = Threshold(
            isAbove: isAbove, limit: limit, back: isAbove ? min(back, nearest) : max(back, nearest), keys: 0)
    }

    /// The number that an observation tells; NaN for none.
    private static func number(_ field: WindowSettings.NumberField, of observation: Observation) -> Double {
        switch field {
        case .value: observation.number
        case .temperature: written(observation.temperature)
        case .battery: observation.battery < 0 ? .nan : Double(observation.battery)
        case .count: observation.count < 0 ? .nan : Double(observation.count)
        case .confidence: written(observation.confidence)
        case .floor: observation.floor == Int16.min ? .nan : Double(observation.floor)
        }
    }

    /// A number of 24 bits as it was written, with up to four decimals: 37.3 told is the limit 37.3, and not a little
    /// less.
    private static func written(_ value: Float) -> Double { (Double(value) * 10_000).rounded() / 10_000 }

    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained) else { return }
        let number = LevelRule.number(field, of: event.observation)
        if !number.isNaN { look(event, number, context, &timers, &output) }
    }

    /// Apart from ``step(_:_:timers:into:)``, which finds no number in most of what it is given.
    @inline(never)
    private mutating func look(
        _ event: Event, _ number: Double, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        guard keyed.matcher.truth(event, context) == .yes else { return }
        for lane in 0..<keyed.lanes {
            let key = keyed.key(lane, of: event, context)
            if key >= 0 { take(event, key, number, context, &timers, &output) }
        }
    }

    private mutating func take(
        _ event: Event, _ key: Int32, _ number: Double, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        let time = length > .zero ? event.windowTime(for: length) : event.observation.time
        switch threshold.add(Int(key), number, at: time) {
        case .ignored: return
        case .ended: end(event, key, context, &timers, &output)
        case .began, .unchanged:
            guard threshold.since(Int(key)) != nil else { return }
            if let episode = keyed.episodes[key] {
                goOn(event, key, number, time, episode, context, &timers, &output)
            } else if threshold.isBeyond(number) {
                begin(event, key, number, time, context, &timers, &output)
            }
        }
    }

    private mutating func begin(
        _ event: Event, _ key: Int32, _ number: Double, _ time: Instant, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let start = event.observation.time
        guard !keyed.episodes.isQuiet(key, at: event.now), keyed.settings.cooldown > .zero || !closed.contains(key),
            !isMoment || keyed.mayBegin(at: start, context), let opening = keyed.opening(from: start, context)
        else { return }
        if !closed.isEmpty { closed.remove(key) }
        var episode = Episodes.Episode(from: event, at: time, context)
        episode.value = number
        keyed.episodes[key] = episode
        let length = keyed.length(self.length, at: opening, context)
        guard length > .zero || opening > start else {
            raise(event, key, context, &output)
            return
        }
        // What is handed over late is followed by what came after it: its length is believed when that has come, or
        // when nothing came for as long.
        let due = (opening > start ? opening : time) + length
        let timer = event.isHistory ? max(due, event.now + length) : due
        pending[key] = Pending(due: due, timer: timer, opening: opening > start ? opening : nil)
        timers.absences.arm(keyed.timer(key), at: timer)
    }

    private mutating func goOn(
        _ event: Event, _ key: Int32, _ number: Double, _ time: Instant, _ episode: Episodes.Episode,
        _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let worst = threshold.worse(episode.value, number)
        keyed.episodes[key]?.take(event, at: time)
        keyed.episodes[key]?.value = worst
        if episode.isOpen {
            if worst != episode.value { tell(.updated, event, key, context, &output) }
        } else if let wait = pending[key], time >= wait.due {
            timers.absences.disarm(keyed.timer(key))
            raise(event, key, context, &output)
        }
    }

    private mutating func raise(
        _ event: Event, _ key: Int32, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        open(key)
        keyed.episodes[key]?.detected = event.now
        keyed.episodes[key]?.stage = 1
        tell(.raised, event, key, context, &output)
    }

    /// What waited begins: with its first reading, or when the calendar began.
    private mutating func open(_ key: Int32) {
        guard let wait = pending.removeValue(forKey: key), let opening = wait.opening else { return }
        since[key] = keyed.episodes[key]?.started
        keyed.episodes[key]?.started = opening
    }

    private mutating func end(
        _ event: Event, _ key: Int32, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        if !closed.isEmpty { closed.remove(key) }
        guard let episode = keyed.episodes[key] else { return }
        if episode.isOpen {
            tell(.resolved, event, key, context, &output)
        } else {
            pending[key] = nil
            timers.absences.disarm(keyed.timer(key))
        }
        keyed.episodes.end(key, at: event.now)
        since[key] = nil
    }

    /// A number has been beyond for so long.
    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        guard let episode = keyed.episodes[key] else {
            pending[key] = nil
            return
        }
        if threshold.since(Int(key)) == nil {
            // Adopted, and by what was read since it is over.
            pending[key] = nil
            keyed.episodes.end(key, at: now)
            if episode.isOpen {
                output.findings.append(finding(.resolved, key, episode, now, episode.traces.last, context))
            }
            since[key] = nil
        } else if !episode.isOpen {
            if pending[key]?.opening != nil, putOff(key, episode, deadline, context, &timers) { return }
            open(key)
            keyed.episodes[key]?.detected = deadline
            keyed.episodes[key]?.stage = 1
            guard let raised = keyed.episodes[key] else { return }
            output.findings.append(finding(.raised, key, raised, now, raised.traces.last, context))
        }
    }

    /// When the calendar begins is looked at once more: the clock may have been set, or the sheet of holidays changed.
    /// - Returns: whether it is not time yet.
    private mutating func putOff(
        _ key: Int32, _ episode: Episodes.Episode, _ deadline: Instant, _ context: RuleContext,
        _ timers: inout Timers
    ) -> Bool {
        let opening = keyed.opening(from: episode.started, context) ?? .distantFuture
        let due = opening < .distantFuture ? opening + keyed.length(self.length, at: opening, context) : opening
        pending[key] = Pending(due: due, timer: due, opening: opening)
        guard due > deadline else { return false }
        if due < .distantFuture { timers.absences.arm(keyed.timer(key), at: due) }
        return true
    }

    private func tell(
        _ change: Finding.Change, _ event: Event, _ key: Int32, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key] else { return }
        var told = finding(change, key, episode, event.now, Trace(event), context)
        told.age = event.isHistory ? .late : .news
        output.findings.append(told)
    }

    private func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episodes.Episode, _ now: Instant, _ last: Trace?,
        _ context: RuleContext
    ) -> Finding {
        var found = keyed.finding(
            change, key, episode, at: now, last: last,
            detail: .level(
                value: threshold.value(Int(key)), limit: threshold.limit, worst: episode.value, field: field),
            context)
        found.since = since[key]
        return found
    }
}

extension LevelRule {
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
        since[key] = nil
        if threshold.since(Int(key)) != nil { closed.insert(key) }
    }

    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LEVL", version: 2)
        keyed.write(context, to: &writer)
        for key in 0..<keyed.keyCount { threshold.write(key, to: &writer) }
        writer.dictionary(pending) { writer, key, wait in
            writer.integer(key)
            writer.instant(wait.due)
            writer.instant(wait.timer)
            writer.instant(ifAny: wait.opening)
        }
        writer.array(closed.sorted()) { $0.integer($1) }
        writer.word(context.days.checksum)
        writer.instants(since)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: outside of the calendar nothing waited.
        let (section, version) = try reader.open("LEVL", versions: 1...2)
        try keyed.read(from: &reader, &numbers)
        for key in 0..<keyed.keyCount { try threshold.read(key, from: &reader) }
        pending = try reader.dictionary(ofSize: 17) { (reader) throws(StateError) in
            let key = try keyed.readKey(from: &reader)
            let wait = Pending(
                due: try reader.instant(), timer: try reader.instant(),
                opening: version > 1 ? try reader.instantIfAny() : nil)
            return (key, wait)
        }
        closed = Set(try reader.array { (reader) throws(StateError) in try keyed.readKey(from: &reader) })
        since = [:]
        if version > 1 {
            let isSame = try reader.word() == numbers.context.days.checksum
            if !isSame { lookAtCalendar() }
            since = try keyed.readInstants(from: &reader)
        }
        try reader.close(section)
    }

    /// Takes over what was told. What is beyond by the readings, and the other had not told of, is told at the next
    /// timer; what is not beyond any more ends then.
    package mutating func adopt(toldBy other: LevelRule) {
        let own = keyed.episodes.keys.filter { keyed.episodes[$0]?.isOpen == true }
        let taken = Set(keyed.adopt(other.keyed))
        for key in own where !taken.contains(key) { keyed.episodes[key]?.detected = nil }
        for key in taken {
            pending[key] = nil
            since[key] = other.keyed.keys(ofText: keyed.text(key)).compactMap { other.since[$0] }.first
        }
        for key in keyed.episodes.keys where threshold.since(Int(key)) == nil || !isOpen(key) {
            let due = keyed.episodes[key]?.last ?? .distantPast
            if pending[key] == nil { pending[key] = Pending(due: due, timer: due) }
        }
    }

    /// What waits for the calendar is looked at with the next record.
    private mutating func lookAtCalendar() {
        for (key, wait) in pending where wait.opening != nil {
            pending[key]?.timer = keyed.episodes[key]?.last ?? wait.timer
        }
    }

    /// The clock was set, and a calendar opens by the clock.
    package mutating func lookAtCalendar(timers: inout Timers) {
        lookAtCalendar()
        for (key, wait) in pending where wait.opening != nil { timers.absences.arm(keyed.timer(key), at: wait.timer) }
    }

    private func isOpen(_ key: Int32) -> Bool { keyed.episodes[key]?.isOpen == true }

    package func rearm(_ timers: inout Timers) {
        for (key, wait) in pending where wait.timer < .distantFuture {
            timers.absences.arm(keyed.timer(key), at: wait.timer)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        threshold.shift(by: length)
        for (key, wait) in pending {
            pending[key] = Pending(
                due: wait.due.shifted(by: length), timer: wait.timer.shifted(by: length), opening: wait.opening)
        }
    }
}

extension LevelRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        keyed.status(ofKey: key, at: now) { key in
            let value = threshold.value(Int(key))
            if value.isNaN { return nil }
            if let wait = pending[key] {
                return RuleStatus(
                    zh: "最近读数 \(value)，已到限值 \(threshold.limit)，持续时间未到",
                    en: "the last reading is \(value), beyond \(threshold.limit), and has to last", due: wait.timer)
            }
            return RuleStatus(
                zh: "最近读数 \(value)，限值 \(threshold.limit)",
                en: "the last reading is \(value); the limit is \(threshold.limit)")
        }
    }
}

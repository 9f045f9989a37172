import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// `anti_passback`: who goes in while in, or out while out, of the area that the rule's gates enclose (docs/rules.md).
///
/// States of a key: unknown, in, out. A pass sets it; one of the same way again is told, with both passes. Unknown is
/// whoever did not pass yet, or not for `forget`; whose last pass lies before a time in which the box was blind or one
/// of the gates dead, since the pass between may have been missed; everybody after the gates have changed; and who
/// passed without a direction. Unknown raises nothing. A gate counts as dead from half a heartbeat after its next word
/// was due, sooner than it is told to be silent: what it did not hand over is missed from its last word on.
///
/// Law: passes count in the order of their own times; one before the last that is known changes nothing. The same way
/// by the same device, up to `again` after the one before it, is the same pass. An event: it never resolves, and it is
/// over when it is told. So there are no episodes, and it is no ``KeyedRule``.
/// Cost: 48 B a key; O(1) a pass, and O(gates) one that would raise. No timer.
package struct Passback: RuleEngine {
    /// Which way somebody went last; the numbers are part of the persisted form.
    enum Way: UInt8, Sendable {
        case unknown = 0
        case inward = 1
        case outward = 2
    }

    /// The last pass of a key.
    struct Pass: Sendable {
        var way = Way.unknown
        /// Its own time, or that of its last repetition.
        var at = Instant.distantPast
        var trace: Trace?
    }

    /// So many heartbeats after its last word a gate is not believed to hand over what passes it.
    private static let missed = 1.5

    private let rule: Int
    private let settings: RuleSettings
    private let forget: Milliseconds
    private let again: Milliseconds
    private let matcher: Matcher
    /// Those that enclose the area, by number.
    private let gates: [Int32]
    /// Of their names and directions: what is known holds for the same gates alone.
    private let gatesSum: UInt64
    /// Of the gates that the state read was gathered with; nil where none was read.
    private var gatesRead: UInt64?
    private var keyer: Keyer
    private var known = Paged<Pass>()
    /// By key: until when nothing is raised, for the cooldown.
    private var quietUntil: [Int32: Instant] = [:]

    package var kinds: UInt64 { matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { matcher.kinds(of: device) }

    package init(_ plan: RulePlan, timers: inout Timers) {
        guard case .passback(let forget, let again) = plan.settings.window else {
            preconditionFailure("a rule of passes the same way has them as its window")
        }
        rule = plan.rule
        settings = plan.settings
        self.forget = forget
        self.again = again
        matcher = Matcher(settings.match, plan)
        let places = Matcher.inside(settings.match.places, plan.registry)
        let fitting = plan.registry.devices.indices.filter { index in
            let device = plan.registry.devices[index]
            return Matcher.fits(device, plan.settings.match)
                && (places.isEmpty || device.place.map { places[Int($0.index)] } ?? false)
        }
        gates = fitting.map { Int32($0) }
        gatesSum = Passback.sum(fitting.map { plan.registry.devices[$0] })
        keyer = Passback.keyer(settings)
    }

    /// A visitor without a credential is known by the code of the visit.
    private static func keyer(_ settings: RuleSettings) -> Keyer {
        Keyer(settings.keys[0] == .credential ? .visit : .person)
    }

    private static func sum(_ gates: [Device]) -> UInt64 {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        for gate in gates.sorted(by: { $0.id < $1.id }) {
            let way =
                switch gate.direction {
                case .payload: "payload"
                case .fixed(let way): way.rawValue
                case .table(let entries): entries.map { "\($0.value)=\($0.direction.rawValue)" }.joined(separator: "|")
                }
            for byte in "\(gate.id)\n\(way)\n".utf8 { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return sum
    }

    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained), matcher.truth(event, context) == .yes else { return }
        let key = keyer.number(of: event, context)
        guard key >= 0 else { return }
        let at = Int(key)
        if at >= known.count { known.append(max(at + 1 - known.count, known.count), of: Pass()) }
        let time = event.observation.time
        let last = known[at]
        guard time >= last.at else { return }
        let way = Passback.way(event)
        if way == last.way, event.device == last.trace?.device, time - last.at <= again {
            known[at].at = time
            return
        }
        known[at] = Pass(way: way, at: time, trace: Trace(event))
        guard way != .unknown, way == last.way, let before = last.trace, time - last.at < forget,
            settings.covers(time, context.zone, context.days),
            quietUntil[key].map({ event.now >= $0 }) ?? true,
            wasWatched(from: last.at, to: max(time, event.now), context)
        else { return }
        if settings.cooldown > .zero { quietUntil[key] = event.now + settings.cooldown }
        output.findings.append(finding(event, key, way, before, context))
    }

    private static func way(_ event: Event) -> Way {
        let isIn = event.observation.marks.contains(.inward)
        if isIn == event.observation.marks.contains(.outward) { return .unknown }
        return isIn ? .inward : .outward
    }

    /// Whether no pass can have been missed: the box was never blind, and no gate dead.
    private func wasWatched(from: Instant, to: Instant, _ context: RuleContext) -> Bool {
        guard context.blind.blindTime(from: from, to: to) == .zero else { return false }
        return gates.allSatisfy { gate in
            let silent = context.coverage.silentFrom(gate, missed: Passback.missed, context.blind)
            return silent.map { $0 > to } ?? true
                && context.coverage.deadTimes(gate, from: from, to: to, context.blind).isEmpty
        }
    }

    private func finding(
        _ event: Event, _ key: Int32, _ way: Way, _ before: Trace, _ context: RuleContext
    ) -> Finding {
        let trace = Trace(event)
        var finding = Finding(
            rule: rule, change: .raised, severity: settings.severity, key: keyer[key], started: trace.at,
            detected: event.now, at: event.now, place: context.place(of: event),
            residents: event.resident >= 0 ? [ResidentID(index: event.resident)] : [], device: event.device,
            lastEvidence: trace, evidence: [before, trace],
            detail: .passback(isInward: way == .inward, before: before))
        finding.person = event.person
        finding.age = event.isHistory ? .late : .news
        return finding
    }

    /// Nothing waits.
    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {}

    /// What comes next is another matter in any case.
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {}

    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        let number = keyer.find(key)
        guard number >= 0, Int(number) < known.count else { return [] }
        let last = known[Int(number)]
        if quietUntil[number].map({ now < $0 }) ?? false {
            return [RuleStatus(zh: "结案后静默中", en: "quiet after the last one")]
        }
        guard last.way != .unknown, now - last.at < forget, wasWatched(from: last.at, to: now, context) else {
            return [
                RuleStatus(
                    zh: "不知道在内还是在外：没有方向、太久没有通行、其间断线或大门失联",
                    en: "nobody knows whether it is in or out: no direction, no pass for too long, the box blind or a "
                        + "gate silent since")
            ]
        }
        let ago = (now - last.at).spoken
        return last.way == .inward
            ? [
                RuleStatus(
                    zh: "\(ago.zh)前进入；没有出就再进才报警",
                    en: "went in \(ago.en) ago; it takes another way in before one out")
            ]
            : [
                RuleStatus(
                    zh: "\(ago.zh)前出去；没有进就再出才报警",
                    en: "went out \(ago.en) ago; it takes another way out before one in")
            ]
    }
}

extension Passback {
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("PSBK", version: 1)
        keyer.write(context, to: &writer)
        writer.word(gatesSum)
        for key in 0..<keyer.count {
            let pass = key < known.count ? known[key] : Pass()
            writer.byte(pass.way.rawValue)
            writer.instant(pass.at)
            writer.optional(pass.trace) { $1.write(to: &$0) }
        }
        writer.instants(quietUntil)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("PSBK", version: 1)
        keyer = Passback.keyer(settings)
        try keyer.read(from: &reader, numbers)
        gatesRead = try reader.word()
        known = Paged()
        for _ in 0..<keyer.count {
            guard let way = Way(rawValue: try reader.byte()) else { throw reader.damaged("a way") }
            let at = try reader.instant()
            let trace = try reader.optional { (reader) throws(StateError) in try Trace(from: &reader, &numbers) }
            known.append(Pass(way: way, at: at, trace: trace))
        }
        quietUntil = try reader.instants()
        try reader.close(section)
        if gatesRead != gatesSum { forgetAll() }
    }

    /// With other gates nobody knows who is in and who is out; what comes later counts.
    private mutating func forgetAll() {
        for key in known.indices { known[key].way = .unknown }
    }

    /// Nothing is open. What was read under other gates is forgotten, also where it was worked out again since.
    package mutating func adopt(toldBy other: Passback) {
        gatesRead = other.gatesRead ?? gatesRead
        if let gatesRead, gatesRead != gatesSum { forgetAll() }
        for (key, until) in other.quietUntil { quietUntil[keyer.number(ofText: other.keyer[key])] = until }
        if keyer.count > known.count { known.append(keyer.count - known.count, of: Pass()) }
    }

    package func rearm(_ timers: inout Timers) {}

    package mutating func shift(by length: Milliseconds) {
        for key in known.indices {
            var pass = known[key]
            pass.at = pass.at.shifted(by: length)
            if let before = pass.trace?.at { pass.trace?.at = before.shifted(by: length) }
            known[key] = pass
        }
        for key in quietUntil.keys { quietUntil[key] = quietUntil[key]?.shifted(by: length) }
    }
}

import Community
import Feeds
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

/// The rules of a configuration, each engine in an array of its own type, where it is changed in place: an enum around
/// them would be copied for each record.
///
/// This is the one list of engines. One more has a case of ``EngineSlot``, its array, a line in ``init(_:timers:)``,
/// and one each in ``step(_:_:timers:into:)`` and `expire`: what records and timers pass is a switch to a call of a
/// known type, and no such switch can be written once for all types (by packs of types the arrays could not be changed
/// in place, by key paths each step would cost a look-up). All that is seldom done knows no engine by name: it goes by
/// ``EnginePlace``, which a rule's line in `init` makes.
struct Engines: Sendable {
    /// A rule's place among those of its engine's type.
    enum EngineSlot: Sendable {
        case noMovement(Int)
        case incident(Int)
        case count(Int)
        case level(Int)
        case duration(Int)
        case sequence(Int)
        case tailgating(Int)
        case flow(Int)
        case passback(Int)
        case device(Int)
    }

    /// By place of the rule in the configuration.
    private(set) var slots: [EngineSlot] = []
    /// The same, for what is seldom done.
    private var places: [any EnginePlace] = []
    /// Stretches of rules, each in the configuration's order.
    private var order: ContiguousArray<EngineSlot> = []
    /// By ``stretch(_:_:hasBattery:)``, which stretch of `order` looks at an observation. Devices that no rule tells
    /// apart are of one class; the first class is of those that the registry does not know.
    private var stretches: ContiguousArray<Range<Int32>> = []
    /// By number in the registry.
    private var classOfDevice: ContiguousArray<Int32> = []
    /// By owner of timers: the rule that it belongs to.
    private var absenceOwners: [EngineSlot] = []
    private var otherOwners: [EngineSlot] = []
    var noMovements: ContiguousArray<NoMovement> = []
    var incidents: ContiguousArray<IncidentRule> = []
    private var counts: ContiguousArray<CountRule> = []
    private var levels: ContiguousArray<LevelRule> = []
    private var durations: ContiguousArray<DurationRule> = []
    private var sequences: ContiguousArray<SequenceRule> = []
    private var tailgatings: ContiguousArray<TailgatingRule> = []
    private var flows: ContiguousArray<FlowRule> = []
    private var passbacks: ContiguousArray<Passback> = []
    private var devices = DeviceRules()
    /// Something waits for the next record, since nothing can change before it.
    private(set) var areAsleep = true

    init(_ plans: [RulePlan], timers: inout Timers) {
        for plan in plans {
            switch plan.settings.window {
            case .absence: add(plan, to: \.noMovements, EngineSlot.noMovement, &timers)
            case .session: add(plan, to: \.incidents, EngineSlot.incident, &timers)
            case .count, .distinct: add(plan, to: \.counts, EngineSlot.count, &timers)
            case .threshold: add(plan, to: \.levels, EngineSlot.level, &timers)
            case .lasting: add(plan, to: \.durations, EngineSlot.duration, &timers)
            case .sequence: add(plan, to: \.sequences, EngineSlot.sequence, &timers)
            case .excess: add(plan, to: \.tailgatings, EngineSlot.tailgating, &timers)
            case .flow: add(plan, to: \.flows, EngineSlot.flow, &timers)
            case .passback: add(plan, to: \.passbacks, EngineSlot.passback, &timers)
            case .device: add(plan, to: \.devices, EngineSlot.device, &timers)
            }
        }
        classify(plans.first?.registry.devices.count ?? 0, &timers)
    }

    private mutating func add<Set: EngineSet>(
        _ plan: RulePlan, to set: any WritableKeyPath<Engines, Set> & Sendable, _ slot: (Int) -> EngineSlot,
        _ timers: inout Timers
    ) {
        let at = self[keyPath: set].add(plan, &timers)
        slots.append(slot(at))
        places.append(SetPlace(set: set, at: at))
        while absenceOwners.count < timers.absences.ownerCount { absenceOwners.append(slot(at)) }
        while otherOwners.count < timers.others.ownerCount { otherOwners.append(slot(at)) }
    }

    /// What tells two classes apart by one more rule.
    private struct Split: Hashable {
        var former: Int32
        var kinds: UInt64
    }

    /// Sorts the devices into classes, which each rule splits. O(devices × rules), once.
    private mutating func classify(_ devices: Int, _ timers: inout Timers) {
        // The first stands for what the registry does not know, and is of a class of its own.
        var classes = [Int32](repeating: 1, count: devices + 1)
        classes[0] = 0
        // By class and rule, the kinds that the rule looks at.
        var kinds: [[UInt64]] = [[], []]
        var areOfBatteries: [Bool] = []
        for rule in slots.indices {
            var looks = KindsOf(devices: devices)
            visit(rule: rule, &looks, timers: &timers)
            areOfBatteries.append(looks.isOfBatteries)
            var known: [Split: Int32] = [:]
            var split: [[UInt64]] = []
            for device in classes.indices {
                let key = Split(former: classes[device], kinds: looks.kinds[device])
                if known[key] == nil {
                    known[key] = Int32(split.count)
                    split.append(kinds[Int(key.former)] + [key.kinds])
                }
                classes[device] = known[key] ?? 0
            }
            kinds = split
        }
        classOfDevice = ContiguousArray(classes.dropFirst())
        for kinds in kinds { addStretches(of: kinds, areOfBatteries) }
    }

    /// - Parameter kinds: by rule, those of one class of devices.
    private mutating func addStretches(of kinds: [UInt64], _ areOfBatteries: [Bool]) {
        for look in 0..<128 {
            let begin = Int32(order.count)
            let kind = UInt64(look >> 1)
            for (rule, slot) in slots.enumerated() where kinds[rule] & 1 << kind != 0 {
                // Those about devices are stepped together.
                if case .device = slot { continue }
                if look & 1 == 1 || !areOfBatteries[rule] { order.append(slot) }
            }
            stretches.append(begin..<Int32(order.count))
        }
    }

    private static func stretch(_ deviceClass: Int32, _ kind: ObservationKind, hasBattery: Bool) -> Int {
        Int(deviceClass) << 7 | Int(kind.rawValue) << 1 | (hasBattery ? 1 : 0)
    }

    // MARK: The hot path

    mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        let device = Int(event.device)
        let known = device >= 0 && device < classOfDevice.count ? classOfDevice[device] : 0
        let stretch = stretches[
            Engines.stretch(known, event.observation.kind, hasBattery: event.observation.battery >= 0)]
        for place in Int(stretch.lowerBound)..<Int(stretch.upperBound) {
            switch order[place] {
            case .noMovement(let at): Engines.step(&noMovements, at, event, context, &timers, &output)
            case .incident(let at): Engines.step(&incidents, at, event, context, &timers, &output)
            case .count(let at): Engines.step(&counts, at, event, context, &timers, &output)
            case .level(let at): Engines.step(&levels, at, event, context, &timers, &output)
            case .duration(let at): Engines.step(&durations, at, event, context, &timers, &output)
            case .sequence(let at): Engines.step(&sequences, at, event, context, &timers, &output)
            case .tailgating(let at): Engines.step(&tailgatings, at, event, context, &timers, &output)
            case .flow(let at): Engines.step(&flows, at, event, context, &timers, &output)
            case .passback(let at): Engines.step(&passbacks, at, event, context, &timers, &output)
            case .device: break
            }
        }
        stepDevices(event, context, timers: &timers, into: &output)
        if output.findings.count > 1 { output.sort() }
    }

    /// A word of a device, and nothing else: only the rules about devices look at it.
    mutating func stepDevices(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        devices.step(event, context, timers: &timers, into: &output)
    }

    /// Asks for the memory that an event of a device in a home will need soon.
    mutating func prefetch(device: Int32, home: Int32) {
        devices.prefetch(device)
        if home >= 0 { for at in noMovements.indices { noMovements[at].prefetch(home) } }
    }

    /// Never inlined: the arrays of all types would be looked at for other owners before the first is stepped.
    @inline(never)
    private static func step<Engine: RuleEngine>(
        _ engines: inout ContiguousArray<Engine>, _ at: Int, _ event: Event, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        engines[at].step(event, context, timers: &timers, into: &output)
    }

    /// A timer has come due; `isAbsence` tells of which queue.
    mutating func expire(
        _ timer: TimerQueue.Timer, isAbsence: Bool, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        // Not by a visitor: what it holds would be a second owner of timers and output, and they would be copied.
        func fire(_ engine: inout some RuleEngine) {
            engine.expire(timer, deadline: deadline, now: now, context, timers: &timers, into: &output)
        }
        switch isAbsence ? absenceOwners[Int(timer.owner)] : otherOwners[Int(timer.owner)] {
        case .noMovement(let at):
            fire(&noMovements[at])
            if noMovements[at].isAsleep { areAsleep = true }
        case .incident(let at): fire(&incidents[at])
        case .count(let at): fire(&counts[at])
        case .level(let at): fire(&levels[at])
        case .duration(let at): fire(&durations[at])
        case .sequence(let at): fire(&sequences[at])
        case .tailgating(let at): fire(&tailgatings[at])
        case .flow(let at): fire(&flows[at])
        case .passback(let at): fire(&passbacks[at])
        case .device(let at):
            devices.expire(at, timer, deadline: deadline, now: now, context, timers: &timers, into: &output)
            if devices.isAsleep(at) { areAsleep = true }
        }
    }

    /// A record has come, behind a time in which nothing could change.
    @inline(never)
    mutating func wake(at now: Instant, timers: inout Timers) {
        areAsleep = false
        for at in noMovements.indices { noMovements[at].wake(at: now, timers: &timers) }
        devices.wake(at: now, timers: &timers)
    }

    /// The box began or ceased to hear, or its clock was set.
    mutating func sessionChanged(at now: Instant, timers: inout Timers) {
        wake(at: now, timers: &timers)
        for at in durations.indices { durations[at].wake(at: now, timers: &timers) }
    }

    // MARK: What is seldom done

    /// Does something to the engine of a rule, whatever its type.
    mutating func visit<Visitor: EngineVisitor>(
        rule: Int, _ visitor: inout Visitor, timers: inout Timers
    ) throws(Visitor.Failure) {
        let place = places[rule]
        try place.visit(&self, &visitor, timers: &timers)
    }

    /// As ``visit(rule:_:timers:)``, with the same rule's engine in another set that was made for the same
    /// configuration.
    mutating func visit<Visitor: EnginePairVisitor>(
        rule: Int, beside other: Engines, _ visitor: inout Visitor
    ) throws(Visitor.Failure) {
        let place = places[rule]
        try place.visit(&self, beside: other, &visitor)
    }

    func write(rule: Int, _ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        places[rule].write(self, context, timers: timers, to: &writer)
    }

    func status(rule: Int, ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        places[rule].status(self, ofKey: key, at: now, context)
    }

    /// Somebody posed as another device.
    mutating func mismatched(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        for at in devices.indices { devices[at].mismatched(event, context, timers: &timers, into: &output) }
    }

    /// So many of a device's last messages say that they are the same as others.
    mutating func idsRepeat(
        _ event: Event, _ dropped: Int, _ context: RuleContext, timers: inout Timers,
        into output: inout RuleOutput
    ) {
        for at in devices.indices {
            devices[at].idsRepeat(event, dropped, context, timers: &timers, into: &output)
        }
    }

    /// A built-in rule waits until what was before it is stepped over.
    mutating func hold(rule: Int) {
        if case .incident(let at) = slots[rule] { incidents[at].isHeld = true }
    }

    mutating func release() {
        for at in incidents.indices { incidents[at].isHeld = false }
    }

    /// Somebody has taken an alert in hand: of life safety nothing joins it any more.
    mutating func take(rule: Int, key: String, started: Instant, at now: Instant) {
        guard case .incident(let at) = slots[rule], incidents[at].isLifeSafety else { return }
        incidents[at].take(key: key, started: started, at: now)
    }

    /// A fire or a call for help has come: what is held near it is released.
    mutating func releaseForEmergency(
        at now: Instant, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        for at in incidents.indices {
            incidents[at].releaseForEmergency(at: now, context, timers: &timers, into: &output)
        }
    }

    /// The home that an alert of a rule is about; nil where it is about none, or the registry has it no more.
    func home(rule: Int, ofKey key: String) -> Int? {
        guard case .noMovement(let at) = slots[rule] else { return nil }
        return noMovements[at].home(ofKey: key)
    }

    /// Since when each home is counted by a rule; empty for one that counts no homes.
    func counted(rule: Int, _ context: RuleContext) -> [NoMovement.Counted] {
        guard case .noMovement(let at) = slots[rule] else { return [] }
        return noMovements[at].counted(context)
    }

    /// A home was counted by a rule since then, before the journal was lost.
    /// - Returns: whether it is counted from then; nil where neither the rule nor the home is known.
    mutating func resume(
        rule: Int, _ home: String, since: Instant, _ context: RuleContext, timers: inout Timers
    ) -> Bool? {
        guard case .noMovement(let at) = slots[rule], let number = noMovements[at].home(ofKey: home) else { return nil }
        return noMovements[at].resume(number, since: since, context, timers: &timers)
    }

    /// Somebody went to a home, or asked.
    mutating func visited(
        rule: Int, home: Int, resident: ResidentID?, _ visit: Visit, timers: inout Timers
    ) {
        guard case .noMovement(let at) = slots[rule] else { return }
        noMovements[at].visited(home: home, resident: resident, visit, timers: &timers)
    }

    mutating func begin(at now: Instant, _ context: RuleContext, timers: inout Timers) {
        var begin = Begin(now: now, context: context)
        for rule in slots.indices { visit(rule: rule, &begin, timers: &timers) }
    }

    mutating func rearm(timers: inout Timers) {
        var rearm = Rearm()
        for rule in slots.indices { visit(rule: rule, &rearm, timers: &timers) }
    }

    /// The clock was moved; the timers' queues move theirs.
    mutating func shift(by length: Milliseconds, timers: inout Timers) {
        var shift = Shift(length: length)
        for rule in slots.indices { visit(rule: rule, &shift, timers: &timers) }
    }

    mutating func close(rule: Int, key: String, started: Instant, at now: Instant, timers: inout Timers) {
        var close = Close(key: key, started: started, now: now)
        visit(rule: rule, &close, timers: &timers)
    }

    /// As ``close(rule:key:started:at:timers:)``, but that a home where somebody was since is counted on from then.
    mutating func settle(rule: Int, key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard case .noMovement(let at) = slots[rule] else {
            return close(rule: rule, key: key, started: started, at: now, timers: &timers)
        }
        noMovements[at].settle(key: key, started: started, at: now, timers: &timers)
    }
}

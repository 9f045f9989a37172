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
struct Engines: Sendable {
    /// A rule's place among those of its engine's type.
    enum EngineSlot: Sendable {
        case noMovement(Int)
        case incident(Int)
        case counting(Int)
        case level(Int)
        case lasting(Int)
        case following(Int)
        case excess(Int)
        case flow(Int)
        case passback(Int)
        case device(Int)
    }

    /// By place of the rule in the configuration.
    private(set) var programs: [EngineSlot] = []
    /// Stretches of rules, each in the configuration's order.
    private var order: ContiguousArray<EngineSlot> = []
    /// By ``slot(_:_:hasBattery:)``, which stretch of `order` looks at an observation. Devices that no rule tells apart
    /// are of one class; the first class is of those that the registry does not know.
    private var stretches: ContiguousArray<Range<Int32>> = []
    /// By number in the registry.
    private var classOfDevice: ContiguousArray<Int32> = []
    /// By owner of timers: the rule that it belongs to.
    private var absenceOwners: [EngineSlot] = []
    private var otherOwners: [EngineSlot] = []
    var noMovements: ContiguousArray<NoMovement> = []
    var incidents: ContiguousArray<IncidentRule> = []
    private var countings: ContiguousArray<CountRule> = []
    private var levels: ContiguousArray<LevelRule> = []
    private var lastings: ContiguousArray<DurationRule> = []
    private var followings: ContiguousArray<SequenceRule> = []
    private var excesses: ContiguousArray<TailgatingRule> = []
    private var flows: ContiguousArray<FlowRule> = []
    private var passbacks: ContiguousArray<Passback> = []
    private var devices = DeviceRules()
    /// Something waits for the next record, since nothing can change before it.
    private(set) var areAsleep = true

    init(_ plans: [RulePlan], timers: inout Timers) {
        for plan in plans {
            let program: EngineSlot
            switch plan.settings.window {
            case .absence: program = .noMovement(Engines.add(&noMovements, plan, &timers))
            case .session: program = .incident(Engines.add(&incidents, plan, &timers))
            case .count, .distinct: program = .counting(Engines.add(&countings, plan, &timers))
            case .threshold: program = .level(Engines.add(&levels, plan, &timers))
            case .lasting: program = .lasting(Engines.add(&lastings, plan, &timers))
            case .sequence: program = .following(Engines.add(&followings, plan, &timers))
            case .excess: program = .excess(Engines.add(&excesses, plan, &timers))
            case .flow: program = .flow(Engines.add(&flows, plan, &timers))
            case .passback: program = .passback(Engines.add(&passbacks, plan, &timers))
            case .device: program = .device(devices.add(plan, &timers))
            }
            programs.append(program)
            while absenceOwners.count < timers.absences.ownerCount { absenceOwners.append(program) }
            while otherOwners.count < timers.others.ownerCount { otherOwners.append(program) }
        }
        classify(plans.first?.registry.devices.count ?? 0, &timers)
    }

    /// Sorts the devices into classes. O(devices × rules), once.
    private mutating func classify(_ devices: Int, _ timers: inout Timers) {
        var classes: [[UInt64]: Int32] = [:]
        var looks = KindsOf(device: -1)
        for device in -1..<Int32(devices) {
            looks.device = device
            looks.kinds.removeAll(keepingCapacity: true)
            looks.areOfBatteries.removeAll(keepingCapacity: true)
            for program in programs { visit(program, &looks, timers: &timers) }
            let known = device < 0 ? nil : classes[looks.kinds]
            if let known {
                classOfDevice.append(known)
                continue
            }
            let new = Int32(stretches.count / 128)
            if device >= 0 {
                classes[looks.kinds] = new
                classOfDevice.append(new)
            }
            for slot in 0..<128 {
                let begin = Int32(order.count)
                let kind = UInt64(slot >> 1)
                for (place, program) in programs.enumerated() where looks.kinds[place] & 1 << kind != 0 {
                    // Those about devices are stepped together.
                    if case .device = program { continue }
                    if slot & 1 == 1 || !looks.areOfBatteries[place] { order.append(program) }
                }
                stretches.append(begin..<Int32(order.count))
            }
        }
    }

    private static func slot(_ deviceClass: Int32, _ kind: ObservationKind, hasBattery: Bool) -> Int {
        Int(deviceClass) << 7 | Int(kind.rawValue) << 1 | (hasBattery ? 1 : 0)
    }

    private static func add<Engine: RuleEngine>(
        _ engines: inout ContiguousArray<Engine>, _ plan: RulePlan, _ timers: inout Timers
    ) -> Int {
        engines.append(Engine(plan, timers: &timers))
        return engines.count - 1
    }

    // MARK: The hot path

    mutating func step(
        _ event: Event, _ surroundings: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        let device = Int(event.device)
        let known = device >= 0 && device < classOfDevice.count ? classOfDevice[device] : 0
        let stretch = stretches[
            Engines.slot(known, event.observation.kind, hasBattery: event.observation.battery >= 0)]
        for place in Int(stretch.lowerBound)..<Int(stretch.upperBound) {
            switch order[place] {
            case .noMovement(let at): Engines.step(&noMovements, at, event, surroundings, &timers, &output)
            case .incident(let at): Engines.step(&incidents, at, event, surroundings, &timers, &output)
            case .counting(let at): Engines.step(&countings, at, event, surroundings, &timers, &output)
            case .level(let at): Engines.step(&levels, at, event, surroundings, &timers, &output)
            case .lasting(let at): Engines.step(&lastings, at, event, surroundings, &timers, &output)
            case .following(let at): Engines.step(&followings, at, event, surroundings, &timers, &output)
            case .excess(let at): Engines.step(&excesses, at, event, surroundings, &timers, &output)
            case .flow(let at): Engines.step(&flows, at, event, surroundings, &timers, &output)
            case .passback(let at): Engines.step(&passbacks, at, event, surroundings, &timers, &output)
            case .device: break
            }
        }
        stepDevices(event, surroundings, timers: &timers, into: &output)
        if output.findings.count > 1 { output.sort() }
    }

    /// A word of a device, and nothing else: only the rules about devices look at it.
    mutating func stepDevices(
        _ event: Event, _ surroundings: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        devices.step(event, surroundings, timers: &timers, into: &output)
    }

    /// Asks for the memory that an event of a device in a home will need soon.
    mutating func prefetch(device: Int32, home: Int32) {
        devices.prefetch(device)
        if home >= 0 { for at in noMovements.indices { noMovements[at].prefetch(home) } }
    }

    /// Never inlined: the arrays of all types would be looked at for other owners before the first is stepped.
    @inline(never)
    private static func step<Engine: RuleEngine>(
        _ engines: inout ContiguousArray<Engine>, _ at: Int, _ event: Event, _ surroundings: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        engines[at].step(event, surroundings, timers: &timers, into: &output)
    }

    /// A timer has come due; `isAbsence` tells of which queue.
    mutating func expire(
        _ timer: TimerQueue.Timer, isAbsence: Bool, deadline: Instant, now: Instant, _ world: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        // Not by a visitor: what it holds would be a second owner of timers and output, and they would be copied.
        func fire(_ engine: inout some RuleEngine) {
            engine.expire(timer, deadline: deadline, now: now, world, timers: &timers, into: &output)
        }
        switch isAbsence ? absenceOwners[Int(timer.owner)] : otherOwners[Int(timer.owner)] {
        case .noMovement(let at):
            fire(&noMovements[at])
            if noMovements[at].isAsleep { areAsleep = true }
        case .incident(let at): fire(&incidents[at])
        case .counting(let at): fire(&countings[at])
        case .level(let at): fire(&levels[at])
        case .lasting(let at): fire(&lastings[at])
        case .following(let at): fire(&followings[at])
        case .excess(let at): fire(&excesses[at])
        case .flow(let at): fire(&flows[at])
        case .passback(let at): fire(&passbacks[at])
        case .device(let at):
            devices.expire(at, timer, deadline: deadline, now: now, world, timers: &timers, into: &output)
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
        for at in lastings.indices { lastings[at].wake(at: now, timers: &timers) }
    }

    // MARK: What is seldom done

    /// Does something to the engine of a rule, whatever its type.
    mutating func visit<Visitor: EngineVisitor>(
        _ program: EngineSlot, _ visitor: inout Visitor, timers: inout Timers
    ) throws(Visitor.Failure) {
        switch program {
        case .noMovement(let at): try visitor.visit(&noMovements[at], timers: &timers)
        case .incident(let at): try visitor.visit(&incidents[at], timers: &timers)
        case .counting(let at): try visitor.visit(&countings[at], timers: &timers)
        case .level(let at): try visitor.visit(&levels[at], timers: &timers)
        case .lasting(let at): try visitor.visit(&lastings[at], timers: &timers)
        case .following(let at): try visitor.visit(&followings[at], timers: &timers)
        case .excess(let at): try visitor.visit(&excesses[at], timers: &timers)
        case .flow(let at): try visitor.visit(&flows[at], timers: &timers)
        case .passback(let at): try visitor.visit(&passbacks[at], timers: &timers)
        case .device(let at): try visitor.visit(&devices[at], timers: &timers)
        }
    }

    /// As ``visit(_:_:timers:)``, with the same rule's engine in another set that was made for the same configuration.
    mutating func visit<Visitor: EnginePairVisitor>(
        _ program: EngineSlot, beside other: Engines, _ visitor: inout Visitor
    ) throws(Visitor.Failure) {
        switch program {
        case .noMovement(let at): try visitor.visit(&noMovements[at], beside: other.noMovements[at])
        case .incident(let at): try visitor.visit(&incidents[at], beside: other.incidents[at])
        case .counting(let at): try visitor.visit(&countings[at], beside: other.countings[at])
        case .level(let at): try visitor.visit(&levels[at], beside: other.levels[at])
        case .lasting(let at): try visitor.visit(&lastings[at], beside: other.lastings[at])
        case .following(let at): try visitor.visit(&followings[at], beside: other.followings[at])
        case .excess(let at): try visitor.visit(&excesses[at], beside: other.excesses[at])
        case .flow(let at): try visitor.visit(&flows[at], beside: other.flows[at])
        case .passback(let at): try visitor.visit(&passbacks[at], beside: other.passbacks[at])
        case .device(let at): try visitor.visit(&devices[at], beside: other.devices[at])
        }
    }

    func write(
        _ program: EngineSlot, _ surroundings: RuleContext, timers: Timers, to writer: inout StateWriter
    ) {
        switch program {
        case .noMovement(let at): noMovements[at].write(surroundings, timers: timers, to: &writer)
        case .incident(let at): incidents[at].write(surroundings, timers: timers, to: &writer)
        case .counting(let at): countings[at].write(surroundings, timers: timers, to: &writer)
        case .level(let at): levels[at].write(surroundings, timers: timers, to: &writer)
        case .lasting(let at): lastings[at].write(surroundings, timers: timers, to: &writer)
        case .following(let at): followings[at].write(surroundings, timers: timers, to: &writer)
        case .excess(let at): excesses[at].write(surroundings, timers: timers, to: &writer)
        case .flow(let at): flows[at].write(surroundings, timers: timers, to: &writer)
        case .passback(let at): passbacks[at].write(surroundings, timers: timers, to: &writer)
        case .device(let at): devices[at].write(surroundings, timers: timers, to: &writer)
        }
    }

    /// Somebody posed as another device.
    mutating func mismatched(
        _ event: Event, _ surroundings: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        for at in devices.indices { devices[at].mismatched(event, surroundings, timers: &timers, into: &output) }
    }

    /// So many of a device's last messages say that they are the same as others.
    mutating func idsRepeat(
        _ event: Event, _ dropped: Int, _ surroundings: RuleContext, timers: inout Timers,
        into output: inout RuleOutput
    ) {
        for at in devices.indices {
            devices[at].idsRepeat(event, dropped, surroundings, timers: &timers, into: &output)
        }
    }

    /// A built-in rule waits until what was before it is stepped over.
    mutating func hold(_ program: EngineSlot) {
        if case .incident(let at) = program { incidents[at].isHeld = true }
    }

    mutating func release() {
        for at in incidents.indices { incidents[at].isHeld = false }
    }

    /// Somebody has taken an alert in hand: of life safety nothing joins it any more.
    mutating func take(_ program: EngineSlot, key: String, started: Instant, at now: Instant) {
        guard case .incident(let at) = program, incidents[at].isLifeSafety else { return }
        incidents[at].take(key: key, started: started, at: now)
    }

    /// A fire or a call for help has come: nothing is held near it any more.
    mutating func letGoForEmergency(
        at now: Instant, _ surroundings: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        for at in incidents.indices {
            incidents[at].letGoForEmergency(at: now, surroundings, timers: &timers, into: &output)
        }
    }

    /// The home that an alert of a rule is about; nil where it is about none, or the registry has it no more.
    func home(_ program: EngineSlot, ofKey key: String) -> Int? {
        guard case .noMovement(let at) = program else { return nil }
        return noMovements[at].home(ofKey: key)
    }

    /// Since when each home is counted by a rule; empty for one that counts no homes.
    func counted(_ program: EngineSlot, _ surroundings: RuleContext) -> [NoMovement.Counted] {
        guard case .noMovement(let at) = program else { return [] }
        return noMovements[at].counted(surroundings)
    }

    /// A home was counted by a rule since then, before the journal was lost.
    /// - Returns: whether it is counted from then; nil where neither the rule nor the home is known.
    mutating func resume(
        _ program: EngineSlot, _ home: String, since: Instant, _ surroundings: RuleContext, timers: inout Timers
    ) -> Bool? {
        guard case .noMovement(let at) = program, let number = noMovements[at].home(ofKey: home) else { return nil }
        return noMovements[at].resume(number, since: since, surroundings, timers: &timers)
    }

    /// Somebody went to a home, or asked.
    mutating func visited(
        _ program: EngineSlot, home: Int, resident: ResidentID?, _ visit: Visit, timers: inout Timers
    ) {
        guard case .noMovement(let at) = program else { return }
        noMovements[at].visited(home: home, resident: resident, visit, timers: &timers)
    }

    func outlook(
        _ program: EngineSlot, ofKey key: String, at now: Instant, _ world: RuleContext
    ) -> [RuleStatus] {
        switch program {
        case .noMovement(let at): noMovements[at].outlook(ofKey: key, at: now, world)
        case .incident(let at): incidents[at].outlook(ofKey: key, at: now, world)
        case .counting(let at): countings[at].outlook(ofKey: key, at: now, world)
        case .level(let at): levels[at].outlook(ofKey: key, at: now, world)
        case .lasting(let at): lastings[at].outlook(ofKey: key, at: now, world)
        case .following(let at): followings[at].outlook(ofKey: key, at: now, world)
        case .excess(let at): excesses[at].outlook(ofKey: key, at: now, world)
        case .flow(let at): flows[at].outlook(ofKey: key, at: now, world)
        case .passback(let at): passbacks[at].outlook(ofKey: key, at: now, world)
        case .device(let at): devices[at].outlook(ofKey: key, at: now, world)
        }
    }

    mutating func begin(at now: Instant, _ surroundings: RuleContext, timers: inout Timers) {
        var begin = Begin(now: now, surroundings: surroundings)
        for program in programs { visit(program, &begin, timers: &timers) }
    }

    mutating func rearm(timers: inout Timers) {
        var rearm = Rearm()
        for program in programs { visit(program, &rearm, timers: &timers) }
    }

    /// The clock was moved; the timers' queues move theirs.
    mutating func shift(by length: Milliseconds, timers: inout Timers) {
        var shift = Shift(length: length)
        for program in programs { visit(program, &shift, timers: &timers) }
        for at in noMovements.indices { noMovements[at].lookAtCalendar(timers: &timers) }
        for at in lastings.indices { lastings[at].lookAtCalendar(timers: &timers) }
        for at in levels.indices { levels[at].lookAtCalendar(timers: &timers) }
        devices.lookAtCalendar(timers: &timers)
        for at in flows.indices { flows[at].lookAtCalendar(timers: &timers) }
    }

    mutating func close(
        _ program: EngineSlot, key: String, started: Instant, at now: Instant, timers: inout Timers
    ) {
        var close = Close(key: key, started: started, now: now)
        visit(program, &close, timers: &timers)
    }
}

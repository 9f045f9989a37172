import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import Timekeeping
import Vocabulary
package import Windowing

/// `no_movement`: nobody watched in a home gave a sign of life for so long (docs/rules.md, "no_movement").
///
/// A home's clock starts at the latest of its last evidence, a visit or a closing, the end of an absence that was told,
/// and enrolment. It fires at start + stage, whatever can be known of the devices: the verdict says how to read it
/// (``verdict(of:from:at:_:)``), and a home of which nothing can be known is listed apart, for whoever keeps the
/// registry. Evidence that is weak is not believed, and shown.
///
/// A key is a home, by the registry's number, and its episode is the absence window's: it is no ``KeyedRule``.
/// State per home: an absence window (56 B), the last evidence (24 B), and, where movement must be corroborated, a
/// sliding count; per watched resident the last evidence of their own (24 B). Work per record: some array reads for who
/// it is about, then O(1).
package struct NoMovement: RuleEngine {
    let rule: Int
    let registry: Registry
    let zone: Zone
    let name: String
    private let severities: [[Severity]]
    package let kinds: UInt64
    let evidence: EvidenceSettings
    let owner: Int32
    package internal(set) var absence: Absence
    var corroboration: SlidingCount?
    /// By home: the last evidence that was believed.
    var last: Paged<Trace?>
    /// By resident: the last that was about this person alone.
    var lastOf: Paged<Trace?>
    /// By home with an open episode: the rule's name when it was raised, where that was another, …
    var formerNames: [Int32: String] = [:]
    /// … and the verdict that was told last.
    var verdicts: [Int32: Verdict] = [:]
    /// By resident: the absence that the registry tells …
    private let awayByRegistry: [Int32: Range<Instant>]
    /// … and the one that a visitor found.
    var awayByVisit: [Int32: Range<Instant>] = [:]
    /// Residents who are watched no more.
    var deceased: Set<Int32> = []
    /// By home: neither a device nor a credential could show anybody there.
    let isBare: [Bool]
    /// By home, whether it is in one of the rule's places; empty: all.
    private let isInPlaces: [Bool]
    /// Outside of it nothing begins and no further stage is reached; what is due then is looked at again when it holds.
    private let calendar: RuleCalendar?
    private let cooldown: Milliseconds
    /// By home: nothing begins before, for the cooldown.
    var waitsUntil: [Int32: Instant] = [:]
    /// By home whose time has come: when the calendar opens. Worked out again when the clock, the rule or the sheet of
    /// holidays has changed.
    var opensAt: [Int32: Instant] = [:]
    let recordsExits: Bool
    /// The list of such homes.
    var list = BareList()
    /// By home with an open episode that old evidence has moved: when it is told next, and whether there is something
    /// to tell. A hub hands in two weeks in minutes, and one change a record would be a storm of its own.
    var moves: [Int32: (next: Instant, isPending: Bool)] = [:]
    /// What moves an open episode is told once in so long.
    private static let moveEvery = Milliseconds.minutes(1)
    private let planOfHome: [Int]
    /// What entrance doors told, and what moved behind them.
    var doors: Doors
    /// A calendar that holds no more is looked at again after so long: the sheet of holidays may have been one year's.
    private static let neverAgain = Milliseconds.days(366)

    package init(_ plan: RulePlan, timers: inout Timers) {
        let settings = plan.settings
        rule = plan.rule
        registry = plan.registry
        zone = plan.zone
        name = settings.name
        evidence = settings.evidence
        calendar = settings.calendar
        cooldown = settings.cooldown
        kinds = settings.evidence.kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        let registry = plan.registry
        let homes = registry.households
        // One timer more: that of the list. Behind it stand, once they are needed, those of ``moves``.
        owner = timers.absences.addOwner(keys: homes.count + 1)
        // Homes with the same limits share a plan.
        var plans: [[Milliseconds]] = []
        var severities: [[Severity]] = []
        planOfHome = homes.map { home in
            let own = home.residents.compactMap { registry.residents[Int($0.index)].inactiveAfter }.min()
            let stages = NoMovement.stages(settings.stages, ownLimit: own)
            let lengths = stages.map(\.after)
            if let known = plans.firstIndex(of: lengths) { return known }
            plans.append(lengths)
            severities.append(stages.map(\.severity))
            return plans.count - 1
        }
        if plans.isEmpty {
            plans = [settings.stages.map(\.after)]
            severities = [settings.stages.map(\.severity)]
        }
        self.severities = severities
        absence = Absence(plans: plans)
        if settings.evidence.count > 1 {
            corroboration = SlidingCount(
                length: settings.evidence.within, atLeast: settings.evidence.count, keys: homes.count)
        }
        last = Paged(repeating: nil, count: homes.count)
        lastOf = Paged(repeating: nil, count: registry.residents.count)
        awayByRegistry = NoMovement.absences(of: registry, plan.zone)
        let places = Matcher.inside(settings.match.places, registry)
        isInPlaces =
            places.isEmpty ? [] : homes.map { home in home.dwelling.map { places[Int($0.index)] } ?? false }
        let isIn = isInPlaces
        isBare = NoMovement.bareHomes(registry, kinds: kinds).enumerated().map { home, isBare in
            isBare && (isIn.isEmpty || isIn[home])
        }
        recordsExits = NoMovement.recordsExits(registry)
        doors = Doors(registry)
    }

    /// An entrance door is looked at though it be no evidence of the rule: it is shown.
    package func kinds(of device: Int32) -> UInt64 {
        doors.isEntrance(device) ? kinds | 1 << UInt64(ObservationKind.contact.rawValue) : kinds
    }

    /// A resident's own limit replaces the last stage; earlier stages stay if they are below it.
    static func stages(_ stages: [StageSettings], ownLimit: Milliseconds?) -> [StageSettings] {
        guard let ownLimit, let last = stages.last else { return stages }
        return stages.dropLast().filter { $0.after < ownLimit } + [
            StageSettings(after: ownLimit, severity: last.severity)
        ]
    }

    /// Counts every home from now on, or from the day on which its people were enrolled, if that is later.
    package mutating func begin(at now: Instant, _ context: RuleContext, timers: inout Timers) {
        for (index, home) in registry.households.enumerated() {
            let since = home.residents.compactMap { registry.residents[Int($0.index)].since.map(zone.start(of:)) }.min()
            _ = absence.addKey(from: max(now, since ?? now), plan: planOfHome[index])
            rearm(index, &timers)
        }
        list.next = now
        rearmList(&timers)
    }

    /// Asks for the memory of a home that is seen soon.
    package mutating func prefetch(_ home: Int32) {
        absence.prefetch(Int(home))
        last.prefetch(Int(home))
        doors.inside.prefetch(Int(home))
        corroboration?.prefetch(Int(home))
    }

    /// Takes an observation in, if it is evidence of somebody's life. O(1).
    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard event.isBelieved else { return }
        let isOfRule = kinds & 1 << UInt64(event.observation.kind.rawValue) != 0
        if event.householdOfDevice >= 0 {
            let home = Int(event.householdOfDevice)
            if doors.inside.count > 0 {
                step(event, behindDoorOf: home, isOfRule: isOfRule, &timers, &output)
            } else if isOfRule {
                take(event, home, &timers, &output)
            }
        }
        guard isOfRule else { return }
        guard event.householdOfPerson >= 0 else { return }
        let resident = Int(event.resident)
        if lastOf[resident]?.at ?? .distantPast < event.observation.time { lastOf[resident] = Trace(event) }
        if event.householdOfPerson != event.householdOfDevice {
            take(event, Int(event.householdOfPerson), &timers, &output)
        }
    }

    /// Whether an observation shows life at all (docs/rules.md, "A sign of life"). Whether it is believed
    /// ``Coverage`` says.
    static func isEvidence(_ event: Event) -> Bool {
        let marks = event.observation.marks
        if marks.contains(.retained) { return false }
        switch event.observation.kind {
        case .motion, .contact, .presence, .bed:
            return marks.contains(.detection) ? event.observation.reading == .on : event.isChange
        case .power, .water: return event.observation.reading == .on
        case .pass, .person: return event.resident >= 0
        case .sos, .fall: return !marks.contains(.noCall)
        default: return false
        }
    }

    /// - Parameter isSure: it needs no corroboration.
    mutating func take(
        _ event: Event, _ home: Int, isSure: Bool = false, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let time = event.observation.time
        let kind = event.observation.kind
        if kind == .motion || kind == .presence, let seen = corroboration?.add(home, at: time), seen < evidence.count,
            !isSure
        {
            return
        }
        take(Trace(event), home, now: event.now, &timers, &output)
    }

    /// A sign of life, at its own time.
    mutating func take(
        _ trace: Trace, _ home: Int, now: Instant, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let outcome = absence.evidence(home, at: trace.at, now: now)
        // While everybody is away the clock stands at the end of that; what is seen meanwhile is shown.
        if last[home]?.at ?? .distantPast < trace.at { last[home] = trace }
        switch outcome {
        case .stale, .renewed:
            // What is armed comes too early, and is put off then.
            break
        case .moved:
            rearm(home, &timers)
            move(home, now, &timers, &output)
        case .ended(let stage):
            rearm(home, &timers)
            var ended = finding(home, .resolved, stage: stage, at: now)
            ended.evidence = [trace]
            output.findings.append(ended)
            forgetTold(home)
            rest(home, from: now)
        }
    }

    /// Old evidence has moved the start of an open episode.
    private mutating func move(_ home: Int, _ now: Instant, _ timers: inout Timers, _ output: inout RuleOutput) {
        guard moves[Int32(home)] == nil else {
            moves[Int32(home)]?.isPending = true
            return
        }
        let next = now + NoMovement.moveEvery
        moves[Int32(home)] = (next, false)
        timers.absences.arm(moveTimer(Int32(home)), at: next)
        tellMoved(home, now, &output)
    }

    func moveTimer(_ home: Int32) -> TimerQueue.Timer {
        .init(owner: owner, key: Int32(registry.households.count) + 1 + home)
    }

    private func tellMoved(_ home: Int, _ now: Instant, _ output: inout RuleOutput) {
        var moved = finding(home, .updated, stage: Int(absence.keys[home].reached), at: now)
        moved.evidence = last[home].map { [$0] } ?? []
        moved.isTold = false
        output.findings.append(moved)
    }

    private mutating func expireMove(
        _ home: Int32, deadline: Instant, now: Instant, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        guard let move = moves.removeValue(forKey: home), move.isPending, isOpen(Int(home)) else { return }
        let next = deadline + NoMovement.moveEvery
        moves[home] = (next, false)
        timers.absences.arm(moveTimer(home), at: next)
        tellMoved(Int(home), now, &output)
    }

    /// A home's deadline has come, or it is time for the list.
    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let home = Int(timer.key)
        if home > absence.keys.count {
            let moved = timer.key - Int32(absence.keys.count) - 1
            expireMove(moved, deadline: deadline, now: now, &timers, &output)
            return
        }
        guard home < absence.keys.count else {
            tellBareHomes(deadline: deadline, now: now, context, &output)
            rearmList(&timers)
            return
        }
        guard let due = absence.deadline(home), due <= deadline else {
            // Somebody moved since the timer was set.
            rearm(home, &timers)
            return
        }
        if let back = backFrom(home, at: deadline) {
            absence.postpone(home, until: back)
            if absence.keys[home].reached == 0 {
                rearm(home, &timers)
                return
            }
        }
        if waits(home, at: deadline, context) {
            rearm(home, &timers)
            return
        }
        let reached = absence.expire(home, at: deadline)
        rearm(home, &timers)
        let judged = verdict(of: home, from: absence.keys[home].start, at: deadline, context)
        verdicts[Int32(home)] = judged.verdict
        var found = finding(home, reached == 1 ? .raised : .updated, stage: reached, at: now)
        found.evidence = last[home].map { [$0] } ?? []
        if case .absence(let stage, let after, _) = found.detail {
            found.detail = .absence(stage: stage, after: after, cover: judged.cover)
        }
        output.findings.append(found)
    }

    /// The clock was set: a calendar opens by the clock.
    package mutating func lookAtCalendar(timers: inout Timers) {
        let homes = opensAt.keys.sorted()
        opensAt = [:]
        for home in homes { rearm(Int(home), &timers) }
    }

    /// Whether what is due may not begin yet; it is then looked at again.
    private mutating func waits(_ home: Int, at instant: Instant, _ context: RuleContext) -> Bool {
        if !isOpen(home), let until = waitsUntil[Int32(home)], until > instant { return true }
        opensAt[Int32(home)] = nil
        if calendar?.covers(instant, zone: zone, days: context.days) ?? true {
            if !waitsUntil.isEmpty { waitsUntil[Int32(home)] = nil }
            return false
        }
        let next = calendar?.next(after: instant, zone: zone, days: context.days)
        opensAt[Int32(home)] = next ?? instant + NoMovement.neverAgain
        return true
    }

    /// An episode of a home is over: the home is quiet for the rule's cooldown.
    mutating func rest(_ home: Int, from instant: Instant) {
        if cooldown > .zero { waitsUntil[Int32(home)] = instant + cooldown }
    }

    func finding(_ home: Int, _ change: Finding.Change, stage: Int, at now: Instant) -> Finding {
        let key = absence.keys[home]
        let household = registry.households[home]
        let plan = Int(key.plan)
        let verdict = verdicts[Int32(home)]
        var found = Finding(
            rule: rule, change: change, severity: severities[plan][stage - 1],
            key: registry.key(ofHousehold: Int32(home)), started: key.started, detected: key.began, at: now,
            place: household.dwelling, residents: household.residents.filter { !deceased.contains($0.index) },
            device: -1, lastEvidence: last[home], evidence: [],
            detail: .absence(stage: stage, after: absence.plans[plan][stage - 1], cover: nil),
            verdict: verdict, raisedBy: formerNames[Int32(home)])
        // A fault of the registry: it goes to the property in one list.
        found.isTold = verdict != .uncovered
        return found
    }

    /// An episode is over.
    mutating func forgetTold(_ home: Int) {
        if !formerNames.isEmpty { formerNames[Int32(home)] = nil }
        verdicts[Int32(home)] = nil
        if !moves.isEmpty { moves[Int32(home)] = nil }
    }

    func rearm(_ home: Int, _ timers: inout Timers) {
        let timer = TimerQueue.Timer(owner: owner, key: Int32(home))
        let isWatched = isInPlaces.isEmpty || isInPlaces[home]
        if isWatched, let deadline = absence.deadline(home), deceased.isEmpty || !isLeft(home) {
            let wait = waitsUntil.isEmpty || isOpen(home) ? nil : waitsUntil[Int32(home)]
            let opening = opensAt.isEmpty ? nil : opensAt[Int32(home)]
            timers.absences.arm(timer, at: max(deadline, wait ?? .distantPast, opening ?? .distantPast))
        } else {
            timers.absences.disarm(timer)
        }
    }

    // MARK: Absences that were told

    /// By resident, the days away as the registry tells them: local dates, both inclusive; without an end, 14 days
    /// (docs/rules.md: asked again after 14 days), without a beginning, from ever.
    static func absences(of registry: Registry, _ zone: Zone) -> [Int32: Range<Instant>] {
        var absences: [Int32: Range<Instant>] = [:]
        for (index, resident) in registry.residents.enumerated() where resident.isWatched {
            guard let first = resident.awayFrom ?? resident.awayUntil.map({ _ in Day(sinceEpoch: 0) }) else { continue }
            let until = resident.awayUntil ?? Day(sinceEpoch: first.sinceEpoch + NoMovement.awayDays - 1)
            guard first <= until else { continue }
            absences[Int32(index)] = zone.start(of: first)..<zone.start(of: Day(sinceEpoch: until.sinceEpoch + 1))
        }
        return absences
    }

    /// An absence without an end is asked about again after so many days.
    static let awayDays: Int64 = 14

    /// When the first is back, if everybody watched in a home is away at an instant, and the home's clock runs from
    /// before that.
    private func backFrom(_ home: Int, at instant: Instant) -> Instant? {
        var back = Instant.distantFuture
        for resident in registry.households[home].residents where !deceased.contains(resident.index) {
            let told = [awayByRegistry[resident.index], awayByVisit[resident.index]]
            // One that ended behind the start of the clock counts as well: its deadline may lie far behind it.
            let ends = told.compactMap { $0 }.filter {
                $0.lowerBound <= instant && $0.upperBound > absence.keys[home].start
            }
            guard let end = ends.map(\.upperBound).max() else { return nil }
            back = min(back, end)
        }
        return back < .distantFuture ? back : nil
    }
}

extension NoMovement {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        guard let home = home(ofKey: key) ?? home(ofPerson: key), absence.keys.indices.contains(home) else { return [] }
        if isLeft(home) { return [RuleStatus(zh: "已无人需要守护", en: "nobody is watched there any more")] }
        let state = absence.keys[home]
        let silence = (now - state.start).spoken
        let next = absence.deadline(home)
        let back = next.flatMap { backFrom(home, at: $0) }
        let isAway = back != nil && state.reached == 0
        var told: [RuleStatus] = []
        if state.reached > 0 {
            told.append(
                RuleStatus(
                    zh: "已报警，第 \(state.reached) 级；已\(silence.zh)没有活动",
                    en: "raised, stage \(state.reached); no sign of "
                        + "life for \(silence.en)", due: next))
        } else {
            told.append(
                RuleStatus(
                    zh: "距最近的活动 \(silence.zh)", en: "the last sign of life that is believed was \(silence.en) ago",
                    due: isAway ? nil : next))
        }
        if let back, isAway {
            // The clock starts again when they are back.
            told.append(
                RuleStatus(
                    zh: "登记外出，到期后重新计时", en: "away as was told; counted anew from when that is over",
                    due: back + absence.plans[Int(state.plan)][0]))
        }
        for device in context.coverage.covering(Int32(home)) {
            let name = context.device(device)?.name ?? context.deviceName(device)
            let heard = context.coverage.lastHeard(device).map { (now - $0).spoken }
            let life =
                switch context.coverage.life(device, at: now, context.blind) {
                case .alive: LocalizedText(zh: "在线", en: "alive")
                case .silent: LocalizedText(zh: "失联", en: "silent")
                case .unsupervised: LocalizedText(zh: "无心跳，状态不明", en: "without a heartbeat, so nobody knows")
                }
            let last =
                heard.map { LocalizedText(zh: "\($0.zh)前有数据", en: "heard of \($0.en) ago") }
                ?? LocalizedText(zh: "从未有数据", en: "never heard of")
            told.append(RuleStatus(zh: "\(name)：\(life.zh)，\(last.zh)", en: "\(name): \(life.en), \(last.en)"))
        }
        if corroboration != nil {
            told.append(
                RuleStatus(
                    zh: "红外、存在类须在\(evidence.within.spoken.zh)内有 \(evidence.count) 次才算",
                    en: "motion and presence count from \(evidence.count) within \(evidence.within.spoken.en) on"))
        }
        return told
    }

    private func home(ofPerson id: String) -> Int? {
        registry.resident(id).map { Int(registry.household(of: $0)) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}

package import Community
import Feeds
package import SiteConfiguration
package import Timekeeping
import Windowing

/// `no_movement`: nobody watched in a home gave a sign of life for so long (docs/rules.md, "No movement").
///
/// State per home: an absence window (48 B), the last evidence (24 B), and, where movement must be corroborated, a
/// sliding count. Work per record: two array reads for who it is about, then O(1).
package struct NoMovement: Sendable {
    let rule: Int
    private let registry: Registry
    let name: String
    let severities: [[Severity]]
    /// Bit n: the observation kind with raw value n is evidence.
    let kinds: UInt32
    let evidence: EvidenceSettings
    let owner: Int32
    var absence: Absence
    var corroboration: SlidingCount?
    /// By home: the last evidence that was believed.
    var last: Paged<Trace?>
    /// By home with an open episode: the rule's name when it was raised, where that was another.
    var formerNames: [Int32: String] = [:]
    private let away: [ClosedRange<Instant>?]
    private let planOfHome: [Int]

    package init(
        rule: Int, settings: RuleSettings, registry: Registry, zone: Zone, timers: inout Timers
    ) {
        self.rule = rule
        self.registry = registry
        name = settings.name
        evidence = settings.evidence
        kinds = settings.evidence.kinds.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
        let homes = registry.households
        owner = timers.absences.addOwner(keys: homes.count)
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
        away = homes.map { NoMovement.absence(of: $0, registry: registry, zone: zone) }
    }

    /// A resident's own limit replaces the last stage; earlier stages stay if they are below it.
    static func stages(_ stages: [StageSettings], ownLimit: Milliseconds?) -> [StageSettings] {
        guard let ownLimit, let last = stages.last else { return stages }
        return stages.dropLast().filter { $0.after < ownLimit } + [
            StageSettings(after: ownLimit, severity: last.severity)
        ]
    }

    /// The time in which nobody of a home is there, as the registry tells it: local dates, both inclusive; without an
    /// end, 14 days (docs/rules.md: asked again after 14 days). Only where all who are watched there are away.
    private static func absence(of home: Household, registry: Registry, zone: Zone) -> ClosedRange<Instant>? {
        var from = Instant.distantPast
        var until = Instant.distantFuture
        for resident in home.residents.map({ registry.residents[Int($0.index)] }) {
            guard let first = resident.awayFrom ?? resident.awayUntil.map({ _ in Day(sinceEpoch: 0) }) else {
                return nil
            }
            let last = resident.awayUntil ?? Day(sinceEpoch: first.sinceEpoch + 13)
            from = max(from, zone.start(of: first))
            until = min(until, zone.start(of: Day(sinceEpoch: last.sinceEpoch + 1)))
        }
        return from < until ? from...until : nil
    }

    /// Counts every home from now on, or from the day on which its people were enrolled, if that is later. Arms no
    /// timer.
    package mutating func begin(at now: Instant, zone: Zone) {
        for (index, home) in registry.households.enumerated() {
            let since = home.residents.compactMap { registry.residents[Int($0.index)].since.map(zone.start(of:)) }.min()
            _ = absence.addKey(from: max(now, since ?? now), plan: planOfHome[index])
        }
    }

    /// Takes an observation in, if it is evidence of somebody's life. O(1).
    package mutating func step(_ event: Event, timers: inout Timers, into output: inout RuleOutput) {
        let observation = event.observation
        guard kinds & 1 << UInt32(observation.kind.rawValue) != 0, NoMovement.isEvidence(event) else { return }
        if event.householdOfDevice >= 0 { take(event, Int(event.householdOfDevice), &timers, &output) }
        if event.householdOfPerson >= 0, event.householdOfPerson != event.householdOfDevice {
            take(event, Int(event.householdOfPerson), &timers, &output)
        }
    }

    /// Whether an observation shows life at all (docs/rules.md, "Evidence of life").
    static func isEvidence(_ event: Event) -> Bool {
        let observation = event.observation
        if observation.marks.contains(.retained) { return false }
        switch observation.kind {
        case .motion, .contact, .presence, .bed:
            return observation.marks.contains(.detection) ? observation.reading == .on : event.isChange
        case .power, .water: return observation.reading == .on
        case .pass, .person: return event.resident >= 0
        case .sos, .fall: return true
        default: return false
        }
    }

    private mutating func take(
        _ event: Event, _ home: Int, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let time = event.observation.time
        let kind = event.observation.kind
        if kind == .motion || kind == .presence, let seen = corroboration?.add(home, at: time), seen < evidence.count {
            return
        }
        let outcome = absence.evidence(home, at: time, now: event.now)
        guard outcome != .stale else { return }
        let trace = Trace(event)
        last[home] = trace
        rearm(home, &timers)
        switch outcome {
        case .stale, .renewed: break
        case .moved:
            let stage = Int(absence.keys[home].reached)
            var moved = finding(home, .updated, stage: stage, at: event.now, evidence: [trace])
            moved.isTold = false
            output.findings.append(moved)
        case .ended(let stage):
            output.findings.append(finding(home, .resolved, stage: stage, at: event.now, evidence: [trace]))
            if !formerNames.isEmpty { formerNames[Int32(home)] = nil }
        }
    }

    /// A home's deadline has come.
    package mutating func expire(
        _ home: Int, deadline: Instant, now: Instant, timers: inout Timers,
        into output: inout RuleOutput
    ) {
        if let away = away[home], away.lowerBound <= deadline, away.upperBound > absence.keys[home].start {
            absence.postpone(home, until: away.upperBound)
            if absence.keys[home].reached == 0 {
                rearm(home, &timers)
                return
            }
        }
        let reached = absence.expire(home, at: deadline)
        rearm(home, &timers)
        let shown = last[home].map { [$0] } ?? []
        let change: Finding.Change = reached == 1 ? .raised : .updated
        output.findings.append(finding(home, change, stage: reached, at: now, evidence: shown))
    }

    private func finding(
        _ home: Int, _ change: Finding.Change, stage: Int, at now: Instant, evidence: [Trace]
    ) -> Finding {
        let key = absence.keys[home]
        let household = registry.households[home]
        let plan = Int(key.plan)
        return Finding(
            rule: rule, change: change, severity: severities[plan][stage - 1],
            key: registry.key(ofHousehold: Int32(home)), started: key.started, detected: key.began, at: now,
            place: household.dwelling, residents: household.residents, device: -1, lastEvidence: last[home],
            evidence: evidence, detail: .absence(stage: stage, after: absence.plans[plan][stage - 1]),
            raisedBy: formerNames[Int32(home)])
    }

    func rearm(_ home: Int, _ timers: inout Timers) {
        let timer = TimerQueue.Timer(owner: owner, key: Int32(home))
        if let deadline = absence.deadline(home) {
            timers.absences.arm(timer, at: deadline)
        } else {
            timers.absences.disarm(timer)
        }
    }
}

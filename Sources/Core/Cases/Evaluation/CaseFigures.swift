import Timekeeping
import Vocabulary

/// What one case adds to the figures, each with whoever it goes to: a fold over its events.
///
/// Law: it is a function of the events, the limits, the calendar and the instant up to which is looked. Cost:
/// O(events), and a clock a step.
struct CaseFigures {
    /// Something that somebody did, and how long after the raise.
    struct Deed {
        var length: Milliseconds
        var person: String?
    }

    /// A clock that can be judged.
    struct Judged {
        var step: ClockStep
        var isOnTime: Bool
        var person: String?
    }

    /// To a department or partner.
    struct Escalation {
        var to: String
        var at: Instant
        /// Who had it in hand, and who escalated it: what they do is no answer of the department's.
        var others: [String]
        var answered: Instant?
        /// Nil: it is not known yet, or was over before.
        var isOnTime: Bool?
    }

    /// What was said last of whether the alert was right.
    struct Answer {
        var isRight: Bool
        var person: String?
    }

    private(set) var raised: Instant
    private(set) var rule: String
    private(set) var grid: String?
    private(set) var device: String?
    private(set) var acknowledged: Deed?
    private(set) var arrived: Deed?
    private(set) var closed: Deed?
    private(set) var judged: [Judged] = []
    private(set) var answer: Answer?
    /// Who handled it; a correction is no second time.
    private(set) var handled: [String?] = []
    /// Whose handling a check found wanting.
    private(set) var reworked: [String?] = []
    private(set) var returned: [String?] = []
    /// Who handled by a visit and had told of no arrival.
    private(set) var unreported: [String?] = []
    /// Who checked what they had handled, or closed it unchecked; at most one.
    private(set) var selfChecked: [String?] = []
    private(set) var escalations: [Escalation] = []
    private(set) var isClosed = false
    private(set) var isResolved = false

    private var timeline = CaseTimeline()
    /// The first of the two changes of a correction was seen.
    private var isCorrecting = false

    /// - Returns: nil for a drill, and where nothing has happened yet.
    init?(_ one: EvaluatedCase, _ context: EvaluationContext) {
        guard let first = one.steps.first, first.at <= context.through, !one.steps.contains(where: \.isDrill) else {
            return nil
        }
        (raised, rule, grid, device) = (first.at, first.rule, first.grid, first.device)
        var last = first
        for step in one.steps where step.at <= context.through {
            take(step, context)
            last = step
        }
        isClosed = last.state == .closed
        isResolved = last.state == .resolved
        judge(one.limits, context)
        let wholes = timeline.runs.filter { $0.step == .case }
        if wholes.last?.end == .done {
            let length = wholes.reduce(Milliseconds.zero) { sum, run in
                sum + self.length(from: run.started, to: run.ended ?? run.started)
            }
            closed = Deed(length: length, person: handled.last ?? wholes.last?.person)
        }
    }

    /// All who have a part in it.
    var people: Set<String> {
        let deeds = [acknowledged?.person, arrived?.person, closed?.person, answer?.person] + judged.map(\.person)
        return Set((deeds + handled + returned + selfChecked).compactMap { $0 })
    }

    // MARK: Events

    private mutating func take(_ step: CaseStep, _ context: EvaluationContext) {
        if let right = step.alertRight { answer = Answer(isRight: right, person: step.actor) }
        if step.change == .reopened, step.verb == .handle {
            isCorrecting = true
            return
        }
        let former = timeline.holder
        let isOnTheWay = timeline.runs.contains { $0.step == .arrive && $0.end == nil }
        timeline.step(step)
        switch step.change {
        case .acknowledged: reach(step, isThere: false)
        case .arrived: reach(step, isThere: true)
        case .handled: handle(step, isOnTheWay: isOnTheWay)
        case .reopened where step.verb == .check: reworked.append(lastHandler)
        case .returned: returned.append(step.actor)
        case .checked where step.ok != false && step.actor != nil && step.actor == lastHandler:
            selfChecked = [step.actor]
        case .closed where step.isUnchecked: selfChecked = [lastHandler ?? step.actor]
        case .escalated: escalate(step, from: former)
        default: break
        }
        if [.acknowledged, .arrived, .handled, .closed].contains(step.change) { answerEscalations(step, context) }
    }

    private var lastHandler: String? { handled.last ?? nil }

    private mutating func reach(_ step: CaseStep, isThere: Bool) {
        let deed = Deed(length: length(from: raised, to: max(raised, step.done)), person: step.actor)
        if acknowledged == nil { acknowledged = deed }
        if isThere, arrived == nil { arrived = deed }
    }

    private mutating func handle(_ step: CaseStep, isOnTheWay: Bool) {
        if isCorrecting {
            isCorrecting = false
            return
        }
        handled.append(step.actor)
        reach(step, isThere: step.by == "visit")
        if isOnTheWay, step.by == "visit" { unreported.append(step.actor) }
    }

    /// What passed without the time in which the case was suspended.
    private func length(from: Instant, to: Instant) -> Milliseconds {
        to - from - timeline.suspended(from: from, to: to)
    }

    // MARK: Escalations

    private mutating func escalate(_ step: CaseStep, from former: String?) {
        guard let to = step.to ?? step.assignee, EvaluationContext.isDepartment(to) else { return }
        let others = [former, step.actor].compactMap { $0 }
        escalations.append(Escalation(to: to, at: step.at, others: others))
    }

    private mutating func answerEscalations(_ step: CaseStep, _ context: EvaluationContext) {
        guard let actor = step.actor else { return }
        let role = context.roles[actor]
        for index in escalations.indices where escalations[index].answered == nil {
            let escalation = escalations[index]
            let isTheirs = role.map { $0 == escalation.to } ?? !escalation.others.contains(actor)
            if isTheirs { escalations[index].answered = step.at }
        }
    }

    // MARK: Clocks

    private mutating func judge(_ limits: FrozenLimits, _ context: EvaluationContext) {
        for run in timeline.runs {
            guard let clock = timeline.clock(of: run, limits) else { continue }
            let isLate = clock.lamp(at: run.ended ?? context.through, in: context.calendar) == .red
            // What nobody did, and was not late, says nothing.
            if !isLate, run.end != .done { continue }
            judged.append(Judged(step: run.step, isOnTime: !isLate, person: person(of: run)))
        }
        let over = timeline.runs.last { $0.step == .case }?.ended ?? context.through
        for index in escalations.indices {
            guard let limit = limits.ack else { continue }
            let clock = CaseClock(started: escalations[index].at, limit: limit, stops: timeline.stops)
            let answered = escalations[index].answered
            let isLate = clock.lamp(at: answered ?? min(over, context.through), in: context.calendar) == .red
            if isLate || answered != nil { escalations[index].isOnTime = !isLate }
        }
    }

    private func person(of run: CaseTimeline.Run) -> String? {
        switch run.step {
        case .case: lastHandler ?? run.person ?? timeline.holder
        default: run.end == nil ? timeline.holder : run.person
        }
    }
}

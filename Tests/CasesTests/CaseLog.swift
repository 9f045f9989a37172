import Timekeeping
import Vocabulary

@testable import Cases

/// Writes the events of a case as a person tells them: minutes from the raise, what was done, by whom.
struct CaseLog {
    /// Monday 19 October 2026, 09:00 in Shanghai.
    static let raised = Instant(milliseconds: 1_792_371_600_000)

    var steps: [CaseStep] = []
    var severity = Severity.critical
    var rule = "quiet"
    var grid: String? = "g1"
    var device: String? = "d1"
    private var state = AlertState.open

    init(_ severity: Severity = .critical) {
        self.severity = severity
        tell(0, .raised, .open)
    }

    /// - Parameter minutes: from the raise; the change is the verb's, or its two.
    mutating func act(
        _ minutes: Double, _ verb: Verb, _ actor: String, ok: Bool = true, _ with: (inout CaseStep) -> Void = { _ in }
    ) {
        func told(_ change: ChangeKind, _ next: AlertState, _ log: inout CaseLog) {
            log.tell(minutes, change, next) { step in
                step.verb = verb
                step.actor = actor
                if verb == .check { step.ok = ok }
                with(&step)
            }
        }
        switch verb {
        case .dispatch: told(.dispatched, .dispatched, &self)
        case .ack: told(.acknowledged, .acknowledged, &self)
        case .arrive: told(.arrived, .onSite, &self)
        case .handle where state == .handled:
            told(.reopened, .acknowledged, &self)
            told(.handled, .handled, &self)
        case .handle: told(.handled, .handled, &self)
        case .check where ok:
            told(.checked, .handled, &self)
            told(.closed, .closed, &self)
        case .check: told(.reopened, .acknowledged, &self)
        case .close: told(.closed, .closed, &self)
        case .reopen: told(.reopened, .open, &self)
        case .return: told(.returned, .open, &self)
        case .suspend: told(.suspended, .suspended, &self)
        case .resume: told(.resumed, .acknowledged, &self)
        case .merge: told(.merged, .closed, &self)
        case .extend: told(.extended, state, &self)
        case .escalate: told(.escalated, state, &self)
        case .note: told(.noted, state, &self)
        }
    }

    mutating func tell(
        _ minutes: Double, _ change: ChangeKind, _ next: AlertState, _ with: (inout CaseStep) -> Void = { _ in }
    ) {
        var step = CaseStep(
            change, next, at: CaseLog.at(minutes), rule: rule, kind: .noMovement, severity: severity)
        step.grid = grid
        step.device = device
        with(&step)
        steps.append(step)
        state = next
    }

    static func at(_ minutes: Double) -> Instant { raised + Milliseconds(Int64(minutes * 60_000)) }

    static let limits = CaseLimits().frozen(
        severity: .critical, kind: .noMovement, check: ClockLimit(.hours(24)))

    var evaluated: EvaluatedCase { EvaluatedCase(steps, limits: CaseLog.limits) }
}

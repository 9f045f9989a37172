import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// Figures over random events against a recomputation that looks at each case's whole log at once.
@Suite struct EvaluationLawTests {
    private static let people = ["w1", "w2", "w3", "m"]
    /// From each state, what is legal there.
    private static let legal: [AlertState: [Verb]] = [
        .open: [.ack, .arrive, .close, .dispatch, .extend, .note, .escalate, .merge],
        .dispatched: [.ack, .ack, .arrive, .arrive, .close, .return, .extend, .note, .escalate],
        .acknowledged: [.arrive, .arrive, .handle, .close, .return, .suspend, .extend, .escalate, .note],
        .onSite: [.handle, .handle, .handle, .return, .suspend, .escalate, .extend],
        .handled: [.check, .check, .check, .handle, .note, .extend],
        .suspended: [.resume, .resume, .resume, .close],
        .closed: [.reopen, .note],
    ]

    private func log(_ random: inout SeededRandom) -> CaseLog {
        var log = CaseLog(random.pick(Severity.allCases))
        log.grid = random.chance(90) ? random.pick(["g1", "g2"]) : nil
        log.device = random.chance(70) ? random.pick(["d1", "d2", "d3"]) : nil
        log.rule = random.pick(["quiet", "throw"])
        let start = Double(random.int(0...40_000))
        var minutes = start
        log.steps = []
        log.tell(start, .raised, .open)
        var resumed = AlertState.acknowledged
        for _ in 0..<random.int(0...14) {
            minutes += Double(random.int(0...9) * random.pick([1, 1, 30]))
            guard let state = log.steps.last?.state else { break }
            if random.chance(8), state == .open || state == .dispatched {
                log.tell(minutes, .resolved, .resolved)
                break
            }
            if random.chance(10) { log.tell(minutes, .updated, state) }
            guard let verbs = EvaluationLawTests.legal[state] else { break }
            var verb = random.pick(verbs)
            var actor = random.pick(EvaluationLawTests.people)
            let last = log.steps.last { $0.change == .handled }
            // A correction is the same person's, and at once.
            if state == .handled, verb == .handle {
                if let last, CaseLog.at(minutes) - last.at <= .minutes(10) {
                    actor = last.actor ?? actor
                } else {
                    verb = .check
                }
            }
            if verb == .suspend { resumed = state }
            let (by, right) = (random.pick(["visit", "phone"]), random.pick([true, false, nil]))
            let to = random.pick(["department:a", "partner:b", "street"])
            let (isOK, delay, length) = (random.chance(70), random.int(-100...900), Int64(random.int(1...600)))
            let isTapped = random.chance(30)
            log.act(minutes, verb, actor, ok: isOK) { step in
                if verb == .handle { (step.by, step.alertRight) = (by, right) }
                if verb == .escalate { step.to = to }
                if verb == .extend { step.length = .minutes(length) }
                if isTapped { step.tapped = step.at - .minutes(Int64(delay)) }
                if verb == .resume { step.state = resumed }
            }
            if verb == .resume { log.tell(minutes, .noted, resumed) }
        }
        if random.chance(5), let index = log.steps.indices.last { log.steps[index].isDrill = true }
        return log
    }

    // MARK: The recomputation

    /// What one case comes to, worked out by looking back and forth in its log.
    private struct Whole {
        var acknowledge: Int64?
        var arrive: Int64?
        var close: Int64?
        var onTime: [ClockStep: EvaluationRow.Share] = [:]
        var right: Bool?
        var handled = 0, rework = 0, returns = 0, unreported = 0, selfChecked = 0

        init(_ steps: [CaseStep], _ limits: FrozenLimits, _ context: EvaluationContext) {
            let raised = steps[0].at
            // The two changes of a correction are as if they were not, but for what is said of the alert.
            var rest: [CaseStep] = []
            var index = 0
            while index < steps.count {
                let isCorrection = steps[index].change == .reopened && steps[index].verb == .handle
                if isCorrection { index += 2 } else { rest.append(steps[index]); index += 1 }
            }
            right = steps.last { $0.alertRight != nil }?.alertRight
            let states = rest.map(\.state)
            func suspended(_ from: Instant, _ to: Instant) -> Int64 {
                var sum: Int64 = 0
                for (index, step) in rest.enumerated() where step.state == .suspended {
                    let end = index + 1 < rest.count ? rest[index + 1].at : context.through
                    sum += max(0, (min(end, to) - max(step.at, from)).count)
                }
                return sum
            }
            func length(_ step: CaseStep) -> Int64 {
                var done = step.at
                if let tapped = step.tapped, (0...43_200_000).contains((step.at - tapped).count) { done = tapped }
                done = max(done, raised)
                return (done - raised).count - suspended(raised, done)
            }
            let reaches = rest.filter { [.acknowledged, .arrived, .handled].contains($0.change) }
            acknowledge = reaches.first.map(length)
            arrive = rest.first { $0.change == .arrived || $0.change == .handled && $0.by == "visit" }.map(length)
            handled = rest.count { $0.change == .handled }
            rework = rest.count { $0.change == .reopened && $0.verb == .check }
            returns = rest.count { $0.change == .returned }
            for (index, step) in rest.enumerated() where step.change == .handled && step.by == "visit" {
                let before = states[..<index].last { $0 != .suspended }
                if before == .acknowledged { unreported += 1 }
            }
            for (index, step) in rest.enumerated() where step.change == .checked {
                let handler = rest[..<index].last { $0.change == .handled }?.actor
                if handler == step.actor { selfChecked = 1 }
            }
            if states.last == .closed,
                rest.last(where: { $0.change == .closed || $0.change == .merged })?.change == .closed
            {
                var sum: Int64 = 0
                for (index, step) in rest.enumerated().dropLast() where step.state != .closed {
                    sum += (rest[index + 1].at - step.at).count
                }
                close = sum - suspended(raised, context.through)
            }
            judge(rest, limits, context, suspended)
        }

        private static func step(_ state: AlertState) -> ClockStep? {
            switch state {
            case .open, .dispatched: .ack
            case .acknowledged: .arrive
            case .onSite: .handle
            case .handled: .check
            default: nil
            }
        }

        /// Each stretch of the log in which one step is waited for.
        private mutating func judge(
            _ rest: [CaseStep], _ limits: FrozenLimits, _ context: EvaluationContext,
            _ suspended: (Instant, Instant) -> Int64
        ) {
            func judge(_ step: ClockStep, _ from: Instant, _ to: Instant?, isDone: Bool, added: Int64) {
                guard let limit = limits[step] else { return }
                let end = to ?? context.through
                let ran = (end - from).count - suspended(from, end)
                let isLate = ran > limit.length.count + added
                if isDone || isLate {
                    onTime[step, default: EvaluationRow.Share()].of += 1
                    if !isLate { onTime[step, default: EvaluationRow.Share()].met += 1 }
                }
            }
            func added(_ from: Int, _ to: Int) -> Int64 {
                rest[from..<to].reduce(0) { $0 + ($1.change == .extended ? $1.length?.count ?? 0 : 0) }
            }
            // An extension's own event belongs to the stretch in which it happens.
            var begin = 0
            var whole = 0
            var waits: ClockStep? = .ack
            for index in 1..<max(1, rest.count) {
                let event = rest[index]
                if event.state == .suspended { continue }
                let isOver = event.state == .closed || event.state == .resolved
                let next = Whole.step(event.state)
                if let now = waits, isOver || next != now || event.change == .returned {
                    let order = ClockStep.allCases
                    let (a, b) = (order.firstIndex(of: now) ?? 0, next.flatMap(order.firstIndex) ?? 0)
                    let isForward = !isOver && b > a
                    let isByPhone = now == .arrive && event.verb == .handle && event.by != "visit"
                    let isDone = isForward && !isByPhone || now == .check && (event.verb == .check)
                    judge(now, rest[begin].at, event.at, isDone: isDone, added: added(begin, index))
                    // What is passed over takes no time.
                    if isForward {
                        for step in order[(a + 1)..<b]
                        where !(step == .arrive && event.verb == .handle && event.by != "visit") {
                            judge(step, event.at, event.at, isDone: true, added: 0)
                        }
                    }
                    begin = index
                }
                if isOver {
                    if waits != nil {
                        let isDone = event.state == .closed && event.change != .merged
                        judge(.case, rest[whole].at, event.at, isDone: isDone, added: added(whole, index))
                    }
                } else if waits == nil {
                    (whole, begin) = (index, index)
                }
                waits = next
            }
            if let waits {
                judge(waits, rest[begin].at, nil, isDone: false, added: added(begin, rest.count))
                judge(.case, rest[whole].at, nil, isDone: false, added: added(whole, rest.count))
            }
        }
    }

    private func recomputed(_ logs: [EvaluatedCase], _ context: EvaluationContext) -> EvaluationRow {
        let wholes = logs.filter { log in !log.steps.contains(where: \.isDrill) }
        var row = EvaluationRow(group: "all")
        row.cases = wholes.count
        row.closed = wholes.count { $0.steps.last?.state == .closed }
        row.resolved = wholes.count { $0.steps.last?.state == .resolved }
        let figures = wholes.map { Whole($0.steps, $0.limits, context) }
        func times(_ lengths: [Int64]) -> EvaluationRow.Times {
            func smallest(_ share: Double) -> Int64? {
                lengths.filter { length in
                    Double(lengths.count { $0 <= length }) >= share * Double(lengths.count) - 1e-9
                }.min().map { $0 / 1000 }
            }
            return EvaluationRow.Times(
                count: lengths.count, median: smallest(0.5), ninety: smallest(0.9),
                worst: lengths.max().map { $0 / 1000 })
        }
        row.acknowledge = times(figures.compactMap(\.acknowledge))
        row.arrive = times(figures.compactMap(\.arrive))
        row.close = times(figures.compactMap(\.close))
        for figure in figures {
            for (step, share) in figure.onTime {
                row.onTime[step, default: EvaluationRow.Share()].met += share.met
                row.onTime[step, default: EvaluationRow.Share()].of += share.of
            }
            if let right = figure.right {
                row.notRight.of += 1
                if !right { row.notRight.met += 1 }
            }
            row.handled += figure.handled
            row.rework += figure.rework
            row.returns += figure.returns
            row.unreported += figure.unreported
            row.selfChecked += figure.selfChecked
        }
        return row
    }

    private func context() throws -> EvaluationContext {
        EvaluationContext(
            calendar: WorkCalendar(zone: try #require(Zone(identifier: "Asia/Shanghai"))), through: CaseLog.at(60_000))
    }

    @Test func `the fold over random events equals the recomputation, whatever the order of the cases`() throws {
        var random = SeededRandom(for: "figures against a recomputation")
        let context = try context()
        for round in 0..<150 {
            let logs = (0..<random.int(1...30)).map { _ in log(&random).evaluated }
            var told = Evaluation.rows(logs, by: .all, context).first ?? EvaluationRow(group: "all")
            #expect(
                Evaluation.rows(logs.shuffled(using: &random), by: .all, context).first
                    ?? EvaluationRow(group: "all") == told, "round \(round)")
            (told.escalations, told.escalationsOnTime) = (0, EvaluationRow.Share())
            let wanted = recomputed(logs, context)
            #expect(told == wanted, "round \(round)")
            if told != wanted {
                for log in logs {
                    var one = Evaluation.rows([log], by: .all, context).first ?? EvaluationRow(group: "all")
                    (one.escalations, one.escalationsOnTime) = (0, EvaluationRow.Share())
                    let other = recomputed([log], context)
                    guard one != other else { continue }
                    let lines = log.steps.map {
                        "\($0.at.milliseconds / 60_000) \($0.change) \($0.state) \($0.verb.map(\.rawValue) ?? "")"
                    }
                    Issue.record("\(lines.joined(separator: "\n"))\n\(one)\n\(other)")
                    return
                }
            }
        }
    }

    @Test func `groups divide what all have, each in its order and none twice`() throws {
        var random = SeededRandom(for: "figures by group")
        let context = try context()
        let logs = (0..<300).map { _ in log(&random).evaluated }
        let all = try #require(Evaluation.rows(logs, by: .all, context).first)
        for group in [EvaluationGroup.grid, .rule, .device, .week] {
            let rows = Evaluation.rows(logs, by: group, context)
            #expect(rows.map(\.group) == Set(rows.map(\.group)).sorted())
            #expect(rows.map(\.cases).reduce(0, +) == all.cases)
            #expect(rows.map(\.acknowledge.count).reduce(0, +) == all.acknowledge.count)
            #expect(rows.map(\.acknowledge.worst).compactMap { $0 }.max() == all.acknowledge.worst)
            #expect(rows.map(\.notRight.of).reduce(0, +) == all.notRight.of)
            #expect(rows.map(\.escalations).reduce(0, +) == all.escalations)
        }
        // What somebody did goes to exactly one of them.
        let workers = Evaluation.rows(logs, by: .worker, context)
        #expect(Set(workers.map(\.group)).isSubset(of: EvaluationLawTests.people))
        #expect(workers.map(\.acknowledge.count).reduce(0, +) == all.acknowledge.count)
        #expect(workers.map(\.arrive.count).reduce(0, +) == all.arrive.count)
        #expect(workers.map(\.close.count).reduce(0, +) == all.close.count)
        #expect(workers.map(\.handled).reduce(0, +) == all.handled)
        #expect(workers.map(\.rework).reduce(0, +) == all.rework)
        #expect(workers.map(\.returns).reduce(0, +) == all.returns)
        let departments = Evaluation.rows(logs, by: .department, context)
        #expect(departments.map(\.group) == ["department:a", "partner:b"])
        #expect(departments.map(\.escalations).reduce(0, +) == all.escalations)
        #expect(departments.map(\.escalationsOnTime.of).reduce(0, +) == all.escalationsOnTime.of)
    }
}

import Timekeeping
import Vocabulary

/// The figures of one group while cases are added. Law: their order does not matter. Cost: O(1) a deed of a case, and
/// 8 bytes a length of time; the row sorts them.
struct EvaluationSum {
    private var acknowledge: [Int64] = []
    private var arrive: [Int64] = []
    private var close: [Int64] = []
    private var row: EvaluationRow

    init(group: String) { row = EvaluationRow(group: group) }

    /// - Parameters:
    ///   - isTheirs: whether what somebody did goes to this group.
    ///   - isTold: whether an escalation to somebody does.
    mutating func add(_ one: CaseFigures, isTheirs: (String?) -> Bool, isTold: (String) -> Bool) {
        func count(_ people: [String?]) -> Int { people.count(where: isTheirs) }
        row.cases += 1
        if one.isClosed { row.closed += 1 }
        if one.isResolved { row.resolved += 1 }
        if let deed = one.acknowledged, isTheirs(deed.person) { acknowledge.append(deed.length.count) }
        if let deed = one.arrived, isTheirs(deed.person) { arrive.append(deed.length.count) }
        if let deed = one.closed, isTheirs(deed.person) { close.append(deed.length.count) }
        for judged in one.judged where isTheirs(judged.person) {
            EvaluationSum.add(judged.isOnTime, to: &row.onTime[judged.step, default: EvaluationRow.Share()])
        }
        if let answer = one.answer, isTheirs(answer.person) { EvaluationSum.add(!answer.isRight, to: &row.notRight) }
        row.handled += count(one.handled)
        row.rework += count(one.reworked)
        row.returns += count(one.returned)
        row.unreported += count(one.unreported)
        row.selfChecked += count(one.selfChecked)
        for escalation in one.escalations where isTold(escalation.to) {
            row.escalations += 1
            if let isOnTime = escalation.isOnTime { EvaluationSum.add(isOnTime, to: &row.escalationsOnTime) }
        }
    }

    private static func add(_ isMet: Bool, to share: inout EvaluationRow.Share) {
        share.of += 1
        if isMet { share.met += 1 }
    }

    var finished: EvaluationRow {
        var row = row
        row.acknowledge = EvaluationSum.times(acknowledge)
        row.arrive = EvaluationSum.times(arrive)
        row.close = EvaluationSum.times(close)
        return row
    }

    private static func times(_ lengths: [Int64]) -> EvaluationRow.Times {
        let sorted = lengths.sorted()
        guard let worst = sorted.last else { return EvaluationRow.Times() }
        func rank(_ percent: Int) -> Int64 { sorted[(sorted.count * percent + 99) / 100 - 1] / 1000 }
        return EvaluationRow.Times(count: sorted.count, median: rank(50), ninety: rank(90), worst: worst / 1000)
    }
}

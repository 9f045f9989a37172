package import Timekeeping
import Vocabulary

/// How a site did: a function of the event log.
///
/// Laws: the order of the cases does not matter; drills are in no figure; what happened behind
/// ``EvaluationContext/through`` changes nothing. Cost: linear in the events, but for the sorting of lengths of time.
package struct Evaluation {
    private let group: EvaluationGroup
    private let context: EvaluationContext
    private var sums: [String: EvaluationSum] = [:]

    package init(by group: EvaluationGroup, _ context: EvaluationContext) {
        self.group = group
        self.context = context
    }

    /// The figures of some cases, by group.
    package static func rows(
        _ cases: some Sequence<EvaluatedCase>, by group: EvaluationGroup, _ context: EvaluationContext
    ) -> [EvaluationRow] {
        var evaluation = Evaluation(by: group, context)
        for one in cases { evaluation.add(one) }
        return evaluation.rows
    }

    /// Adds a case, whole; each once.
    package mutating func add(_ one: EvaluatedCase) {
        guard let figures = CaseFigures(one, context), context.period?.contains(figures.raised) ?? true else { return }
        switch group {
        case .worker:
            for person in figures.people {
                add(figures, to: person, isTheirs: { $0 == person }, isTold: { _ in false })
            }
        case .department:
            for name in Set(figures.escalations.map(\.to)) {
                add(figures, to: name, isTheirs: { _ in true }, isTold: { $0 == name })
            }
        case .grid: add(figures, to: figures.grid)
        case .rule: add(figures, to: figures.rule)
        case .device: add(figures, to: figures.device)
        case .week: add(figures, to: Evaluation.week(of: context.calendar.zone.civil(figures.raised).date))
        case .all: add(figures, to: "all")
        }
    }

    /// In the order of their names.
    package var rows: [EvaluationRow] { sums.sorted { $0.key < $1.key }.map(\.value.finished) }

    private mutating func add(
        _ figures: CaseFigures, to name: String?, isTheirs: (String?) -> Bool = { _ in true },
        isTold: (String) -> Bool = { _ in true }
    ) {
        let name = name ?? "-"
        sums[name, default: EvaluationSum(group: name)].add(figures, isTheirs: isTheirs, isTold: isTold)
    }

    /// A week belongs to the year that its Thursday is in (ISO 8601).
    package static func week(of day: Day) -> String {
        let thursday = Day(sinceEpoch: day.sinceEpoch + Int64(4 - day.weekday))
        let first = Day.sinceEpoch(year: Int64(thursday.year), month: 1, day: 1)
        return "\(thursday.year)-W" + ISO8601.two(Int(thursday.sinceEpoch - first) / 7 + 1)
    }
}

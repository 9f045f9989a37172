import Alerts
import Cases
import Community
import Diagnostics
import HTTPTypes
import Hummingbird
import JSONWriting
import Ledger
import SiteConfiguration
import Timekeeping

extension API {
    /// Figures of a longer time are made of several.
    static let evaluatedMax = Milliseconds.days(400)

    static let evaluationOperations: [Operation] = [
        Operation(
            id: "showEvaluation", method: .get, path: "/evaluation",
            summary:
                "How the site did: times to acknowledge, to arrive and to close, shares on time, what was not right, "
                + "rework; of the cases raised in a time of at most 400 days, 30 days if nothing is said. Drills "
                + "are left out.",
            roles: readers, parameters: evaluationFields, result: .json("Evaluation"), exampleQuery: "by=grid"
        ) { call throws(Problem) in
            let rows = try await call.api.evaluate(call)
            return API.json { object in
                object.list("rows", rows) { list, row in list.element { EvaluationTable.write(row, to: &$0) } }
            }
        },
        Operation(
            id: "downloadEvaluation", method: .get, path: "/evaluation.csv",
            summary: "The same as a sheet, in the site's language.",
            roles: readers, parameters: evaluationFields, result: .sheet, exampleQuery: "by=week"
        ) { call throws(Problem) in
            let rows = try await call.api.evaluate(call)
            let isChinese = call.api.parts.settings.site.language == .zhHans
            let bytes = EvaluationTable.csv(rows, isChinese: isChinese)
            return Response(
                status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
                body: .init(byteBuffer: .init(bytes: bytes)))
        },
    ]

    private static let evaluationFields = [
        Field("by", .choice(EvaluationGroup.allCases.map(\.rawValue)), "a row for each; `all`: one row", "grid"),
        Field("from", .dayOrTime, "raised at or after", "2026-03-01"),
        Field("to", .dayOrTime, "raised before", "2026-03-31"),
    ]

    private func evaluate(_ call: Call) async throws(Problem) -> [EvaluationRow] {
        let now = parts.now()
        let to = call.values["to"].flatMap(start) ?? now
        let from = call.values["from"].flatMap(start) ?? to - .days(30)
        guard from <= to, to - from <= API.evaluatedMax else {
            throw Problem(
                400, "bad_query", "a parameter is wrong",
                "from: it lies at most 400 days before `to`, and not behind it")
        }
        let group = call.values["by"].flatMap(EvaluationGroup.init(rawValue:)) ?? .all
        let workers = parts.registry.workers.map { ($0.id, $0.role) }
        let context = EvaluationContext(
            calendar: parts.settings.workCalendar, through: now, period: from..<max(to, from + Milliseconds(1)),
            roles: Dictionary(workers, uniquingKeysWith: { first, _ in first }))
        var search = AlertSearch()
        (search.from, search.to, search.limit) = (from, to, 1000)
        if call.caller.role == .worker { search.visibleGrids = call.caller.asker.grids }
        let (zone, limits) = (parts.settings.site.zone, parts.settings.limits.cases)
        return try await read { [search] (ledger) throws(LedgerError) in
            var (search, evaluation) = (search, Evaluation(by: group, context))
            let reader = CaseStepReader(zone: zone)
            while true {
                let page = try ledger.alerts(search)
                for row in page {
                    let steps = try ledger.events(alert: row.id).compactMap { reader.step($0.json) }
                    guard let first = steps.first else { continue }
                    let frozen = row.limits.flatMap(FrozenLimits.init(json:))
                    evaluation.add(
                        EvaluatedCase(
                            steps, limits: frozen ?? limits.frozen(severity: first.severity, kind: first.kind)))
                }
                guard page.count == 1000, let last = page.last else { return evaluation.rows }
                search.after = AlertSearch.Place(opened: last.opened, id: last.id)
            }
        }
    }
}

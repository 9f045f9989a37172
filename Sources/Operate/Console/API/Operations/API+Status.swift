import Cases
import Hummingbird
import JSONWriting
import Ledger
import SiteConfiguration
import Vocabulary

extension API {
    static let statusOperations: [Operation] = [
        Operation(
            id: "showStatus", method: .get, path: "/status",
            summary: "How the box is, what waits, and whether the audit's chain is whole.",
            roles: Set(Role.allCases), result: .json("Status")
        ) { call throws(Problem) in try await call.api.showStatus() },
        Operation(
            id: "stream", method: .get, path: "/stream",
            summary: "Changes as they are committed, as server-sent events without names. `Last-Event-ID` resumes; "
                + "where more than 500 were missed `event: reload` says so.",
            roles: readers, result: .stream
        ) { call throws(Problem) in try await call.api.stream(call) },
        Operation(
            id: "showOpenAPI", method: .get, path: "/openapi.json", summary: "This description of the API.",
            roles: [], result: .json("OpenAPI")
        ) { call throws(Problem) in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: .init(string: OpenAPIFile.text)))
        },
    ]

    private func showStatus() async throws(Problem) -> Response {
        let view = await health()
        let counts = try await read { (ledger) throws(LedgerError) in try ledger.counts() }
        let check = try await auditCheck()
        let over = [AlertState.closed.rawValue, AlertState.resolved.rawValue]
        let open = counts.alerts.filter { !over.contains($0.key) }.values.reduce(0, +)
        let dead = counts.deliveries.values.compactMap { $0[.dead] }.reduce(0, +)
        return API.json { object in
            object.text("version", ProgramVersion.current)
            object.text("site", self.parts.settings.site.id)
            object.text("time", self.time(self.parts.now()))
            object.truth("ready", view.problems.isEmpty)
            object.texts("problems", view.problems)
            object.texts("degraded", view.degraded)
            object.texts("notes", view.notes)
            object.number("open_alerts", open)
            object.number("dead_deliveries", dead)
            object.number("streams", self.streams.count)
            object.number("audit_rows", check.rows)
            object.text("audit_head", check.head)
            object.truth("audit_intact", check.firstBroken == nil)
        }
    }
}

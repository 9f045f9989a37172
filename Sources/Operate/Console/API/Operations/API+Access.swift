import Cases
import Community
import Hummingbird
import JSONWriting
import Ledger
import Timekeeping
import Vocabulary

extension API {
    private static let tokenField = Field("id", .token, "the token's id", ExampleSite.token).needed

    static let accessOperations: [Operation] = [
        Operation(
            id: "listTokens", method: .get, path: "/tokens",
            summary: "The tokens of the ledger, without their texts, which nobody has.", roles: [.admin],
            result: .json("TokenList")
        ) { call throws(Problem) in try await call.api.listTokens(call) },
        Operation(
            id: "addToken", method: .post, path: "/tokens",
            summary: "Makes a token. Its text is in this answer alone.", roles: [.admin],
            body: .fields([
                Field("name", .text(max: 64), "who gets it", "\"值班台\"").needed,
                Field("role", .choice(Role.allCases.map(\.rawValue)), "what they may do", "\"viewer\"").needed,
                Field("worker", .text(max: 64), "the worker's id; needed for the role `worker`", "\"w1\""),
                Field("expires", .duration, "how long it is good; without: until it is revoked", "\"90d\""),
            ]), result: .json("NewToken"), mayConflict: true
        ) { call throws(Problem) in try await call.api.addToken(call) },
        Operation(
            id: "revokeToken", method: .delete, path: "/tokens/{id}", summary: "Ends a token at once.",
            roles: [.admin], parameters: [tokenField], result: .json("Token")
        ) { call throws(Problem) in try await call.api.revokeToken(call) },
        Operation(
            id: "listAudit", method: .get, path: "/audit",
            summary: "Who saw, did or changed what, the newest first; each row is chained to the one before it.",
            roles: [.manager, .admin, .auditor],
            parameters: [
                Field("person", .text(max: 64), "of this person alone", "w1"), limitField,
                Field("cursor", .integer(1...Int64.max), "`next` of the page before", "1"),
            ], result: .json("AuditPage"), exampleQuery: "limit=20"
        ) { call throws(Problem) in try await call.api.listAudit(call) },
    ]

    private func listTokens(_ call: Call) async throws(Problem) -> Response {
        let rows = try await read { (ledger) throws(LedgerError) in try ledger.tokens() }
        return API.json { object in
            object.list("tokens", rows) { writer, row in writer.element { self.write(row, to: &$0) } }
        }
    }

    private func addToken(_ call: Call) async throws(Problem) -> Response {
        let name = call.body["name"]?.text ?? ""
        let role = call.body["role"]?.text ?? ""
        let worker = call.body["worker"]?.text
        if let worker, parts.registry.worker(worker) == nil {
            throw .badField("worker", "the registry has no such worker")
        }
        if role == Role.worker.rawValue, worker == nil { throw .badField("worker", "the role worker needs one") }
        guard name != "system", worker != nil || parts.registry.worker(name) == nil else {
            throw .badField("name", "it would be taken for somebody else")
        }
        let now = parts.now()
        let text = AccessToken.make()
        let length = call.body["expires"]?.text.flatMap(Milliseconds.init(text:))
        let row = TokenRow(
            name: name, role: role, worker: worker, hash: AccessToken.hash(text.reveal()), created: now,
            expires: length.map { now + $0 })
        try await audit(call.caller, "token.add", row.id, "\(role) \(name)")
        guard try await read({ (ledger) throws(LedgerError) in try ledger.addToken(row) }) else {
            throw Problem(409, "too_many_tokens", "not legal now", "revoke a token first: there are as many as fit")
        }
        tokensChanged()
        return API.json { object in
            self.write(row, to: &object)
            object.text("token", text.reveal())
        }
    }

    private func revokeToken(_ call: Call) async throws(Problem) -> Response {
        let id = call.needed("id")
        let rows = try await read { (ledger) throws(LedgerError) in try ledger.tokens() }
        guard var row = rows.first(where: { $0.id == id }) else { throw .notFound("token") }
        let now = parts.now()
        if row.revoked == nil {
            try await audit(call.caller, "token.revoke", id, row.name)
            _ = try await read { (ledger) throws(LedgerError) in try ledger.revokeToken(id: id, now: now) }
            tokensChanged()
            row.revoked = now
        }
        return API.json { self.write(row, to: &$0) }
    }

    private func write(_ row: TokenRow, to object: inout JSONWriter) {
        object.text("id", row.id)
        object.text("name", row.name)
        object.text("role", row.role)
        object.text("worker", ifAny: row.worker)
        object.text("created", time(row.created))
        object.text("expires", ifAny: row.expires.map(time))
        object.text("revoked", ifAny: row.revoked.map(time))
        object.text("used", ifAny: row.used.map(time))
        object.truth("live", row.isLive(at: parts.now()))
    }

    private func listAudit(_ call: Call) async throws(Problem) -> Response {
        let (person, before, limit) = (call.value("person"), call.integer("cursor"), call.limit)
        let rows = try await read { (ledger) throws(LedgerError) in
            try ledger.auditRows(person: person, before: before, limit: limit + 1)
        }
        let page = rows.prefix(limit)
        return API.json { object in
            object.list("rows", page) { writer, row in
                writer.element { object in
                    object.number("id", row.id)
                    object.text("at", self.time(row.at))
                    object.text("person", row.entry.person)
                    object.text("role", row.entry.role)
                    object.text("action", row.entry.action)
                    object.text("object", row.entry.object)
                    object.text("detail", row.entry.detail)
                    object.text("hash", row.hash)
                }
            }
            object.raw("next", API.nullable(rows.count > page.count ? page.last.map { "\($0.id)" } : nil))
        }
    }
}

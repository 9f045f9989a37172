import Cases
import Crypto
import Diagnostics
import Feeds
import HTTPTypes
import Hummingbird
import Ledger
import Vocabulary

extension API {
    static let drillOperations: [Operation] = [
        Operation(
            id: "drill", method: .post, path: "/drills",
            summary: "Raises a rule's alert to practise with (演练): it says so, ends by itself after two hours, and "
                + "moves no machine.",
            roles: [.manager, .admin],
            body: .fields(
                [
                    Field("key", .text(max: 64), "made up by who sends it; the same again is no second drill", "\"k1\"")
                        .needed,
                    Field("rule", .text(max: 64), "the rule's name in the configuration", "\"sos\"").needed,
                    Field("resident", .text(max: 200), "a resident's id; this or `place`", "\"e1\""),
                    Field("place", .text(max: 200), "a place's id, or an address", "\"b3\""),
                ], oneOf: ["resident", "place"]), result: .json("Alert"), mayConflict: true
        ) { call throws(Problem) in try await call.api.drill(call) },
        Operation(
            id: "forgetResident", method: .post, path: "/residents/{id}/forget",
            summary:
                "Takes out of the store what names somebody who left, and says of the rest until when it stays and "
                + "why. Nothing is removed while their row stands in the sheet or a case of theirs is open.",
            roles: [.admin],
            parameters: [Field("id", .text(max: 200), "the resident's id", ExampleSite.resident).needed],
            body: .fields([
                Field("key", .text(max: 64), "made up by who sends it", "\"k1\"").needed,
                Field("dry_run", .truth, "true: only says what would be", "true"),
            ]), result: .json("Forgotten")
        ) { call throws(Problem) in try await call.api.forget(call) },
    ]

    private func drill(_ call: Call) async throws(Problem) -> Response {
        guard let begin = parts.drill else { throw .unavailable("no drill can be made now") }
        // A key is a person's own, a drill's id is everybody's.
        let name = Array("\(call.caller.person)\u{0}\(call.body["key"]?.text ?? "")".utf8)
        let drill = Drill(
            id: Hex.string(SHA256.hash(data: name).prefix(6)), rule: call.body["rule"]?.text ?? "",
            resident: call.body["resident"]?.text, place: call.body["place"]?.text, actor: call.caller.person)
        switch await begin(drill) {
        case .done(_, let alert):
            let asker = call.caller.asker
            let row = try await read { (ledger) throws(LedgerError) in try ledger.alert(id: alert) }
            // What is committed is there.
            guard let row else { throw .unavailable("the answer cannot be read now") }
            let json = AlertJSON(row)
            var facts = json.facts
            facts.mayCheckOwn = parts.mayCheckOwn(row)
            return API.json { json.write(to: &$0, allowed: Rights.allowed(asker, facts), clocks: nil) }
        case .wrong(let field, let what): throw .badField(field, what.en)
        case .keyReused:
            throw Problem(409, "key_reused", "not legal now", "this person used the key for something else before")
        case .full: throw Problem(409, "too_many_drills", "not legal now", "too many drills are open; end some first")
        case .unavailable: throw .unavailable("the journal cannot store now; send it again with the same key")
        case .busy: throw .tooMany("too many records wait already; send it again with the same key", retryAfter: 1)
        }
    }

    private func forget(_ call: Call) async throws(Problem) -> Response {
        guard let forget = parts.forget else { throw .unavailable("nobody can be forgotten now") }
        let resident = call.needed("id")
        switch await forget(resident, call.body["dry_run"]?.truth ?? false) {
        case .report(let json, let isDone):
            if isDone { try await audit(call.caller, "resident.forget", resident) }
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: .init(bytes: json)))
        case .unknown: throw .notFound("resident")
        case .unavailable: throw .unavailable("the ledger cannot be written now; try again later")
        }
    }
}

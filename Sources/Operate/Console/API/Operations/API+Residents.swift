import Cases
import Community
import Feeds
import Hummingbird
import JSONWriting
import Ledger
import Timekeeping
import Vocabulary

extension API {
    private static let residentField = Field("id", .text(max: 200), "the resident's id", ExampleSite.resident).needed
    private static let keyField = Field(
        "key", .text(max: 64), "made up by who sends it: the same again is no second act", "\"k1\""
    ).needed

    static let residentOperations: [Operation] = [
        Operation(
            id: "listResidents", method: .get, path: "/residents",
            summary: "Residents in the sheet's order; names masked but for managers.", roles: readers,
            parameters: [
                Field("grid", .names, "of one of these grids", "g3"),
                Field("watched", .choice(["1", "0"]), "1: those whose silence raises an alert", "1"), limitField,
                cursorField,
            ], result: .json("ResidentPage"), exampleQuery: "watched=1"
        ) { call throws(Problem) in try call.api.listResidents(call) },
        Operation(
            id: "showResident", method: .get, path: "/residents/{id}",
            summary:
                "One resident with the open alerts of the home (`allowed` is with the alert itself); phone numbers for "
                + "managers alone. Each look is in the audit.",
            roles: readers, parameters: [residentField], result: .json("Resident")
        ) { call throws(Problem) in try await call.api.showResident(call) },
        Operation(
            id: "awayResident", method: .post, path: "/residents/{id}/away",
            summary: "Says that somebody is away: their silence is no alert until then.",
            roles: [.manager, .admin], parameters: [residentField],
            body: .fields([
                keyField, Field("until", .day, "the last day of the absence", "\"2026-03-08\"").needed,
                Field("note", .text(max: 2000), "in words", "\"在女儿家\""),
            ]), result: .json("ResidentAct"), mayConflict: true
        ) { call throws(Problem) in try await call.api.residentAct("away", call) },
        Operation(
            id: "noteResident", method: .post, path: "/residents/{id}/note",
            summary: "Adds a note about a resident to the journal.", roles: [.manager, .admin],
            parameters: [residentField],
            body: .fields([keyField, Field("text", .text(max: 2000), "in words", "\"周三换电池\"").needed]),
            result: .json("ResidentAct"), mayConflict: true
        ) { call throws(Problem) in try await call.api.residentAct("note", call) },
    ]

    /// The grid of a place; nil where it has none.
    func grid(of place: PlaceID?) -> String? {
        place.flatMap { parts.registry.places[Int($0.index)].grid }.map { parts.registry.grids[Int($0.index)] }
    }

    /// Whether who asks answers for a grid; what has none is everybody's.
    func sees(_ caller: Caller, grid: String?) -> Bool {
        guard caller.role == .worker, !caller.asker.grids.isEmpty, let grid else { return true }
        return caller.asker.grids.contains(grid)
    }

    /// A page of rows that are kept in memory; the cursor is the id of the last row.
    static func page<Row>(
        _ rows: [Row], _ call: Call, startingBehind index: (String) -> Int?, where isWanted: (Row) -> Bool,
        id: (Row) -> String
    ) throws(Problem) -> (rows: [Row], next: String?) {
        var start = 0
        if let cursor = call.value("cursor") {
            guard let last = index(cursor) else { throw .badField("cursor", "`next` of the page before is needed") }
            start = last + 1
        }
        var page: [Row] = []
        for row in rows[start...] where isWanted(row) {
            if page.count == call.limit { return (page, page.last.map(id)) }
            page.append(row)
        }
        return (page, nil)
    }

    private func listResidents(_ call: Call) throws(Problem) -> Response {
        let grids = call.list("grid")
        let (rows, next) = try API.page(
            parts.registry.residents, call,
            startingBehind: { id in self.parts.registry.resident(id).map { Int($0.index) } },
            where: { resident in
                let grid = self.grid(of: resident.dwelling)
                return self.sees(call.caller, grid: grid) && (grids.isEmpty || grid.map(grids.contains) ?? false)
                    && (call.value("watched").map { ($0 == "1") == resident.isWatched } ?? true)
            }, id: \.id)
        return API.json { object in
            object.list("residents", rows) { writer, resident in
                writer.element { self.write(resident, to: &$0, call.caller) }
            }
            object.raw("next", API.nullable(next))
        }
    }

    private func resident(_ call: Call) throws(Problem) -> Resident {
        guard let found = parts.registry.resident(call.needed("id")) else { throw .notFound("resident") }
        let resident = parts.registry.residents[Int(found.index)]
        guard sees(call.caller, grid: grid(of: resident.dwelling)) else { throw .notFound("resident") }
        return resident
    }

    private func showResident(_ call: Call) async throws(Problem) -> Response {
        let resident = try resident(call)
        try await audit(call.caller, "resident.read", resident.id)
        var search = AlertSearch()
        search.isOpen = true
        search.places = resident.dwelling.map { [parts.registry.places[Int($0.index)].id] } ?? []
        let alerts =
            resident.dwelling == nil
            ? [] : try await read { [search] (ledger) throws(LedgerError) in try ledger.alerts(search) }
        let caller = call.caller
        return API.json { object in
            self.write(resident, to: &object, caller)
            object.list("alerts", alerts) { writer, row in
                let json = AlertJSON(row)
                writer.element {
                    json.write(
                        to: &$0,
                        allowed: [],
                        clocks: nil)
                }
            }
            guard caller.seesNames else { return }
            object.text("phone", resident.phone)
            object.text("born", ifAny: resident.born?.text)
            object.list("family", resident.family) { writer, contact in
                writer.element {
                    $0.text("name", contact.name)
                    $0.text("phone", contact.phone)
                }
            }
            object.text("key_holder", resident.keyHolder)
            object.text("note", resident.note)
        }
    }

    private func write(_ resident: Resident, to object: inout JSONWriter, _ caller: Caller) {
        object.text("id", resident.id)
        object.text("name", caller.seesNames ? resident.name : resident.maskedName)
        writePlace(resident.dwelling, to: &object)
        object.texts("care", resident.care)
        object.truth("watched", resident.isWatched)
        object.text("away_from", ifAny: resident.awayFrom?.text)
        object.text("away_until", ifAny: resident.awayUntil?.text)
    }

    /// A place's id, what people call it, and its grid.
    func writePlace(_ place: PlaceID?, to object: inout JSONWriter) {
        guard let place else { return }
        let row = parts.registry.places[Int(place.index)]
        object.text("place", row.id)
        object.text("address", row.displayName)
        object.text("grid", ifAny: grid(of: place))
    }

    private func residentAct(_ verb: String, _ call: Call) async throws(Problem) -> Response {
        let resident = try resident(call)
        var act = Act(resident: resident.id, verb: verb, actor: call.caller.person, key: call.body["key"]?.text)
        act.note = call.body["note"]?.text ?? call.body["text"]?.text
        if let until = call.body["until"]?.text {
            act.found = "away"
            act.until = until
        }
        switch await parts.desk.act(act) {
        case .done(let record, _):
            return API.json { object in
                object.text("id", resident.id)
                object.text("verb", verb)
                object.number("record", record)
            }
        case .refused: throw Problem(409, "not_legal", "not legal now", "nothing came of it")
        case .keyReused:
            throw Problem(409, "key_reused", "not legal now", "this person used the key for something else before")
        case .unavailable: throw .unavailable("the journal cannot store now; send it again with the same key")
        case .busy: throw .tooMany("too many acts wait already; send it again with the same key", retryAfter: 1)
        }
    }
}

extension Day {
    /// `2026-03-08`.
    fileprivate var text: String {
        String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)-\(ISO8601.two(month))-\(ISO8601.two(day))"
    }
}

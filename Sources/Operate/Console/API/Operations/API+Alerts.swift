import Cases
import Community
import Hummingbird
import JSONWriting
import Ledger
import Timekeeping
import Vocabulary

extension API {
    /// Who may look at alerts; a worker at those of their own grids alone.
    static let readers: Set<Role> = [.viewer, .worker, .manager, .admin]

    static let alertOperations: [Operation] = [
        Operation(
            id: "listAlerts", method: .get, path: "/alerts",
            summary: "Alerts, the last opened first. Without `from` every open one is in the list, whatever its age.",
            roles: readers,
            parameters: [
                Field("state", .choices(AlertState.allCases.map(\.rawValue)), "in one of these states", "open"),
                Field("open", .choice(["1", "0"]), "1: neither closed nor resolved", "1"),
                Field("kind", .choices(RuleKind.allCases.map(\.rawValue)), "of one of these kinds", "sos"),
                Field("severity", .choices(Severity.allCases.map(\.rawValue)), "of one of these severities", "high"),
                Field("grid", .names, "of one of these grids", "g3"),
                Field("rule", .names, "of one of these rules", "sos"),
                Field("place", .text(max: 200), "at this place, or inside of it", "b3"),
                Field("worker", .text(max: 64), "whoever has it, or did something to it last", "w1"),
                Field("found", .choices(ActFields.found), "with one of these findings", "well"),
                Field("right", .choice(["yes", "no"]), "whether somebody said that it was right", "yes"),
                Field("from", .dayOrTime, "opened at or after", "2026-03-01"),
                Field("to", .dayOrTime, "opened before", "2030-01-01"),
                Field("q", .text(max: 100), "somewhere in its message, key or id", "502"), limitField, cursorField,
            ], result: .json("AlertPage"), exampleQuery: "open=1&limit=20"
        ) { call throws(Problem) in try await call.api.listAlerts(call) },
        Operation(
            id: "showAlert", method: .get, path: "/alerts/{id}",
            summary: "One alert with its changes, deliveries, photographs, clocks, and what who asks may do to it.",
            roles: readers, parameters: [alertField], result: .json("AlertDetail")
        ) { call throws(Problem) in try await call.api.showAlert(call) },
    ]

    static let alertField = Field(
        "id", .alert, "the alert's id, or its first six digits where no other begins so", ExampleSite.alert
    ).needed
    static let limitField = Field("limit", .integer(1...200), "how many rows; 50", "20")
    static let cursorField = Field("cursor", .text(max: 300), "`next` of the page before", "")

    private func listAlerts(_ call: Call) async throws(Problem) -> Response {
        let search = try alertSearch(call)
        let (asker, clocks) = (call.caller.asker, parts.clocks)
        let (mayCheckOwn, now) = (parts.mayCheckOwn, parts.now())
        let rows = try await read { (ledger) throws(LedgerError) in
            try ledger.alerts(search).map { row throws(LedgerError) in
                let json = AlertJSON(row)
                let facts = try CaseHistory.facts(of: json, mayCheckOwn: mayCheckOwn(row), at: now, ledger)
                let view: CaseClockView? =
                    if let clocks { clocks(row, try ledger.events(alert: row.id)) } else { nil }
                return (row, json, Rights.allowed(asker, facts), view)
            }
        }
        let page = rows.prefix(call.limit)
        let next = rows.count > page.count ? page.last.map { "\($0.0.opened.milliseconds).\($0.0.id)" } : nil
        return API.json { object in
            object.list("alerts", page) { writer, row in
                writer.element { row.1.write(to: &$0, allowed: row.2, clocks: row.3) }
            }
            object.raw("next", API.nullable(next))
        }
    }

    /// JSON of a text, or null.
    static func nullable(_ text: String?) -> String { text.map(JSONString.quoted) ?? "null" }

    private func alertSearch(_ call: Call) throws(Problem) -> AlertSearch {
        var search = AlertSearch()
        search.states = call.list("state")
        search.isOpen = call.value("open") == "1"
        search.kinds = call.list("kind")
        search.severities = call.list("severity").compactMap(Severity.init(rawValue:))
        search.grids = call.list("grid")
        search.rules = call.list("rule")
        search.worker = call.value("worker")
        search.found = call.list("found")
        search.isRight = call.value("right").map { $0 == "yes" }
        search.text = call.value("q")
        search.from = call.value("from").flatMap(start)
        search.to = call.value("to").flatMap(start)
        if call.caller.role == .worker { search.visibleGrids = call.caller.asker.grids }
        if let place = call.value("place") { search.places = inside(place) }
        search.limit = call.limit + 1
        guard let cursor = call.value("cursor") else { return search }
        let parts = cursor.split(separator: ".")
        guard parts.count == 2, let opened = Int64(parts[0]), abs(opened) < Int64.max / 4 else {
            throw .badField("cursor", "`next` of the page before is needed")
        }
        search.after = AlertSearch.Place(opened: Instant(milliseconds: opened), id: String(parts[1]))
        return search
    }

    /// A time, or the beginning of a day of the site.
    func start(_ text: String) -> Instant? {
        guard let day = Day(iso8601: text) else { return ValueForm.instant(text) }
        return zone.instant(CivilTime(wallMilliseconds: day.sinceEpoch * 86_400_000))
    }

    /// A place, and all that lies in it.
    private func inside(_ id: String) -> [String] {
        guard let place = parts.registry.place(id) else { return [id] }
        let places = parts.registry.places
        return places.indices.filter { index in
            var at: PlaceID? = PlaceID(index: Int32(index))
            while let now = at {
                if now == place { return true }
                at = places[Int(now.index)].parent
            }
            return false
        }.map { places[$0].id }
    }

    // MARK: One alert

    /// An alert with what decides what may be done to it.
    struct Found: Sendable {
        var row: AlertRow
        var json: AlertJSON
        var facts: CaseFacts
    }

    /// The one alert that an id, or its beginning, means to who asks; what they may not see is not there.
    func alert(_ id: String, for asker: Asker) async throws(Problem) -> Found {
        var search = AlertSearch()
        search.prefix = id.lowercased()
        search.limit = 20
        let (mayCheckOwn, now) = (parts.mayCheckOwn, parts.now())
        let found = try await read { [search] (ledger) throws(LedgerError) in
            try ledger.alerts(search).map { row throws(LedgerError) in
                let json = AlertJSON(row)
                let facts = try CaseHistory.facts(of: json, mayCheckOwn: mayCheckOwn(row), at: now, ledger)
                return Found(row: row, json: json, facts: facts)
            }
        }
        let visible = found.filter { Rights.sees(asker, $0.facts) }
        guard let first = visible.first else { throw .notFound("alert") }
        guard visible.count == 1 else {
            throw .badField("id", "\(visible.count) alerts begin so: write more of its digits")
        }
        return first
    }

    private func showAlert(_ call: Call) async throws(Problem) -> Response {
        let found = try await alert(call.needed("id"), for: call.caller.asker)
        let id = found.row.id
        let (events, deliveries, photos) = try await read { (ledger) throws(LedgerError) in
            var filter = DeliveryFilter()
            filter.alert = id
            let deliveries = try ledger.deliveries(filter).map { row throws(LedgerError) in
                (row, try ledger.attempts(delivery: row.id))
            }
            return (try ledger.events(alert: id), deliveries, try ledger.photos(alert: id))
        }
        let clocks = parts.clocks?(found.row, events)
        return API.json { object in
            found.json.write(
                to: &object, allowed: Rights.allowed(call.caller.asker, found.facts), clocks: clocks)
            if let clocks { object.raw("clocks", clocks.json) }
            object.list("events", events) { writer, event in
                writer.element { AlertJSON(event).writeEvent(to: &$0) }
            }
            object.list("deliveries", deliveries) { writer, delivery in
                writer.element { object in
                    self.write(delivery.0, to: &object, for: call.caller)
                    object.list("tries", delivery.1) { writer, attempt in
                        writer.element { self.write(attempt, to: &$0) }
                    }
                }
            }
            object.list("photos", photos) { writer, photo in writer.element { self.write(photo, to: &$0) } }
        }
    }
}

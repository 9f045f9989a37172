import Foundation
import GRDB
import Timekeeping
import Vocabulary

/// Lists for the console: paged by key, each page over an index.
extension Ledger {
    /// Alerts, the last opened first. O(page) by time, grid and open state; a rare word is looked for in all of them.
    package func alerts(_ search: AlertSearch) throws(LedgerError) -> [AlertRow] {
        try read { db in
            var terms = Terms()
            terms.add("state", in: search.states)
            terms.add("kind", in: search.kinds)
            terms.add("rule", in: search.rules)
            terms.add("severity", in: search.severities.map(\.rawValue))
            terms.add("grid", in: search.grids)
            if !search.visibleGrids.isEmpty {
                terms.add(
                    "(grid IS NULL OR grid IN (\(Terms.marks(search.visibleGrids))))",
                    StatementArguments(search.visibleGrids))
            }
            if let places = search.places {
                let list = String(decoding: try JSONEncoder().encode(places), as: UTF8.self)
                terms.add("place IN (SELECT value FROM json_each(?))", [list])
            }
            if let from = search.from { terms.add("opened >= ?", [from.milliseconds]) }
            if let to = search.to { terms.add("opened < ?", [to.milliseconds]) }
            if search.isOpen { terms.add("state NOT IN ('closed', 'resolved')", []) }
            if let worker = search.worker {
                terms.add("? IN (assignee, \(LedgerSchema.fact("actor")))", [worker])
            }
            terms.add("found", in: search.found)
            if let isRight = search.isRight { terms.add(Terms.right, [isRight ? 1 : 0]) }
            if let text = search.text {
                let words = "id || ' ' || key || ' ' || ifnull(\(LedgerSchema.fact("message")), '')"
                terms.add("instr(lower(\(words)), lower(?)) > 0", [text])
            }
            if let prefix = search.prefix { terms.add("id >= ? AND id < ?", [prefix, prefix + "g"]) }
            if let after = search.after { terms.add("(opened, id) < (?, ?)", [after.opened.milliseconds, after.id]) }
            terms.arguments += [min(max(search.limit, 1), 1000)]
            return try Row.fetchAll(
                db, sql: "SELECT * FROM alerts WHERE \(terms.sql) ORDER BY opened DESC, id DESC LIMIT ?",
                arguments: terms.arguments
            ).map(AlertRow.init)
        }
    }

    /// One change by its number.
    package func event(record: Int64, ordinal: Int32) throws(LedgerError) -> LedgerChange? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM events WHERE record = ? AND ordinal = ?", arguments: [record, ordinal]
            ).map(LedgerChange.init)
        }
    }

    /// What people's records made of an alert up to a number, in its order: the last 1,000 of it. What delivery makes
    /// by itself has ordinals from ``deliveryOrdinals`` on, and is left out.
    package func recordEvents(alert: String, upTo record: Int64, ordinal: Int32) throws(LedgerError) -> [LedgerChange] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM events WHERE alert = ? AND (record, ordinal) <= (?, ?) AND ordinal < ?
                    AND change NOT IN ('raised', 'updated', 'noted') ORDER BY record DESC, ordinal DESC LIMIT 1000
                    """, arguments: [alert, record, ordinal, Ledger.deliveryOrdinals]
            ).map(LedgerChange.init).reversed()
        }
    }

    /// From here on ordinals are of changes that delivery makes: dispatched by route, escalated by clock, renotified.
    package static let deliveryOrdinals: Int32 = 2_000_000

    /// Changes of any alert behind a number, in their order.
    package func events(
        behind record: Int64, ordinal: Int32, limit: Int
    ) throws(LedgerError) -> [LedgerChange] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM events WHERE (record, ordinal) > (?, ?) ORDER BY record, ordinal LIMIT ?
                    """, arguments: [record, ordinal, min(max(limit, 1), 1000)]
            ).map(LedgerChange.init)
        }
    }

    /// The number of the last change; zeros where there is none.
    package func lastEventNumber() throws(LedgerError) -> (record: Int64, ordinal: Int32) {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT record, ordinal FROM events ORDER BY record DESC, ordinal DESC LIMIT 1")
            guard let row else { return (0, 0) }
            return (try row.value("record"), try row.value("ordinal"))
        }
    }

    /// A delivery by its number.
    package func delivery(id: Int64) throws(LedgerError) -> DeliveryRow? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM outbox WHERE id = ?", arguments: [id]).map(DeliveryRow.init)
        }
    }

    /// Conditions that are joined by AND. Only column names and marks of this file are put together; every value is an
    /// argument.
    private struct Terms {
        static let right = """
            (SELECT json_extract(CAST(e.json AS TEXT), '$.act.alert_right') FROM events e
            WHERE e.alert = alerts.id AND e.change IN ('handled', 'checked', 'closed', 'noted')
            AND json_valid(CAST(e.json AS TEXT))
            AND json_extract(CAST(e.json AS TEXT), '$.act.alert_right') IS NOT NULL
            ORDER BY e.record DESC, e.ordinal DESC LIMIT 1) = ?
            """

        private var all = ["TRUE"]
        var arguments = StatementArguments()

        var sql: String { all.joined(separator: " AND ") }

        static func marks(_ values: [String]) -> String {
            Array(repeating: "?", count: values.count).joined(separator: ", ")
        }

        mutating func add(_ term: String, _ values: StatementArguments) {
            all.append(term)
            arguments += values
        }

        mutating func add(_ column: String, in values: [String]) {
            guard !values.isEmpty else { return }
            add("\(column) IN (\(Terms.marks(values)))", StatementArguments(values))
        }
    }
}

import Foundation
import GRDB
package import Timekeeping
package import Vocabulary

/// An alert as the ledger folds it from its changes.
package struct AlertRow: Equatable, Sendable {
    package var id: String
    package var rule: String
    package var kind: String
    package var severity: Severity
    package var state: String
    package var key: String
    package var started: Instant
    /// Engine time of the first change.
    package var opened: Instant
    /// Engine time of the last change.
    package var changed: Instant
    /// The last change's JSON.
    package var json: [UInt8]
    /// The number of the last change.
    package var record: Int64 = 0
    package var ordinal: Int32 = 0
    package var grid: String?
    package var place: String?
    /// Who has it in hand.
    package var assignee: String?
    /// Who handled it last.
    package var handler: String?
    package var found: String?
    package var alertRight: Bool?
    /// As they were when it was raised, JSON.
    package var limits: String?
}

extension AlertRow {
    init(_ row: Row) throws {
        let json: Data = try row.value("json")
        self.init(
            id: try row.value("id"), rule: try row.value("rule"), kind: try row.value("kind"),
            severity: try row.severity(), state: try row.value("state"), key: try row.value("key"),
            started: try row.instant("started"), opened: try row.instant("opened"),
            changed: try row.instant("changed"), json: Array(json),
            record: try row.value("record"), ordinal: try row.value("ordinal"), grid: try row.value("grid"),
            place: try row.value("place"), assignee: try row.value("assignee"), handler: try row.value("handler"),
            found: try row.value("found"), alertRight: try row.value("alert_right"),
            limits: try row.value("limits"))
    }
}

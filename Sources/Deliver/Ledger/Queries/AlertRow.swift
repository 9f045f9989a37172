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
}

extension AlertRow {
    init(_ row: Row) throws {
        let json: Data = try row.value("json")
        self.init(
            id: try row.value("id"), rule: try row.value("rule"), kind: try row.value("kind"),
            severity: try row.severity(), state: try row.value("state"), key: try row.value("key"),
            started: try row.instant("started"), opened: try row.instant("opened"),
            changed: try row.instant("changed"), json: Array(json))
    }
}

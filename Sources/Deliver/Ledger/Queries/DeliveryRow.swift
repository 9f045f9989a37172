import Foundation
import GRDB
package import Timekeeping

/// A delivery as people and the API see it.
package struct DeliveryRow: Equatable, Sendable {
    package var id: Int64
    package var key: String
    package var entry: OutboxEntry
    package var state: DeliveryState
    package var attempts: Int
    /// The next attempt's earliest time, or the lease's end; nil where none is to come.
    package var next: Instant?
    package var settled: Instant?
    /// The last answer, without secrets.
    package var answer: String?
}

extension DeliveryRow {
    init(_ row: Row) throws {
        let settled = try row.instantIfAny("settled")
        self.init(
            id: try row.value("id"), key: try row.value("idempotency"), entry: try OutboxEntry(row),
            state: DeliveryState(rawValue: try row.value("state")) ?? .dead, attempts: try row.value("attempt"),
            next: settled == nil ? try row.instant("due") : nil, settled: settled, answer: try row.value("answer"))
    }
}

import Foundation
import GRDB
package import Timekeeping

/// One attempt of a delivery.
package struct AttemptRow: Equatable, Sendable {
    package var number: Int
    package var at: Instant
    package var ended: Instant?
    /// `sent`, `retry`, `dead`, `released`, `lost` (its lease ended), or nil while it runs.
    package var outcome: String?
    package var answer: String?
}

extension AttemptRow {
    init(_ row: Row) throws {
        self.init(
            number: try row.value("number"), at: try row.instant("at"), ended: try row.instantIfAny("ended"),
            outcome: try row.value("outcome"), answer: try row.value("answer"))
    }
}

import GRDB
import Timekeeping
import Vocabulary

/// Reading columns of a file that may be damaged. GRDB's own subscripts end the program where a value has another type
/// than the table says, and a flipped bit is enough for that; these throw instead.
extension Row {
    func value<T: DatabaseValueConvertible>(_ column: String) throws -> T { try decode(T.self, forColumn: column) }

    func instant(_ column: String) throws -> Instant { Instant(stored: try value(column)) }

    /// A word that no version wrote counts as the least urgent, so that what the row says is told all the same.
    func severity() throws -> Severity { Severity(rawValue: try value("severity")) ?? .low }

    func instantIfAny(_ column: String) throws -> Instant? {
        let stored: Int64? = try value(column)
        return stored.map { Instant(stored: $0) }
    }
}

extension Instant {
    /// Within bounds, so that no later sum or difference leaves the range of the type.
    init(stored: Int64) {
        self.init(
            milliseconds: min(max(stored, Instant.distantPast.milliseconds), Instant.distantFuture.milliseconds))
    }
}

/// The number of an alert change: its record, and its place among that record's changes. What the stream's ids are.
package struct EventNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var record: Int64
    package var ordinal: Int32

    package init(_ record: Int64, _ ordinal: Int32) {
        self.record = record
        self.ordinal = ordinal
    }

    /// `record.ordinal`; nil where a text is something else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let record = Int64(parts[0]), let ordinal = Int32(parts[1]), record >= 0, ordinal >= 0
        else { return nil }
        self.init(record, ordinal)
    }

    package var description: String { "\(record).\(ordinal)" }

    package static func < (a: EventNumber, b: EventNumber) -> Bool { (a.record, a.ordinal) < (b.record, b.ordinal) }
}

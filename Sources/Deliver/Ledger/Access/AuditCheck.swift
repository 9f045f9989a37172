/// What looking through the audit found.
package struct AuditCheck: Equatable, Sendable {
    package var rows: Int
    /// The hash of the last row; of the cut where there is none. Written down elsewhere, it shows rows that were taken
    /// off the end.
    package var head: String
    /// The first row whose hash does not follow from what stands before it; nil where all do.
    package var firstBroken: Int64?

    package init(rows: Int, head: String, firstBroken: Int64?) {
        self.rows = rows
        self.head = head
        self.firstBroken = firstBroken
    }
}

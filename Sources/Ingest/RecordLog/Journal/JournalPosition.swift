/// A place in the journal between two records.
package struct JournalPosition: Hashable, Sendable {
    /// The segment's number, which is that of its first record.
    package var segment: Int64
    /// Bytes of the segment, unpacked, in front of the place; always behind a line feed.
    package var offset: Int64
    /// Number of the next record.
    package var number: Int64

    package init(segment: Int64, offset: Int64, number: Int64) {
        self.segment = segment
        self.offset = offset
        self.number = number
    }
}

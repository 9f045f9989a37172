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

/// One file of a log, and where in it reading begins.
struct LogSource: Sendable {
    let path: String
    /// Number of the first record, where the file is a journal's segment.
    let segment: Int64?
    /// Bytes, unpacked, that are not wanted, and the number of the first record behind them.
    let offset: Int64
    let number: Int64

    /// A file named by itself is taken for a segment by its name.
    init(path: String) {
        self.path = path
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        segment = JournalFolder.first(ofName: name)
        offset = 0
        number = segment ?? 1
    }

    init(path: String, position: JournalPosition) {
        self.path = path
        segment = position.segment
        offset = position.offset
        number = position.number
    }

    /// The same segment's other form: a closed segment may be packed between being listed and being opened.
    var otherPath: String? {
        guard segment != nil else { return nil }
        return path.hasSuffix(".gz") ? String(path.dropLast(3)) : path + ".gz"
    }
}

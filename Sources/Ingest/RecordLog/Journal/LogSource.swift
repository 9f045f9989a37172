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

/// A chunk and what was made of it, until its stamps are known to be believed.
struct Unsettled<Batch: Sendable>: Sendable {
    /// Nil where they are, as those of a journal.
    var chunk: Chunk?
    var batch: Batch

    init(_ chunk: Chunk, _ batch: Batch) {
        self.chunk = chunk.spread == nil ? nil : chunk
        self.batch = batch
    }
}

/// The batches of one log, with the stamps at which its records count (``StampCourse``).
///
/// A chunk whose stamps go on as they should is handed through: what it takes to see that was noted while it was read.
/// Only where one leaps are the stamps looked at one by one, and only a chunk of which one is not believed is made
/// again.
final class LeapFilter<Batch: StampedBatch> {
    private struct Item {
        var unsettled: Unsettled<Batch>
        /// Bytes of the log in front of the chunk.
        var start: Int64
        var stamps: [RawStamp]?
    }

    private let transform: @Sendable (Chunk) -> Batch
    private let source: () -> Unsettled<Batch>?
    private var course = StampCourse()
    /// Read ahead and not handed over yet.
    private var pending: [Item] = []
    private var bytes: Int64 = 0

    /// - Parameter transform: what `source` has done with the chunks that it gives; for those that are made again.
    init(transform: @escaping @Sendable (Chunk) -> Batch, source: @escaping () -> Unsettled<Batch>?) {
        self.transform = transform
        self.source = source
    }

    /// The next batch; nil at the log's end.
    func next() -> Batch? {
        guard let item = pending.isEmpty ? pull() : pending.removeFirst() else { return nil }
        guard let chunk = item.unsettled.chunk, let spread = chunk.spread?.value, spread.count > 0,
            !course.takes(spread)
        else { return item.unsettled.batch }
        let own = item.stamps ?? chunk.stamps(from: item.start)
        var place = 0
        let ahead = StampsAhead(own) { [self] in
            defer { place += 1 }
            return stamps(ofPending: place)
        }
        let settled = course.settle(own.count, of: ahead)
        return settled.isEmpty ? item.unsettled.batch : transform(chunk.counting(at: settled))
    }

    private func pull() -> Item? {
        guard let unsettled = source() else { return nil }
        let item = Item(unsettled: unsettled, start: bytes)
        bytes += Int64(unsettled.chunk?.length ?? 0)
        return item
    }

    private func stamps(ofPending place: Int) -> [RawStamp]? {
        if place == pending.count {
            guard let item = pull() else { return nil }
            pending.append(item)
        }
        if let known = pending[place].stamps { return known }
        let read = pending[place].unsettled.chunk?.stamps(from: pending[place].start) ?? []
        pending[place].stamps = read
        return read
    }
}

extension Chunk {
    /// All its records' own stamps.
    /// - Parameter start: bytes of the log in front of the chunk.
    func stamps(from start: Int64) -> [RawStamp] {
        read(with: JSONParser()) { reader in
            var stamps: [RawStamp] = []
            while true {
                switch reader.next() {
                case .record:
                    stamps.append(
                        RawStamp(
                            line: reader.line, stamp: reader.record.stampMicroseconds, end: start + Int64(reader.end)))
                case .refused: continue
                case .end: return stamps
                }
            }
        }
    }
}

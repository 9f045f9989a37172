/// What a merge needs to know of a batch of records.
package protocol StampedBatch: Sendable {
    var recordCount: Int { get }
    /// Arrival of a record, microseconds since the epoch.
    func stamp(at index: Int) -> Int64
}

/// Several logs as one, by the running maximum of the stamps at which each log's records count (``StampCourse``), ties
/// by the order of the arguments; the order inside a log is kept (a recorder whose clock was set back does not make
/// its records jump about).
///
/// A log is opened only when its first record's turn has come, so that 10,000 files of a day each need no 10,000
/// buffers.
package final class LogMerge<Batch: StampedBatch> {
    /// A stretch of records of one batch that come before every other log's.
    package struct Run {
        package var batch: Batch
        package var range: Range<Int>
    }

    /// What decides between logs: the running maximum of the stamps, then the argument's place.
    private struct Key: Comparable {
        var stamp: Int64
        var order: Int

        static var last: Key { Key(stamp: Int64.max, order: Int.max) }

        static func < (a: Key, b: Key) -> Bool { (a.stamp, a.order) < (b.stamp, b.order) }
    }

    private struct Waiting {
        var order: Int
        var first: Int64
        var log: LogArgument

        var key: Key { Key(stamp: first, order: order) }
    }

    private struct Active {
        var order: Int
        var stream: LeapFilter<Batch>
        var batch: Batch
        var at: Int
        var maximum: Int64

        var key: Key { Key(stamp: max(maximum, batch.stamp(at: at)), order: order) }
    }

    private var waiting: [Waiting]
    private var active: [Active] = []
    private let pool: ReaderPool
    private let chunkSize: Int
    private let transform: @Sendable (Chunk) -> Batch

    package init(logs: [LogArgument], pool: ReaderPool, transform: @escaping @Sendable (Chunk) -> Batch) {
        self.pool = pool
        self.transform = transform
        // Logs that overlap are open at once: all of them together get no more room than sixteen chunks.
        chunkSize = max(1 << 16, min(Chunk.size, 16 * Chunk.size / max(logs.count, 1)))
        waiting = logs.enumerated().map { order, log in
            Waiting(order: order, first: logs.count == 1 ? Int64.min : log.firstStamp(), log: log)
        }
        // Popped from the end: the smallest key last.
        waiting.sort { $0.key > $1.key }
    }

    /// The next stretch in order; an empty range where a chunk had nothing but refusals; nil at the end.
    package func next() -> Run? {
        if let empty = reload() { return empty }
        while true {
            let smallest = active.indices.min { active[$0].key < active[$1].key }
            guard let candidate = waiting.last, smallest.map({ candidate.key < active[$0].key }) ?? true else {
                return smallest.map { take(from: $0) }
            }
            waiting.removeLast()
            let stream = opened(candidate.log)
            if let batch = stream.next() {
                active.append(
                    Active(order: candidate.order, stream: stream, batch: batch, at: 0, maximum: Int64.min))
                if let empty = reload() { return empty }
            }
        }
    }

    private func opened(_ log: LogArgument) -> LeapFilter<Batch> {
        let stream = LogStream(log: log, pool: pool, chunkSize: chunkSize) { [transform] chunk in
            Unsettled(chunk, transform(chunk))
        }
        return LeapFilter(transform: transform) { stream.next() }
    }

    /// Gives every log that has used its batch up the next one, so that all keys are known. A batch without records is
    /// handed over at once, for its refusals.
    private func reload() -> Run? {
        for index in active.indices.reversed() where active[index].at >= active[index].batch.recordCount {
            if active[index].batch.recordCount == 0, active[index].at == 0 {
                active[index].at = 1
                return Run(batch: active[index].batch, range: 0..<0)
            }
            guard let batch = active[index].stream.next() else {
                active.remove(at: index)
                continue
            }
            active[index].batch = batch
            active[index].at = 0
            if batch.recordCount == 0 { return reload() }
        }
        return nil
    }

    private func take(from index: Int) -> Run {
        var log = active[index]
        let start = log.at
        let count = log.batch.recordCount
        var limit = waiting.last?.key ?? Key.last
        for other in active where other.order != log.order { limit = min(limit, other.key) }
        if limit == Key.last {
            log.at = count
            // Nobody is left to compare with, now or later, so the running maximum is not needed any more.
        } else {
            repeat {
                log.maximum = log.key.stamp
                log.at += 1
            } while log.at < count && log.key < limit
        }
        active[index] = log
        return Run(batch: log.batch, range: start..<log.at)
    }
}

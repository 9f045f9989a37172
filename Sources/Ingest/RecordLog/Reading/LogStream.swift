import Dispatch
import Synchronization

/// One log, read and transformed chunk by chunk ahead of its consumer, handed over in the log's order.
///
/// Data flow: a serial queue reads and cuts (the pool's threads unpack) → the pool's threads transform → `next` waits
/// for the oldest. At most
/// `ahead` chunks are under way, so memory is bounded whatever the log's length.
package final class LogStream<Output: Sendable> {
    private final class Slot: Sendable {
        let output = Mutex<Output?>(nil)
        let isFilled = DispatchSemaphore(value: 0)
    }

    private let source: Source
    private let readQueue = DispatchQueue(label: "shouwang.log")
    private let pool: ReaderPool
    private let ahead: Int
    private let transform: @Sendable (Chunk) -> Output
    private var slots: [Slot] = []
    private var dealt = 0
    private var hasEnded = false

    /// The cutter is reachable from nowhere but this mutex.
    private final class Source: Sendable {
        private let cutter: Mutex<ChunkCutter>

        init(_ sources: [LogSource], chunkSize: Int, pool: ReaderPool) {
            cutter = Mutex(ChunkCutter(sources: sources, chunkSize: chunkSize, pool: pool))
        }

        func next() -> Chunk? { cutter.withLock { $0.next() } }
    }

    /// - Parameters:
    ///   - log: what is to be read; a journal's checksums are checked by the pool's threads.
    ///   - chunkSize: bytes; ``Chunk/size`` unless many logs are open at once.
    package init(
        log: LogArgument, pool: ReaderPool, chunkSize: Int = Chunk.size,
        transform: @escaping @Sendable (Chunk) -> Output
    ) {
        source = Source(log.sources, chunkSize: chunkSize, pool: pool)
        self.pool = pool
        ahead = pool.queues.count * 2 + 1
        self.transform = transform
    }

    /// The next chunk's output; nil at the end. Blocks while it is being made.
    package func next() -> Output? {
        while !hasEnded, slots.count < ahead { deal() }
        while !slots.isEmpty {
            let slot = slots.removeFirst()
            slot.isFilled.wait()
            if let output = slot.output.withLock({ $0 }) { return output }
            // An empty slot is the log's end; those dealt behind it are empty as well.
            hasEnded = true
        }
        return nil
    }

    private func deal() {
        let slot = Slot()
        slots.append(slot)
        let worker = pool.queues[dealt % pool.queues.count]
        dealt += 1
        readQueue.async { [source, transform] in
            guard let chunk = source.next() else {
                slot.isFilled.signal()
                return
            }
            worker.async {
                let output = transform(chunk.verified())
                slot.output.withLock { $0 = output }
                slot.isFilled.signal()
            }
        }
    }
}

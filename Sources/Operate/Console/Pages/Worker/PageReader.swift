import Dispatch
import Ledger
import Synchronization

/// Reads and notes for pages, on a queue of its own: no thread of the async world waits for the disk, the sender's
/// queue is not held up, and a flood of pages is refused rather than piled up.
final class PageReader: Sendable {
    /// So many requests wait at most.
    static let waitingMax = 32

    private let ledger: Ledger
    private let queue = DispatchQueue(label: "shouwang.pages")
    private let waiting = Atomic(0)

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// - Returns: nil where too many wait, or the ledger cannot answer.
    func ask<T: Sendable>(_ body: @escaping @Sendable (Ledger) throws(LedgerError) -> T) async -> T? {
        guard waiting.add(1, ordering: .relaxed).newValue <= PageReader.waitingMax else {
            waiting.subtract(1, ordering: .relaxed)
            return nil
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        return await withCheckedContinuation { (continuation: CheckedContinuation<T?, Never>) in
            queue.async { [ledger] in
                do throws(LedgerError) {
                    continuation.resume(returning: try body(ledger))
                } catch {
                    // Who writes to the ledger tells of it; the page says that it is to be tried again.
                    continuation.resume(returning: nil)
                }
            }
        }
    }
}

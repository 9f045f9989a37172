import Dispatch
import Ledger
import MQTTIntake
import Synchronization
import Timekeeping

/// Reads the ledger for the health pages, on a queue of its own: no thread of the async world waits for the disk, and
/// no page waits longer than ``patience`` for a ledger that is held up. One reading at a time, however many ask; who
/// asks while one is under way gets its answer.
///
/// Owned by the watch's console; asked from any task.
final class LedgerReader: Sendable {
    /// What the ledger says of itself.
    struct Figures: Sendable {
        var counts: Ledger.Counts
        var unsent: [Ledger.Unsent]
    }

    struct Answer: Sendable {
        /// The newest that are known; nil where the ledger could not be read at all.
        var figures: Figures?
        /// The last reading came to an end, and without an error.
        var isReadable: Bool
        /// How long a reading has been under way without an answer; nil where none is late.
        var silence: Milliseconds?
    }

    private struct State {
        var figures: Figures?
        /// By ``SystemClock/boot``: when the reading began that is under way.
        var since: Int64?
        var waiting: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var next: UInt64 = 0
    }

    /// A page that asks every few seconds must not hang behind a disk that does.
    static let patience = Milliseconds.seconds(2)

    private let patience: Milliseconds
    private let read: @Sendable () throws(LedgerError) -> Figures
    private let queue = DispatchQueue(label: "shouwang.health")
    private let state = Mutex(State())

    /// - Parameter read: blocks; called on the reader's queue alone.
    init(patience: Milliseconds = LedgerReader.patience, read: @escaping @Sendable () throws(LedgerError) -> Figures) {
        self.patience = patience
        self.read = read
    }

    /// - Parameters:
    ///   - channels: whose given-up deliveries count.
    ///   - now: wall time; what was given up more than a day ago is history.
    convenience init(_ ledger: Ledger, channels: [String], now: @escaping @Sendable () -> Instant) {
        self.init { () throws(LedgerError) in
            let unsent = try ledger.unsentCritical(channels: channels, givenUpSince: now() - Milliseconds.days(1))
            return Figures(counts: try ledger.counts(), unsent: unsent)
        }
    }

    func answer() async -> Answer {
        let (finished, finish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let now = SystemClock.boot
        let (number, isFirst, isLate) = state.withLock { state in
            let since = state.since
            state.since = since ?? now
            state.next += 1
            state.waiting[state.next] = finish
            return (state.next, since == nil, since.map { now - $0 >= patience.count } ?? false)
        }
        if isFirst { queue.async { [self] in work() } }
        if !isLate { await wait(for: finished) }
        return state.withLock { state in
            state.waiting[number] = nil
            let silence = state.since.map { Milliseconds(SystemClock.boot - $0) }
            let isSilent = silence.map { $0 >= patience } ?? false
            return Answer(
                figures: state.figures, isReadable: state.figures != nil && !isSilent,
                silence: isSilent ? silence : nil)
        }
    }

    private func wait(for finished: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in finished { return } }
            group.addTask { [patience] in
                do { try await Task.sleep(for: .milliseconds(patience.count)) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func work() {
        var figures: Figures?
        // A ledger that cannot be read is a metric of its own, and told by who writes to it.
        do throws(LedgerError) { figures = try read() } catch { figures = nil }
        let waiting = state.withLock { state in
            state.figures = figures
            state.since = nil
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.self)
        }
        for waiter in waiting { waiter.yield() }
    }
}

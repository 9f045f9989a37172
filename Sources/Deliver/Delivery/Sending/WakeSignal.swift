/// Wakes one waiting task. A signal while nobody waits is kept, once, so that none is lost between looking for work and
/// waiting for it; several are one.
///
/// A task that is cancelled while it waits ends the signal for good: from then on a wait returns at once.
final class WakeSignal: Sendable {
    private let signals: AsyncStream<Void>
    private let sender: AsyncStream<Void>.Continuation

    init() { (signals, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func signal() { sender.yield() }

    /// Returns at a signal, after `most`, or when the task is cancelled. One task at a time may wait.
    ///
    /// The clock signals as well, since a task that is cancelled at the end of its time would end the stream. So a
    /// signal in that very moment may be heard twice, which costs one look for work.
    func wait(atMost most: Duration) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await Task.sleep(for: most)
                } catch {
                    return  // Only cancellation ends a sleep early, and then nobody waits any more.
                }
                self.signal()
            }
            var iterator = signals.makeAsyncIterator()
            await iterator.next()
            group.cancelAll()
        }
    }
}

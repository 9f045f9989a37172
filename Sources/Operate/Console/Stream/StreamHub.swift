import Ledger
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The streams that are open, and what they are told.
///
/// Twice a second, while somebody listens, it reads what the ledger has new, and wakes the streams; every fifteen
/// seconds it wakes them for a heartbeat. A stream whose reader is more than 64 KB behind is cut off: its connection is
/// closed, and what it missed it gets when it comes back.
///
/// Owned by the API; run by the server.
final class StreamHub: Sendable {
    static let most = 32
    static let pendingMax = 64 << 10
    static let resumeMax = 500
    static let interval: Duration = .milliseconds(500)
    /// In rounds of ``interval``.
    static let heartbeatEvery = 30
    /// A stream that has not had what it missed within so many rounds is none.
    private static let startWithin = 60

    /// Why a stream wakes.
    enum Wake: Sendable { case events, heartbeat }

    private struct Entry {
        var position: EventNumber
        var wake: AsyncStream<Wake>.Continuation
        var channel: any Channel
        /// It has had all that there was when it was opened: from then on it must keep up.
        var hasCaughtUp = false
        var rounds = 0
    }

    private struct State {
        var ring: StreamRing?
        var streams: [UInt64: Entry] = [:]
        var next: UInt64 = 0
    }

    /// A place among the streams.
    struct Place: Sendable {
        let number: UInt64
        let wakes: AsyncStream<Wake>
    }

    private let state = Mutex(State())

    /// How many are open.
    var count: Int { state.withLock { $0.streams.count } }

    /// Takes a place; nil where all are taken.
    func open(at position: EventNumber, on channel: any Channel) -> Place? {
        let (wakes, wake) = AsyncStream<Wake>.makeStream(bufferingPolicy: .bufferingNewest(4))
        let place: Place? = state.withLock { state in
            guard state.streams.count < StreamHub.most else { return nil }
            state.next += 1
            state.streams[state.next] = Entry(position: position, wake: wake, channel: channel)
            return Place(number: state.next, wakes: wakes)
        }
        // Whoever hangs up makes room at once, and not when the next heartbeat fails.
        if let place { channel.closeFuture.whenComplete { [self] _ in end(place.number) } }
        return place
    }

    private func end(_ number: UInt64) {
        let wake = state.withLock { $0.streams.removeValue(forKey: number)?.wake }
        wake?.finish()
    }

    func close(_ place: Place) { state.withLock { state in state.streams[place.number] = nil } }

    /// What a stream is to be told next; nil where the ledger has to be asked.
    func events(behind position: EventNumber) -> [StreamEvent]? {
        state.withLock { $0.ring?.behind(position) }
    }

    /// A stream's reader has had everything up to here.
    func reached(_ position: EventNumber, _ place: Place) {
        state.withLock { state in
            state.streams[place.number]?.position = position
            state.streams[place.number]?.hasCaughtUp = true
        }
    }

    /// One round: reads what is new, wakes, cuts.
    func round(_ read: (EventNumber?) async throws(Problem) -> ([LedgerChange], EventNumber)) async throws(Problem) {
        let (isWanted, end) = state.withLock { state in
            if state.streams.isEmpty { state.ring = nil }
            return (!state.streams.isEmpty, state.ring?.end)
        }
        guard isWanted else { return }
        let (changes, start) = try await read(end)
        let events = changes.map(StreamEvent.init)
        let cut = state.withLock { state in
            var ring = state.ring ?? StreamRing(behind: start)
            ring.take(events)
            state.ring = ring
            return wake(&state, ring)
        }
        for channel in cut { channel.close(promise: nil) }
    }

    /// Wakes who has something to do.
    /// - Returns: the connections of those who are too slow.
    private func wake(_ state: inout State, _ ring: StreamRing) -> [any Channel] {
        var cut: [any Channel] = []
        for (number, var entry) in state.streams {
            entry.rounds += 1
            let isBehind =
                entry.hasCaughtUp
                ? ring.pendingBytes(behind: entry.position) > StreamHub.pendingMax
                : entry.rounds > StreamHub.startWithin
            if isBehind {
                cut.append(entry.channel)
                entry.wake.finish()
                state.streams[number] = nil
                continue
            }
            if entry.position < ring.end { entry.wake.yield(.events) }
            if entry.rounds % StreamHub.heartbeatEvery == 0 { entry.wake.yield(.heartbeat) }
            state.streams[number] = entry
        }
        return cut
    }

    /// Ends every stream.
    func closeAll() {
        let wakes = state.withLock { state in
            defer { state.streams = [:] }
            return state.streams.values.map(\.wake)
        }
        for wake in wakes { wake.finish() }
    }
}

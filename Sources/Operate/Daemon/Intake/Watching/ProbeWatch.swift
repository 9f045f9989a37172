import Vocabulary

/// The probe: a message that the daemon publishes to itself through the broker.
///
/// The first of a connection comes back behind the broker's backlog, so its return says that the backlog is in. After
/// that one goes out every 30 s. Where neither a probe nor anything of a feed comes for 90 s, the box hears nothing
/// although the connection seems to stand: the watch is blind from the last that came, and the connection is made
/// again. Where the probe alone fails, as with an ACL that forgets its topic, the session is kept: what flows is heard.
/// The first of a connection is waited for only from when the backlog is in, or for 20 min: it lies behind the backlog.
/// One that cannot be sent, since the publishing client has no connection, proves nothing of what is heard, so the
/// silence of all feeds is blindness then as well; but it is no failing probe.
///
/// States: *away* (no connection), *settling* (the first probe is due or under way, for 60 s at most), *watching*. A
/// connection leads from any to settling, the first return or 60 s to watching, the connection's end to away. Times are
/// milliseconds of CLOCK_BOOTTIME.
struct ProbeWatch {
    static let every: Int64 = 30_000
    static let blindAfter: Int64 = 90_000
    /// What the pipeline waits for a backlog, too.
    static let settlingMax: Int64 = 60_000
    /// A broker that has not handed over its backlog by then is not waited for.
    static let backlogMax: Int64 = 1_200_000
    /// A connection over which the probe came back and no longer does is made again at most so often while data flows.
    static let anewEvery: Int64 = 3_600_000
    /// A probe that could not be sent (the publishing client has no connection yet) is tried again so often.
    static let retry: Int64 = 100
    /// Probes under way that are remembered: twenty minutes of them, since a long backlog lies before the first.
    static let underWayMax = 40

    enum Return: Equatable {
        /// The backlog is in.
        case settled
        case alive
        /// Of an earlier connection, or of nobody we know.
        case foreign
    }

    enum Verdict: Equatable {
        /// The first probe has not come back in time; whatever still comes is no longer waited for.
        case unsettled
        /// Nothing comes through: the connection is to be made again.
        case blind
        /// The probe does not come back, and feeds do. `again`: it did before on this connection, so that the
        /// connection may be at fault.
        case probeFails(anew: Bool)
    }

    private enum State: Equatable { case away, settling, watching }

    private var state = State.away
    /// The probes under way, the oldest first: one may be lost with the publishing client's connection, which says
    /// nothing of the intake's.
    private var underWay: [(text: String, sentAt: Int64)] = []
    /// When the next is to be sent.
    private var next: Int64 = .max
    /// When the first was due of those that could not be sent since one was.
    private var unsentSince: Int64?
    /// Since when nothing lay between the broker and us, on this connection; nil where it never was so.
    private var drainedAt: Int64?
    /// The last time that something was known to come through: a probe, or a live record of a feed.
    private(set) var heardAt: Int64 = 0
    private(set) var connectedAt: Int64 = 0
    /// A probe has come back on this connection.
    private var hasReturned = false
    /// The probe does not come back, and that was said.
    private(set) var isFailing = false
    private var isAskedAnew = false
    private var lastAnew: Int64 = .min / 2

    /// The broker has let the client in.
    mutating func connected(_ now: Int64) {
        state = .settling
        underWay = []
        next = now
        heardAt = now
        connectedAt = now
        hasReturned = false
        isAskedAnew = false
        unsentSince = nil
        drainedAt = nil
    }

    /// Everything that the broker had was read and acknowledged, and nothing more came since that time.
    mutating func drained(since: Int64) {
        guard state != .away, drainedAt == nil else { return }
        drainedAt = max(since, connectedAt)
    }

    /// The broker has granted every filter. A probe that was sent before its subscription stood does not come back.
    mutating func subscribed(_ now: Int64) {
        guard state != .away else { return }
        underWay = []
        unsentSince = nil
        next = now
    }

    mutating func disconnected() {
        state = .away
        underWay = []
        unsentSince = nil
        next = .max
    }

    /// A live record of a feed has come.
    mutating func heard(_ now: Int64) { heardAt = max(heardAt, now) }

    /// When something is to be done: a probe to be sent, or a verdict.
    var due: Int64 {
        guard state != .away else { return .max }
        let settling = state == .settling ? connectedAt + ProbeWatch.settlingMax : .max
        return min(next, settling, verdictDue)
    }

    private var verdictDue: Int64 {
        guard !isAskedAnew else { return .max }
        let blind = unprovenSince.map { max($0, heardAt) + ProbeWatch.blindAfter } ?? .max
        let late = isFailing ? .max : awaitedSince.map { $0 + ProbeWatch.blindAfter } ?? .max
        return min(blind, late)
    }

    /// Since when the return of a probe that was sent is waited for.
    private var awaitedSince: Int64? { underWay.first.map { max($0.sentAt, waitsFrom) } }

    /// The same, of one that was to be sent as well.
    private var unprovenSince: Int64? {
        guard let since = [underWay.first?.sentAt, unsentSince].compactMap(\.self).min() else { return nil }
        return max(since, waitsFrom)
    }

    /// No return is waited for before.
    private var waitsFrom: Int64 { hasReturned ? connectedAt : drainedAt ?? connectedAt + ProbeWatch.backlogMax }

    func isDue(_ now: Int64) -> Bool { next <= now }

    /// A probe was handed over for sending, or could not be.
    mutating func sent(_ probe: String, isOut: Bool, _ now: Int64) {
        guard isOut else {
            unsentSince = unsentSince ?? min(next, now)
            next = now + ProbeWatch.retry
            return
        }
        unsentSince = nil
        underWay.append((probe, now))
        // The first says how long none has come back.
        if underWay.count > ProbeWatch.underWayMax { underWay.remove(at: 1) }
        next = state == .away ? .max : now + ProbeWatch.every
    }

    mutating func returned(_ probe: String, _ now: Int64) -> Return {
        guard let place = underWay.firstIndex(where: { $0.text == probe }) else { return .foreign }
        underWay.removeFirst(place + 1)
        unsentSince = nil
        heardAt = now
        hasReturned = true
        isFailing = false
        guard state == .settling else { return .alive }
        state = .watching
        return .settled
    }

    /// What is to be said now; each once.
    mutating func verdict(_ now: Int64) -> Verdict? {
        guard state != .away, !isAskedAnew else { return nil }
        if isBlind(now) {
            isAskedAnew = true
            return .blind
        }
        if state == .settling, now - connectedAt >= ProbeWatch.settlingMax {
            state = .watching
            return .unsettled
        }
        guard !isFailing, isProbeLate(now) else { return nil }
        isFailing = true
        let anew = hasReturned && now - lastAnew >= ProbeWatch.anewEvery
        if anew {
            lastAnew = now
            isAskedAnew = true
        }
        return .probeFails(anew: anew)
    }

    /// Neither a probe, which has been under way or was to be sent for that long, nor anything of a feed.
    func isBlind(_ now: Int64) -> Bool {
        unprovenSince.map { now - max($0, heardAt) >= ProbeWatch.blindAfter } ?? false
    }

    private func isProbeLate(_ now: Int64) -> Bool {
        awaitedSince.map { now - $0 >= ProbeWatch.blindAfter } ?? false
    }
}

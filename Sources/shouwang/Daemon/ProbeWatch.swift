/// The probe: a message that the daemon publishes to itself through the broker.
///
/// The first of a connection comes back behind the broker's backlog, so its return says that the backlog is in. After
/// that one goes out every 30 s; where one does not come back for 90 s, the box hears nothing although the connection
/// seems to stand: the watch is blind from the last return on, and the connection is made anew.
///
/// States: *away* (no connection), *settling* (the first probe is due or under way), *watching*. A connection leads
/// from any to settling, the first return to watching, the connection's end to away. Times are milliseconds of
/// CLOCK_BOOTTIME.
struct ProbeWatch {
    static let every: Int64 = 30_000
    static let blindAfter: Int64 = 90_000
    /// A probe that could not be sent (the publishing client has no connection yet) is tried again so often.
    static let retry: Int64 = 100

    enum Return: Equatable {
        /// The backlog is in.
        case settled
        case alive
        /// Of an earlier connection, or of nobody we know.
        case foreign
    }

    private enum State: Equatable { case away, settling, watching }

    private var state = State.away
    /// The probes under way, the oldest first: one may be lost with the publishing client's connection, which says
    /// nothing of the intake's.
    private var underWay: [(text: String, sentAt: Int64)] = []
    /// When the next is to be sent.
    private var next: Int64 = .max
    /// The last time that something was known to come through.
    private(set) var heardAt: Int64 = 0

    /// The broker has granted what was asked for, or keeps it from before.
    mutating func connected(_ now: Int64) {
        state = .settling
        underWay = []
        next = now
        heardAt = now
    }

    mutating func disconnected() {
        state = .away
        underWay = []
        next = .max
    }

    /// When something is to be done: a probe to be sent, or the verdict on one.
    var due: Int64 { min(next, underWay.first.map { $0.sentAt + ProbeWatch.blindAfter } ?? .max) }

    func isDue(_ now: Int64) -> Bool { next <= now }

    /// A probe was handed over for sending, or could not be.
    mutating func sent(_ probe: String, isOut: Bool, _ now: Int64) {
        guard isOut else {
            next = now + ProbeWatch.retry
            return
        }
        underWay.append((probe, now))
        next = state == .away ? .max : now + ProbeWatch.every
    }

    mutating func returned(_ probe: String, _ now: Int64) -> Return {
        guard let place = underWay.firstIndex(where: { $0.text == probe }) else { return .foreign }
        underWay.removeFirst(place + 1)
        heardAt = now
        guard state == .settling else { return .alive }
        state = .watching
        return .settled
    }

    /// A probe has been under way for too long, and none that was sent after it has come back.
    func isBlind(_ now: Int64) -> Bool { underWay.first.map { now - $0.sentAt >= ProbeWatch.blindAfter } ?? false }
}

import CMosquitto
import Glibc
import Timekeeping

/// Keeps one connection to the broker alive: dials, waits for the greeting, watches for silence, and begins again after
/// a pause. Belongs to one thread. It writes only in ``write()`` and ``closeGracefully(within:)``, which the owner
/// calls.
final class BrokerConnection {
    /// - resting: a pause; to `dialling` when it is over and the owner can take messages.
    /// - dialling: to `greeting` when TCP stands, else to `resting`.
    /// - greeting: CONNECT is sent, CONNACK awaited; to `active`, or to `resting` on refusal, loss or timeout.
    /// - active: to `resting` on loss, silence, or ``fall(_:)``.
    private enum State {
        case resting(until: Int64)
        case dialling(Dial)
        case greeting(Client, until: Int64)
        case active(Client, since: Int64)
    }

    private let options: BrokerOptions
    private let terms: Dial.Terms
    private let wakeup: Wakeup
    private unowned let owner: any BrokerConnectionOwner
    private var random: RandomSource
    private var backoff: ReconnectBackoff
    private var state = State.resting(until: Int64.min)
    private var lastInbound: Int64 = 0
    private var lastKeepAlive: Int64 = 0
    private var contest = ContestWatch()

    init(
        _ options: BrokerOptions, _ terms: Dial.Terms, wakeup: Wakeup, owner: any BrokerConnectionOwner,
        random: any RandomNumberGenerator
    ) {
        self.options = options
        self.terms = terms
        self.wakeup = wakeup
        self.owner = owner
        self.random = RandomSource(source: random)
        backoff = options.backoff
    }

    private var client: Client? {
        switch state {
        case .resting, .dialling: nil
        case .greeting(let client, _), .active(let client, _): client
        }
    }

    var isActive: Bool { if case .active = state { true } else { false } }
    var activeClient: Client? { if case .active(let client, _) = state { client } else { nil } }
    /// For poll(2); -1 where there is none.
    var descriptor: Int32 { client?.descriptor ?? -1 }
    var wantsWrite: Bool { client?.wantsWrite ?? false }

    /// Milliseconds until ``advance(_:isReading:)`` has something to do by itself.
    func due(_ now: Int64, isReading: Bool) -> Int64 {
        switch state {
        // Whoever cannot take messages is asked again four times a second.
        case .resting(let until): isReading ? until.subtractingSaturating(now) : 250
        case .dialling: 60_000  // The dial signals.
        case .greeting(_, let until): until - now
        case .active: min(keepAliveEvery, lastInbound + options.watchdogAfter.count - now)
        }
    }

    /// How often the library is asked whether a ping is due: a sixth of the keepalive is early enough for the broker,
    /// which waits for one and a half.
    private var keepAliveEvery: Int64 { min(max(options.keepalive.count / 6, 500), 10_000) }

    /// What time alone brings about. - Parameter isReading: the owner takes messages; if not, nothing is dialled and
    /// silence is no fault.
    func advance(_ now: Int64, isReading: Bool) {
        switch state {
        case .resting(let until):
            if isReading, now >= until { state = .dialling(Dial(options, terms, wakeup: wakeup)) }
        case .dialling(let dial):
            switch dial.takeResult() {
            case nil: break
            case .failed(let problem): fall(problem)
            case .connected(let pointer):
                state = .greeting(
                    Client(adopting: pointer, events: owner), until: now + options.greetingTimeout.count)
                lastInbound = now
                lastKeepAlive = now
            }
        case .greeting(_, let until):
            if now >= until { fall(.noGreeting(seconds: options.greetingTimeout.count / 1000)) }
        case .active:
            if !isReading {
                lastInbound = now
            } else if now - lastInbound >= options.watchdogAfter.count {
                fall(.silent(seconds: options.watchdogAfter.count / 1000))
            }
        }
    }

    /// Reads, one packet as a rule. - Returns: false when the connection is over (the owner has then been told).
    func read(_ now: Int64) -> Bool {
        guard let client else { return false }
        guard isFine(client.read(), client) else { return false }
        lastInbound = now
        // A broker's DISCONNECT has the library close the socket, which nothing would wait for any more.
        guard client.descriptor >= 0 else {
            fall(problem(MOSQ_ERR_CONN_LOST.rawValue, client))
            return false
        }
        if case .greeting = state, let greeting = client.greeting {
            state = .active(client, since: now)
            owner.didConnect(client, sessionPresent: greeting.sessionPresent)
        }
        return true
    }

    /// Writes what is queued, PUBACKs included. - Parameter isBulk: there may be many.
    func write(isBulk: Bool = false) {
        guard let client, client.wantsWrite else { return }
        _ = isFine(isBulk ? client.writeTogether() : client.write(), client)
    }

    /// Queues pings. Only to be followed by ``write()``, so only when nothing unsynced is held back.
    func keepAlive(_ now: Int64) {
        guard let client = activeClient, now - lastKeepAlive >= keepAliveEvery else { return }
        lastKeepAlive = now
        if isFine(client.keepAlive(), client) { write() }
    }

    /// Ends the connection without writing a byte, and tells the owner.
    func fall(_ problem: ConnectionError) {
        let now = SystemClock.boot
        var lived: Int64?
        if case .active(_, let since) = state {
            lived = now - since
            if now - since >= options.backoff.longest.count { backoff.reset() }
        }
        // Ended by us: the broker is well, and nobody gains by waiting long.
        if problem == .notStored || problem == .restarted { backoff.reset() }
        leave()
        state = .resting(until: now + backoff.next(using: &random).count)
        let isContested = contest.fell(problem, after: lived, at: now)
        guard isContested, case .lost(let detail) = problem else { return owner.didDisconnect(problem) }
        owner.didDisconnect(.contested(clientID: terms.clientID, detail: detail))
    }

    /// Writes what is queued and then DISCONNECT, waits until the broker has taken both, for at most so many
    /// milliseconds, and ends.
    func closeGracefully(within milliseconds: Int64) {
        let end = SystemClock.boot + milliseconds
        if let client = activeClient {
            // Closing a socket with unread bytes makes TCP reset the connection, and the broker then throws away what
            // it has not read, the last PUBACKs as a rule (measured). The library closes at once; a second descriptor
            // keeps the connection open for the broker to end it.
            let second = fcntl(client.descriptor, F_DUPFD_CLOEXEC, 0)
            flush(client, until: end)
            client.queueDisconnect()
            flush(client, until: end)
            client.close()
            if second >= 0 { drain(second, until: end) }
        }
        leave()
        state = .resting(until: Int64.max)
        owner.didDisconnect(.stopped)
    }

    private func flush(_ client: Client, until end: Int64) {
        while client.wantsWrite, client.descriptor >= 0, client.write() == MOSQ_ERR_SUCCESS.rawValue {
            let left = end - SystemClock.boot
            guard client.wantsWrite, left > 0 else { return }
            _ = wakeup.wait(socket: client.descriptor, events: Int16(POLLOUT), timeout: left)
        }
    }

    /// Throws away what comes until the broker closes. None of it was acknowledged, so at QoS 1 it comes again.
    private func drain(_ descriptor: Int32, until end: Int64) {
        defer { close(descriptor) }
        shutdown(descriptor, Int32(SHUT_WR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            while true {
                let left = end - SystemClock.boot
                guard left > 0 else { return }
                let result = wakeup.wait(socket: descriptor, events: Int16(POLLIN), timeout: left)
                guard result.socket != 0 else { continue }
                // Sound: at most the buffer's own size is written. The socket does not block, so EAGAIN may come.
                let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 || count < 0 && errno == EAGAIN else { return }
            }
        }
    }

    private func leave() {
        if case .dialling(let dial) = state { dial.abandon() }
        client?.close()
    }

    private func isFine(_ code: Int32, _ client: Client) -> Bool {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return true }
        fall(problem(code, client))
        return false
    }

    private func problem(_ code: Int32, _ client: Client) -> ConnectionError {
        if let greeting = client.greeting, greeting.code != 0 { return .refused(code: greeting.code) }
        if let dismissal = client.dismissal { return .dismissed(code: dismissal) }
        let text = libraryText(code, systemError: client.systemError)
        guard let tls = options.tls, client.greeting == nil else { return .lost(detail: text) }
        return .tls(TLSError(client.errors, or: text, host: options.host, tls))
    }
}

/// Any source of randomness as one type, since an existential cannot stand for a generic argument.
private struct RandomSource: RandomNumberGenerator {
    var source: any RandomNumberGenerator
    mutating func next() -> UInt64 { source.next() }
}

extension Int64 {
    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (self < 0 ? Int64.min : Int64.max) : sum
    }

    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? Int64.min : Int64.max) : difference
    }
}

import CMosquitto
import Diagnostics
import Glibc
import Timekeeping

/// The body of ``IntakeSession``, on its thread. The law that everything here serves: ``BrokerConnection/write()``, and
/// what leads to it, is called only when ``batch`` is empty, that is, when all that was received is durable.
final class IntakeLoop: BrokerConnectionOwner {
    private let options: IntakeSession.Options
    private let wakeup: Wakeup
    private let handler: any IntakeHandler
    private let report: (_ isConnected: Bool, _ problem: LocalizedText?) -> Void
    private var batch: Batch
    private var now = SystemClock.boot
    /// The last call of ``IntakeHandler/deadlinePassed()``.
    private var served: Int64 = 0
    /// The handler knows of the connection and may have written something that is not committed yet.
    private var hasNews = false
    /// A commit succeeded and ``IntakeHandler/acknowledged()`` has not followed yet.
    private var isOwed = false
    /// Since when nothing has come although all was read and acknowledged.
    private var silentSince: Int64?
    /// The handler knows of such a silence, or there is no connection that it could be told of.
    private var isDrained = true
    /// A broker whose window is full goes on sending within that time of our acknowledgements.
    private static let drainedAfter: Int64 = 1000
    /// SUBSCRIBEs whose answer has not come, and their filters.
    private var subscribing: [Int32: String] = [:]
    /// Filters that were refused on this connection.
    private var refusedFilters: Set<String> = []
    /// When they are asked for again: an ACL may be corrected meanwhile.
    private var askAgainAt = Int64.max
    /// The session at the broker has all our filters. Only the answers make this true: a connection that broke between
    /// SUBSCRIBE and SUBACK leaves a session that is present and deaf.
    private var isSubscribed: Bool
    private let random: any RandomNumberGenerator
    /// Lazy, since it needs its owner.
    private lazy var connection = makeConnection()

    init(
        _ options: IntakeSession.Options, wakeup: Wakeup, handler: any IntakeHandler, random: any RandomNumberGenerator,
        report: @escaping (_ isConnected: Bool, _ problem: LocalizedText?) -> Void
    ) {
        self.options = options
        self.wakeup = wakeup
        self.handler = handler
        self.report = report
        batch = Batch(options.batch)
        isSubscribed = !options.subscribeAlways
        self.random = random
    }

    private func makeConnection() -> BrokerConnection {
        let terms = Dial.Terms(
            clientID: options.clientID, isClean: options.isTransient, sessionExpiry: options.sessionExpiry,
            receiveMaximum: max(options.receiveMaximum, 1), sendMaximum: 20, will: nil)
        return BrokerConnection(options.broker, terms, wakeup: wakeup, owner: self, random: random)
    }

    /// Waits for one event or time, and does what it asks for.
    func turn() {
        now = SystemClock.boot
        let isReading = handler.canStore()
        connection.advance(now, isReading: isReading)
        let patience = Int64(max(handler.millisecondsUntilDeadline(), 0))
        let deadline = max(now.addingSaturating(patience), served + options.batch.delay.count)
        var events = isReading ? Int16(POLLIN) : 0
        if batch.isEmpty, connection.wantsWrite { events |= Int16(POLLOUT) }
        let due = min(
            connection.due(now, isReading: isReading), batch.due(now: now), isReading ? Int64.max : 250,
            askAgainAt == .max ? .max : max(askAgainAt - now, 0))
        // A socket that is not polled for anything would still report that it hung up, again and again: left out.
        let socket = events == 0 ? -1 : connection.descriptor
        let before = now
        let result = wakeup.wait(socket: socket, events: events, timeout: hasNews ? 0 : min(deadline - now, due))
        now = SystemClock.boot
        var isDry = true
        let isReadable = result.socket & ~Int16(POLLOUT) != 0
        watchSilence(since: isReading && !isReadable && batch.isEmpty ? before : nil)
        if isReading, isReadable { isDry = read() }
        let isTime = result.isTimeout || result.woken || hasNews || now >= deadline
        if isTime {
            served = now
            // Before the commit: what it makes the handler write shares the batch's sync.
            handler.deadlinePassed()
        }
        if isTime || batch.isDue(now: now, isDry: isDry) { commit() }
        if batch.isEmpty {
            askAgain()
            connection.keepAlive(now)
            connection.write()
        }
    }

    /// A silence is told once a connection.
    /// - Parameter start: from then on nothing came, although it would have been read; nil where something did.
    private func watchSilence(since start: Int64?) {
        guard !isDrained else { return }
        silentSince = start.map { silentSince ?? $0 }
        guard let since = silentSince, now - since >= IntakeLoop.drainedAfter else { return }
        isDrained = true
        handler.drained(since: since)
    }

    func restart() { if connection.descriptor >= 0 { connection.fall(.restarted) } }

    /// Commits and acknowledges what is at hand, and leaves.
    func finish() {
        commit()
        // A stop of the service must not hang on a broker that takes nothing.
        connection.closeGracefully(within: 1500)
        // What the handler had to write about the end.
        commit()
    }

    /// - Returns: whether the socket was read to its end, as far as that can be told without asking.
    private func read() -> Bool {
        while true {
            let before = batch.count
            guard connection.read(now) else { return true }
            // One call reads one packet, so a call without a message is the end, or a packet of another kind. Taking
            // the second for the first costs an early commit, no more.
            if batch.count == before { return true }
            if batch.count & 31 == 0 { now = SystemClock.boot }
            if batch.isDue(now: now, isDry: false) { return false }
        }
    }

    private func commit() {
        let isBulk = batch.count > 1
        if store() {
            connection.write(isBulk: isBulk)
            settle()
        } else if connection.descriptor >= 0 {
            connection.fall(.notStored)
        }
    }

    private func store() -> Bool {
        hasNews = false
        guard handler.commit() else {
            // What could not be stored comes again from the broker.
            batch.clear()
            return false
        }
        isOwed = true
        let start = now
        now = SystemClock.boot
        batch.commit(from: start, now: now)
        return true
    }

    /// Tells the handler of the acknowledgements of a commit, once.
    private func settle() {
        guard isOwed else { return }
        isOwed = false
        handler.acknowledged()
    }

    // MARK: What the connection reports

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) {
        // Sound: the bytes are lent on, for the same call.
        let isUrgent = unsafe handler.received(topic: topic, payload: payload, qos: qos, retain: retain, mid: mid)
        batch.add(isUrgent: isUrgent, now: now)
    }

    func didConnect(_ client: Client, sessionPresent: Bool) {
        report(true, nil)
        hasNews = true
        silentSince = nil
        isDrained = false
        handler.connected(sessionPresent: sessionPresent)
        let isTrusted = isSubscribed && SystemClock.boot >= options.subscribesAnewUntil
        guard !sessionPresent || !isTrusted else { return }
        if sessionPresent {
            for filter in options.formerFilters { client.queueUnsubscribe(filter) }
        }
        isSubscribed = false
        forgetSubscriptions()
        subscribe(options.filters, client)
    }

    private func subscribe(_ filters: [String], _ client: Client) {
        for filter in filters {
            let isV5 = options.broker.version == .v5
            let (code, mid) = client.queueSubscribe(filter, qos: options.qos, retainNewOnly: isV5)
            if code == MOSQ_ERR_SUCCESS.rawValue { subscribing[mid] = filter } else { refused(filter) }
        }
    }

    private func forgetSubscriptions() {
        subscribing.removeAll()
        refusedFilters.removeAll()
        askAgainAt = .max
    }

    /// Asks again for what was refused. Only queues: it is written when nothing is held back.
    private func askAgain() {
        guard now >= askAgainAt, let client = connection.activeClient else { return }
        askAgainAt = .max
        subscribe(options.filters.filter(refusedFilters.contains), client)
    }

    func subscribed(mid: Int32, isGranted: Bool) {
        guard let filter = subscribing.removeValue(forKey: mid) else { return }
        if isGranted {
            refusedFilters.remove(filter)
            handler.subscriptionGranted(filter: filter)
        } else {
            refused(filter)
        }
        guard subscribing.isEmpty, refusedFilters.isEmpty else { return }
        report(true, nil)
        isSubscribed = true
        handler.subscribed()
    }

    private func refused(_ filter: String) {
        refusedFilters.insert(filter)
        askAgainAt = SystemClock.boot + options.askAgainAfter.count
        report(true, LocalizedText(zh: "代理服务器拒绝订阅 \(filter)", en: "the broker refuses the subscription to \(filter)"))
        handler.subscriptionRefused(filter: filter)
    }

    func didDisconnect(_ problem: ConnectionError) {
        forgetSubscriptions()
        isDrained = true
        // Of the commit whose acknowledgements could not be written.
        settle()
        // What was received before is kept although it can no longer be acknowledged: at QoS 0 nobody sends it again.
        // Where this fails too, the next commit tells.
        if !batch.isEmpty, store() { settle() }
        report(false, problem.phrase)
        hasNews = true
        if problem.isContest { handler.clientIDContested() }
        handler.disconnected(reason: problem.phrase.en)
    }

    /// An intake publishes nothing.
    func acknowledged(mid: Int32, reason: Int32) {}
}

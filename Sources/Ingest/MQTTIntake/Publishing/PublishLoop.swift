import CMosquitto
import Glibc
import Timekeeping

/// The body of ``PublishSession``, on its thread.
final class PublishLoop: BrokerConnectionOwner {
    private let options: PublishSession.Options
    private let wakeup: Wakeup
    private let outbox: PublishQueue
    private var batch: [PublishQueue.Message] = []
    /// Handed to the library and not acknowledged, by packet number.
    private var pending: [Int32: (@Sendable (PublishOutcome) -> Void)?] = [:]
    /// The packet number of `offline`, at the end.
    private var lastWord: Int32?
    private let random: any RandomNumberGenerator
    /// Lazy, since it needs its owner.
    private lazy var connection = makeConnection()

    init(
        _ options: PublishSession.Options, wakeup: Wakeup, outbox: PublishQueue, random: any RandomNumberGenerator
    ) {
        self.options = options
        self.wakeup = wakeup
        self.outbox = outbox
        self.random = random
    }

    private func makeConnection() -> BrokerConnection {
        let terms = Dial.Terms(
            clientID: options.clientID, isClean: true, sessionExpiry: 0, receiveMaximum: 20,
            sendMaximum: Int32(max(options.inFlightMax, 1)), will: (options.statusTopic, Array("offline".utf8)))
        return BrokerConnection(options.broker, terms, wakeup: wakeup, owner: self, random: random)
    }

    /// Sends what waits, then waits for one event or time.
    func turn() {
        connection.advance(SystemClock.boot, isReading: true)
        send()
        let now = SystemClock.boot
        exchange(timeout: connection.due(now, isReading: true))
        connection.keepAlive(SystemClock.boot)
    }

    /// Sends what waits and `offline`, and leaves when all is acknowledged, after 1.5 s at the latest.
    func finish() {
        let end = SystemClock.boot + 1500
        outbox.setConnected(false, problem: ConnectionError.stopped.phrase)
        send()
        lastWord = status("offline")
        while connection.isActive, lastWord != nil || !pending.isEmpty {
            let left = end - SystemClock.boot
            guard left > 0 else { break }
            exchange(timeout: left)
        }
        connection.closeGracefully(within: 250)
    }

    private func exchange(timeout: Int64) {
        connection.write()
        let events = Int16(POLLIN) | (connection.wantsWrite ? Int16(POLLOUT) : 0)
        let result = wakeup.wait(socket: connection.descriptor, events: events, timeout: timeout)
        // The library reads as many packets as there are acknowledgements missing.
        if result.socket & ~Int16(POLLOUT) != 0 { _ = connection.read(SystemClock.boot) }
        connection.write()
    }

    private func send() {
        outbox.take(into: &batch)
        for message in batch { send(message) }
        batch.removeAll(keepingCapacity: true)
    }

    private func send(_ message: PublishQueue.Message) {
        guard let client = connection.activeClient else {
            outbox.settle(message.settled, .notConnected)
            return
        }
        let (code, mid) = client.queuePublish(
            topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain)
        switch code {
        case MOSQ_ERR_SUCCESS.rawValue: pending[mid] = .some(message.settled)
        case MOSQ_ERR_NO_CONN.rawValue, MOSQ_ERR_CONN_LOST.rawValue:
            outbox.settle(message.settled, .notConnected)
        default: outbox.settle(message.settled, .refused(libraryText(code, systemError: 0)))
        }
    }

    private func status(_ word: String) -> Int32? {
        guard let client = connection.activeClient else { return nil }
        let (code, mid) = client.queuePublish(
            topic: options.statusTopic, payload: Array(word.utf8), qos: .atLeastOnce, retain: true)
        return code == MOSQ_ERR_SUCCESS.rawValue ? mid : nil
    }

    // MARK: What the connection reports

    func didConnect(_ client: Client, sessionPresent: Bool) {
        // First the status, then whatever others want: they may ask only from here on.
        _ = status("online")
        outbox.setConnected(true, problem: nil)
    }

    func didDisconnect(_ problem: ConnectionError) {
        outbox.setConnected(false, problem: problem.phrase)
        if problem.isContest { outbox.wasContested() }
        lastWord = nil
        for (_, settled) in pending { outbox.settle(settled, .notConnected) }
        pending.removeAll()
        // What was put before the line above closed the door.
        outbox.take(into: &batch)
        for message in batch { outbox.settle(message.settled, .notConnected) }
        batch.removeAll(keepingCapacity: true)
    }

    func acknowledged(mid: Int32, reason: Int32) {
        if mid == lastWord { lastWord = nil }
        guard let settled = pending.removeValue(forKey: mid) else { return }
        let outcome: PublishOutcome = reason < 128 ? .acknowledged : .refused("MQTT reason code \(reason)")
        outbox.settle(settled, outcome)
    }

    /// A publisher subscribes to nothing.
    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) {}
    func subscribed(mid: Int32, isGranted: Bool) {}
}

package import Diagnostics
import Synchronization

/// The client that publishes: alerts, lift commands, PushAck, probe, status. It has a connection and a thread of its
/// own, because anything sent on the intake's connection would take unsynced acknowledgements along.
///
/// Nothing waits for a connection: a command to a lift that is delivered a minute late does harm. What may be late is
/// repeated by the outbox.
package final class PublishSession: Sendable {
    package struct Options: Sendable {
        package var broker: BrokerOptions
        /// By convention the intake's with `-out`.
        package var clientID: String
        /// Where `online` and, as the last will, `offline` are published, retained: `shouwang/{site}/status`.
        package var statusTopic: String
        /// Messages that may wait to be sent or acknowledged. Default 10,000.
        package var queueMax = 10_000
        /// QoS 1 messages that may be on their way to the broker at once. Default 100.
        package var inFlightMax: UInt16 = 100

        package init(broker: BrokerOptions, clientID: String, statusTopic: String) {
            self.broker = broker
            self.clientID = clientID
            self.statusTopic = statusTopic
        }
    }

    /// Since the start.
    package struct Counters: Equatable, Sendable {
        package var acknowledged: UInt64 = 0
        package var refused: UInt64 = 0
        package var refusedFull: UInt64 = 0
        package var notConnected: UInt64 = 0
    }

    /// The reason of a refusal that another attempt may overcome.
    package static let queueFull = "queue full"

    package let options: Options
    private let wakeup = Wakeup()
    private let isStopping = Atomic(false)
    private let outbox: PublishQueue

    package init(_ options: Options) {
        self.options = options
        outbox = PublishQueue(max: options.queueMax)
    }

    /// Publishes until ``stop()``. Blocks its thread.
    package func run(random: any RandomNumberGenerator) {
        let loop = PublishLoop(options, wakeup: wakeup, outbox: outbox, random: random)
        while !isStopping.load(ordering: .acquiring) { loop.turn() }
        loop.finish()
    }

    /// The same on a thread that it makes.
    package func start(random: any RandomNumberGenerator & Sendable) -> SessionThread {
        SessionThread(name: "mqtt-out") { self.run(random: random) }
    }

    /// Ends ``run(random:)``: what waits is sent (for 1.5 s at most), then `offline`. Does not wait for it.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Publishes and waits for the broker's acknowledgement. Where the task is cancelled it waits no more and answers
    /// ``PublishOutcome/notConnected``: a broker that is silent must not hold up a stop.
    package func publish(topic: String, payload: [UInt8], qos: QoS, retain: Bool) async -> PublishOutcome {
        let waiter = PublishWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard waiter.wait(continuation) else { return }
                let message = PublishQueue.Message(
                    topic: topic, payload: payload, qos: qos, retain: retain, settled: { waiter.settle($0) })
                switch outbox.put(message) {
                case .queued(let isFirst): if isFirst { wakeup.signal() }
                case .not(let outcome): waiter.settle(outcome)
                }
            }
        } onCancel: {
            waiter.settle(.notConnected)
        }
    }

    /// The same without waiting: for the intake's thread.
    /// - Parameter settled: called once, on the publishing thread, with what became of it; never if it was not queued.
    /// - Returns: whether it was queued.
    @discardableResult
    package func post(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool,
        settled: (@Sendable (PublishOutcome) -> Void)? = nil
    ) -> Bool {
        let message = PublishQueue.Message(topic: topic, payload: payload, qos: qos, retain: retain, settled: settled)
        guard case .queued(let isFirst) = outbox.put(message) else { return false }
        if isFirst { wakeup.signal() }
        return true
    }

    package var isConnected: Bool { outbox.connectedSince != nil }
    /// Since when there is a connection, by ``SystemClock/boot``; nil where there is none.
    package var connectedSince: Int64? { outbox.connectedSince }
    /// Why there is no connection; nil where there is, and before the first attempt ended.
    package var problem: LocalizedText? { outbox.problem }
    package var counters: Counters { outbox.counters }
    /// Whether the connection was lost as one is lost to another client of the same id, since this was asked last.
    package func takeContest() -> Bool { outbox.takeContest() }
}

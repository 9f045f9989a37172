package import Diagnostics
import Synchronization
package import Timekeeping

/// The client that only receives. Its acknowledgements leave after the handler has stored what they acknowledge.
///
/// The order is: poll, read while there is something (up to a batch), ``IntakeHandler/commit()``, write. It never
/// publishes: whatever is sent on a connection takes the PUBACKs along that are held back. Use a ``PublishSession``.
///
/// A value that several threads may hold: ``run(handler:random:)`` belongs to one, the rest may be called from any.
package final class IntakeSession: Sendable {
    package struct Options: Sendable {
        package var broker: BrokerOptions
        /// The same at each start, and in use once (``ClientLock``): the broker keeps the session under it.
        package var clientID: String
        /// Checked by ``TopicFilter/init(_:)``. They must not differ while the client id stays, but with
        /// ``subscribeAlways``.
        package var filters: [String]
        /// Filters of an earlier configuration, to be given up where the broker still has the session.
        package var formerFilters: [String] = []
        /// Subscribe at the first connection even if the broker has kept the session: the filters have changed. Without
        /// it a kept session is not subscribed again, since in MQTT 3.1.1 that makes the broker send every retained
        /// message once more.
        package var subscribeAlways = false
        /// Before this time of ``SystemClock/boot`` every connection subscribes, also where the broker has kept the
        /// session: the filters have changed, and a broker that is killed before its next save comes back with the
        /// older session, present and deaf to what is new.
        package var subscribesAnewUntil: Int64 = 0
        package var qos = QoS.atLeastOnce
        /// MQTT 5: how long the broker keeps the session of an absent client, in seconds. 4,294,967,295 is for ever, as
        /// in 3.1.1.
        package var sessionExpiry = UInt32.max
        /// MQTT 5: messages that the broker may send before the first is acknowledged. The library's own default, 20,
        /// would make batches of 20.
        package var receiveMaximum: UInt16 = 1000
        package var batch = Batch.Limits()
        /// A filter that was refused is asked for again after so long.
        package var askAgainAfter = Milliseconds.minutes(1)
        /// Whether the broker forgets the client when it goes: for a listener, not for a daemon.
        package var isTransient = false

        package init(broker: BrokerOptions, clientID: String, filters: [String]) {
            self.broker = broker
            self.clientID = clientID
            self.filters = filters
        }
    }

    package let options: Options
    private let wakeup = Wakeup()
    private let isStopping = Atomic(false)
    private let isRestarting = Atomic(false)
    private let shared = Mutex<(problem: LocalizedText?, isConnected: Bool)>((nil, false))

    package init(_ options: Options) { self.options = options }

    /// Receives until ``stop()``. Blocks its thread.
    /// - Parameter random: for the pauses between attempts.
    package func run(handler: any IntakeHandler, random: any RandomNumberGenerator) {
        let loop = IntakeLoop(options, wakeup: wakeup, handler: handler, random: random) {
            [self] isConnected, problem in
            shared.withLock { $0 = (problem, isConnected) }
        }
        while !isStopping.load(ordering: .acquiring) {
            if isRestarting.exchange(false, ordering: .acquiringAndReleasing) { loop.restart() }
            loop.turn()
        }
        loop.finish()
    }

    /// Ends ``run(handler:random:)``: the batch at hand is committed and acknowledged, then the session says goodbye to
    /// the broker. Does not wait for it.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Has ``IntakeHandler/deadlinePassed()`` called soon.
    package func wake() { wakeup.signal() }

    /// Ends the connection, unacknowledged, and makes a new client: for who misses the messages that ought to come
    /// although the connection stands.
    package func restart() {
        isRestarting.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// The broker has let the client in, and the connection stands as far as is known.
    package var isConnected: Bool { shared.withLock(\.isConnected) }
    /// Why it does not, or why a filter was refused; nil where all is well, and before the first attempt ended.
    package var problem: LocalizedText? { shared.withLock(\.problem) }
}

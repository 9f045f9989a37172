import CMosquitto
import Glibc
import MQTTIntake
import Synchronization

/// Publishes the course at QoS 1 and keeps account of each message: when it was published, and whether the broker has
/// acknowledged it. It is libmosquitto's own plain client, so that nothing of what is tested keeps the account; what
/// the broker has not acknowledged when it goes, the library publishes again. It hears the lifts' commands as well.
final class Publisher: Sendable {
    struct Lift: Sendable {
        var topic: String
        var isHold: Bool
        /// Wall time of its arrival, ms.
        var at: Int64
    }

    /// By the number in a message's `id`.
    struct Account {
        /// Wall time of publication, ms: the message's `ts`.
        var published: [Int64] = []
        /// Wall time of the broker's acknowledgement; 0: none.
        var acknowledged: [Int64] = []
        var expected: Set<Expected> = []
        var lifts: [Lift] = []
        /// Frames of e-bikes, by lift.
        var frames: [String: [Int64]] = [:]
    }

    private struct State {
        var course: Course
        var account = Account()
        /// Without acknowledgement, by packet number.
        var pending: [Int32: Int] = [:]
        var urgent: [Course.Message] = []
        /// How many messages there may be, fillers included.
        var target = 0
        var isConnected = false
        var isStopping = false
    }

    private let state: Mutex<State>
    private let port: UInt16
    private let thread = Mutex<SessionThread?>(nil)
    /// Messages on the way to the broker at once.
    private static let inFlightMax = 500

    init(port: UInt16, elders: Int, seed: UInt64) {
        self.port = port
        state = Mutex(State(course: Course(elders: elders, seed: seed, now: SystemClock.wall)))
    }

    func start() { thread.withLock { $0 = SessionThread(name: "test.publisher") { self.run() } } }

    /// Ends when the broker has acknowledged everything.
    func stop() {
        state.withLock { $0.isStopping = true }
        thread.withLock { $0.take() }?.join()
    }

    /// A copy: for the end, when nothing is published any more.
    var account: Account { state.withLock { $0.account } }
    var expected: Set<Expected> { state.withLock { $0.account.expected } }
    var lifts: [Lift] { state.withLock { $0.account.lifts } }
    var isConnected: Bool { state.withLock { $0.isConnected } }
    var publishedCount: Int { state.withLock { $0.account.published.count } }
    /// No scene is going on; asked for with ``hold(_:)``.
    var isQuiet: Bool { state.withLock { $0.course.isQuiet && $0.pending.isEmpty } }

    func hold(_ isHolding: Bool) { state.withLock { $0.course.isHolding = isHolding } }

    /// Lets as many fillers out as fast as the broker takes them.
    func allow(_ count: Int) { state.withLock { $0.target = max($0.target, $0.account.published.count) + count } }

    func publishStaleBike() { state.withLock { $0.urgent += $0.course.staleBike() } }

    /// Age in ms of the first acknowledged message behind the last one that is in the journal; 0 where there is none.
    func lag(behind last: Int) -> Int64 {
        state.withLock { state in
            let next = last + 1
            guard next < state.account.published.count, state.account.acknowledged[next] > 0 else { return 0 }
            return SystemClock.wall - state.account.published[next]
        }
    }

    // MARK: The thread

    private func run() {
        mosquitto_lib_init()
        // Sound: the handle stays in this function, and the library calls back within its own calls alone, while
        // `self` is held by the thread.
        guard let client = unsafe mosquitto_new("test-town", false, Unmanaged.passUnretained(self).toOpaque()) else {
            return
        }
        defer { unsafe mosquitto_destroy(client) }
        unsafe mosquitto_max_inflight_messages_set(client, 1000)
        unsafe setCallbacks(client)
        _ = unsafe mosquitto_connect(client, "127.0.0.1", Int32(port), 60)
        while true {
            let code = unsafe mosquitto_loop(client, isBusy ? 0 : 10, 1)
            if code != MOSQ_ERR_SUCCESS.rawValue {
                state.withLock { $0.isConnected = false }
                if isDone { return }
                usleep(20_000)
                _ = unsafe mosquitto_reconnect(client)
            }
            if isDone { return }
            for (number, message, time) in take() {
                let text = "{\"ts\":\(time),\"id\":\"m\(number)\",\(message.body)}"
                var mid: Int32 = 0
                // Without a connection the message stays in the library and is published later, so codes say nothing.
                _ = unsafe mosquitto_publish(
                    client, &mid, message.topic, Int32(text.utf8.count), text, 1, false)
                state.withLock { $0.pending[mid] = number }
            }
        }
    }

    private var isDone: Bool { state.withLock { $0.isStopping && $0.pending.isEmpty } }
    /// There is something to publish at once: the socket is only looked at, not waited for.
    private var isBusy: Bool {
        state.withLock { state in
            state.isConnected && state.pending.count < Publisher.inFlightMax
                && state.account.published.count < state.target
        }
    }

    /// The next messages, with number and time. None without a connection: what nobody took did not happen.
    private func take() -> [(Int, Course.Message, Int64)] {
        state.withLock { state in
            guard state.isConnected, !state.isStopping else { return [] }
            let now = SystemClock.wall
            var messages = state.urgent + state.course.due(at: now)
            state.urgent = []
            var room = min(64, Publisher.inFlightMax - state.pending.count)
            while room > 0, state.account.published.count + messages.count < state.target {
                messages.append(state.course.filler())
                room -= 1
            }
            return messages.map { message in
                let number = state.account.published.count
                state.account.published.append(now)
                state.account.acknowledged.append(0)
                if let alert = message.alert {
                    state.account.expected.insert(Expected(kind: alert.kind, key: alert.key, started: now))
                }
                if message.body.contains("ebike") {
                    state.account.frames[String(message.topic.split(separator: "/")[3]), default: []].append(now)
                }
                return (number, message, now)
            }
        }
    }

    private func setCallbacks(_ client: OpaquePointer) {
        unsafe mosquitto_connect_callback_set(client) { client, object, code in
            guard code == 0, let object = unsafe object else { return }
            _ = unsafe mosquitto_subscribe(client, nil, "lift/#", 1)
            unsafe Publisher.of(object).state.withLock { $0.isConnected = true }
        }
        unsafe mosquitto_publish_callback_set(client) { _, object, mid in
            guard let object = unsafe object else { return }
            unsafe Publisher.of(object).state.withLock { state in
                guard let number = state.pending.removeValue(forKey: mid) else { return }
                state.account.acknowledged[number] = SystemClock.wall
            }
        }
        unsafe mosquitto_message_callback_set(client) { _, object, message in
            guard let object = unsafe object, let message = unsafe message else { return }
            let topic = unsafe String(cString: message.pointee.topic)
            let payload = unsafe UnsafeRawBufferPointer(
                start: message.pointee.payload, count: Int(message.pointee.payloadlen))
            let isHold = unsafe String(decoding: payload, as: UTF8.self).contains("true")
            let lift = Lift(topic: topic, isHold: isHold, at: SystemClock.wall)
            unsafe Publisher.of(object).state.withLock { $0.account.lifts.append(lift) }
        }
    }

    private static func of(_ object: UnsafeMutableRawPointer) -> Publisher {
        unsafe Unmanaged<Publisher>.fromOpaque(object).takeUnretainedValue()
    }
}

import CMosquitto
import Glibc

/// A connected libmosquitto client, driven from outside: nothing is read, written or pinged but by calls from here.
///
/// `mosquitto_threaded_set(true)` makes the library queue every packet, PUBACKs included, until ``write()``. Each
/// connection gets a client of its own, so that no queued PUBACK can outlive the connection it belongs to.
final class Client {
    private let pointer: ClientPointer
    private var isOpen = true
    /// The loop that owns this client, and so outlives it.
    private unowned let events: any ClientEvents

    /// The CONNACK; nil until it came.
    private(set) var greeting: (code: Int32, sessionPresent: Bool)?
    /// The reason in the broker's DISCONNECT (MQTT 5), if it sent one.
    private(set) var dismissal: Int32?
    /// What the library logged before the CONNACK: it alone tells why a TLS handshake failed.
    let errors = ErrorLog()
    /// errno of the last read or write that failed.
    private(set) var systemError: Int32 = 0

    init(adopting pointer: ClientPointer, events: any ClientEvents) {
        self.pointer = pointer
        self.events = events
        // Sound: the library hands this reference back to the callbacks, which run only within calls made by this
        // object (no thread of its own), so the object is alive whenever one of them uses it. It is not retained:
        // ``close()`` destroys the handle before the object goes.
        unsafe mosquitto_user_data_set(pointer.raw, Unmanaged.passUnretained(self).toOpaque())
        setCallbacks()
    }

    deinit { close() }

    /// Ends the connection without writing anything. Not from within a callback.
    func close() {
        guard isOpen else { return }
        isOpen = false
        pointer.destroy()
    }

    /// -1 where the library has closed it.
    var descriptor: Int32 { isOpen ? unsafe mosquitto_socket(pointer.raw) : -1 }
    var wantsWrite: Bool { isOpen ? unsafe mosquitto_want_write(pointer.raw) : false }

    // Each of these is sound for one reason: the handle is valid while `isOpen`, and used on the owner's thread alone.

    /// Reads what is there, one packet as a rule, and calls ``ClientEvents``. Never blocks, never writes a packet.
    /// - Returns: MOSQ_ERR_SUCCESS, or why the connection is over.
    func read() -> Int32 { isOpen ? kept(unsafe mosquitto_loop_read(pointer.raw, 1)) : MOSQ_ERR_NO_CONN.rawValue }
    /// Writes all that is queued, as far as the socket takes it.
    func write() -> Int32 { isOpen ? kept(unsafe mosquitto_loop_write(pointer.raw, 1)) : MOSQ_ERR_NO_CONN.rawValue }
    /// The same for many packets. The library writes each by itself, and without more each would go out as a segment of
    /// its own (TCP_NODELAY) and wake the broker: three times the cost. TCP_CORK holds them until the last.
    func writeTogether() -> Int32 {
        setCork(1)
        let code = write()
        setCork(0)
        return code
    }

    private func setCork(_ value: Int32) {
        // Where it fails, packets go out as they come, after 200 ms at the latest. -1, a closed socket, is refused.
        var value = value
        // Sound: the four bytes of a local are read during the call.
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Queues a ping when one is due; tells when the last one was not answered.
    func keepAlive() -> Int32 { isOpen ? unsafe mosquitto_loop_misc(pointer.raw) : MOSQ_ERR_NO_CONN.rawValue }
    /// Queues the DISCONNECT after which the broker does not publish the last will. Once it is written the library
    /// closes the socket.
    func queueDisconnect() { if isOpen { _ = unsafe mosquitto_disconnect(pointer.raw) } }

    /// Queues a SUBSCRIBE. - Parameter retainNewOnly: MQTT 5: retained messages only if the subscription is a new one.
    func queueSubscribe(_ filter: String, qos: QoS, retainNewOnly: Bool) -> (code: Int32, mid: Int32) {
        var mid: Int32 = 0
        guard isOpen else { return (MOSQ_ERR_NO_CONN.rawValue, 0) }
        let quality = Int32(qos.rawValue)
        let code =
            retainNewOnly
            ? unsafe mosquitto_subscribe_v5(
                pointer.raw, &mid, filter, quality, Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue), nil)
            : unsafe mosquitto_subscribe(pointer.raw, &mid, filter, quality)
        return (code, mid)
    }

    func queueUnsubscribe(_ filter: String) {
        if isOpen { _ = unsafe mosquitto_unsubscribe(pointer.raw, nil, filter) }
    }

    func queuePublish(topic: String, payload: [UInt8], qos: QoS, retain: Bool) -> (code: Int32, mid: Int32) {
        var mid: Int32 = 0
        guard isOpen else { return (MOSQ_ERR_NO_CONN.rawValue, 0) }
        guard let count = Int32(exactly: payload.count) else { return (MOSQ_ERR_PAYLOAD_SIZE.rawValue, 0) }
        // Sound: the library copies topic and payload before it returns.
        let code = unsafe payload.withUnsafeBytes { bytes in
            unsafe mosquitto_publish(
                pointer.raw, &mid, topic, count, bytes.baseAddress, Int32(qos.rawValue), retain)
        }
        return (code, mid)
    }

    private func kept(_ code: Int32) -> Int32 {
        if code != MOSQ_ERR_SUCCESS.rawValue { systemError = errno }
        return code
    }

    // MARK: What the library calls

    /// Sound, all of them: `object` is what ``init(adopting:events:)`` set; see there.
    private func setCallbacks() {
        unsafe mosquitto_connect_with_flags_callback_set(pointer.raw) { _, object, code, flags in
            // Bit 0 of the flags is "session present", in 3.1.1 as in 5.
            unsafe Client.from(object)?.greeted(code: code, sessionPresent: flags & 1 == 1)
        }
        unsafe mosquitto_disconnect_v5_callback_set(pointer.raw) { _, object, code, _ in
            if code >= 128 { unsafe Client.from(object)?.dismissal = code }
        }
        unsafe mosquitto_message_callback_set(pointer.raw) { _, object, message in
            guard let client = unsafe Client.from(object), let message = unsafe message?.pointee else { return }
            unsafe client.received(message)
        }
        unsafe mosquitto_publish_v5_callback_set(pointer.raw) { _, object, mid, reason, _ in
            unsafe Client.from(object)?.events.acknowledged(mid: mid, reason: reason)
        }
        unsafe mosquitto_subscribe_callback_set(pointer.raw) { _, object, mid, count, granted in
            // One filter a SUBSCRIBE, so one answer; from 128 it is a refusal.
            let isGranted = if count > 0, let granted = unsafe granted { unsafe granted.pointee < 128 } else { false }
            unsafe Client.from(object)?.events.subscribed(mid: mid, isGranted: isGranted)
        }
        unsafe mosquitto_log_callback_set(pointer.raw) { handle, object, level, text in
            unsafe Client.from(object)?.errors.add(level: level, text, of: handle)
        }
    }

    private static func from(_ object: UnsafeMutableRawPointer?) -> Client? {
        guard let object = unsafe object else { return nil }
        return unsafe Unmanaged<Client>.fromOpaque(object).takeUnretainedValue()
    }

    private func greeted(code: Int32, sessionPresent: Bool) {
        greeting = (code, sessionPresent)
        // With a log callback the library formats a line for each packet: several allocations a message.
        unsafe mosquitto_log_callback_set(pointer.raw, nil)
    }

    private func received(_ message: mosquitto_message) {
        guard let topic = unsafe message.topic else { return }
        let payload = unsafe UnsafeBufferPointer(
            start: message.payload?.assumingMemoryBound(to: UInt8.self), count: Int(max(message.payloadlen, 0)))
        // Sound: topic is a C string and payload has `payloadlen` bytes; both live until the callback returns. CChar
        // and UInt8 have one layout.
        let count = unsafe strlen(topic)
        unsafe topic.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
            unsafe events.received(
                topic: UnsafeBufferPointer(start: bytes, count: count), payload: payload,
                qos: UInt8(truncatingIfNeeded: message.qos), retain: message.retain,
                mid: UInt16(truncatingIfNeeded: message.mid))
        }
    }
}

/// The library's words for one of its codes, with the system's where it has none. An error of the system without a
/// number is the end of the connection: the library asks for one where there is none.
func libraryText(_ code: Int32, systemError: Int32) -> String {
    switch code {
    case MOSQ_ERR_CONN_LOST.rawValue: return "the other side closed it"
    case MOSQ_ERR_ERRNO.rawValue where systemError == 0: return "the other side closed it without a word"
    // Sound: both calls return C strings that stay valid until they are copied here.
    case MOSQ_ERR_ERRNO.rawValue: return unsafe String(cString: strerror(systemError))
    default: return unsafe String(cString: mosquitto_strerror(code))
    }
}

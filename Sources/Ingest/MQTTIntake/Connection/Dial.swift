import CMosquitto
import Glibc
import Synchronization
import Timekeeping

/// One attempt to reach the broker, on a thread of its own.
///
/// `mosquitto_connect` resolves the name and waits for TCP without a limit that one could set: minutes, where packets
/// are dropped. Meanwhile the loop must go on serving deadlines and be stoppable, so it does not wait for it.
final class Dial: Sendable {
    /// What a session adds to ``BrokerOptions``.
    struct Terms: Sendable {
        var clientID: String
        /// A persistent session if not. MQTT 3.1.1's CleanSession, MQTT 5's Clean Start.
        var isClean: Bool
        /// MQTT 5: seconds for which the broker keeps the session; without it the broker drops it at once.
        var sessionExpiry: UInt32
        /// MQTT 5: QoS 1 messages that the broker may send without a PUBACK.
        var receiveMaximum: UInt16
        /// QoS 1 messages of our own that may wait for their PUBACK.
        var sendMaximum: Int32
        /// The retained last will.
        var will: (topic: String, payload: [UInt8])?
    }

    private enum State: Sendable {
        case connecting
        case connected(ClientPointer)
        case failed(ConnectionError)
        /// The loop has taken the result, or does not want it any more.
        case over
    }

    private let state = Mutex(State.connecting)

    enum Result { case connected(ClientPointer), failed(ConnectionError) }

    /// Begins at once; `wakeup` is signalled when ``takeResult()`` has something to tell.
    init(_ options: BrokerOptions, _ terms: Terms, wakeup: Wakeup) {
        _ = SessionThread(name: "mqtt-dial") { [self] in
            let result = Dial.connect(options, terms)
            let unwanted = state.withLock { state -> ClientPointer? in
                switch (state, result) {
                case (.over, .connected(let pointer)): return pointer
                case (.over, .failed): return nil
                case (_, .connected(let pointer)): state = .connected(pointer)
                case (_, .failed(let problem)): state = .failed(problem)
                }
                return nil
            }
            unwanted?.destroy()
            wakeup.signal()
        }
    }

    /// - Returns: nil while the attempt runs. The result is given once, and its pointer then belongs to the caller.
    func takeResult() -> Result? {
        state.withLock { state in
            switch state {
            case .connecting, .over: return nil
            case .connected(let pointer):
                state = .over
                return .connected(pointer)
            case .failed(let problem):
                state = .over
                return .failed(problem)
            }
        }
    }

    /// The attempt ends by itself and leaves nothing behind.
    func abandon() {
        let unwanted = state.withLock { state -> ClientPointer? in
            defer { state = .over }
            if case .connected(let pointer) = state { return pointer }
            return nil
        }
        unwanted?.destroy()
    }

    /// `mosquitto_lib_init` is not safe to call from two threads: a static is made once, under the runtime's lock.
    private static let libraryCode: Int32 = mosquitto_lib_init()

    // Sound, all calls below: the handle is valid from `mosquitto_new` on and known to this thread alone until it is
    // returned; the library copies every string and buffer; the one callback that is set, the log's, is called from
    // within `mosquitto_connect` alone, and taken away before its object goes.

    private static func connect(_ options: BrokerOptions, _ terms: Terms) -> Result {
        guard libraryCode == MOSQ_ERR_SUCCESS.rawValue else {
            return .failed(.badSetting(detail: libraryText(libraryCode, systemError: errno)))
        }
        guard let raw = unsafe mosquitto_new(terms.clientID, terms.isClean, nil) else {
            return .failed(.badSetting(detail: "client id"))
        }
        let pointer = unsafe ClientPointer(raw: raw)
        let problem = configure(pointer, options, terms) ?? open(pointer, options, terms)
        guard let problem else { return .connected(pointer) }
        pointer.destroy()
        return .failed(problem)
    }

    private static func configure(
        _ pointer: ClientPointer, _ options: BrokerOptions, _ terms: Terms
    ) -> ConnectionError? {
        let raw = unsafe pointer.raw
        let version = options.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        var steps: [(String, Int32)] = [
            ("threads", unsafe mosquitto_threaded_set(raw, true)),
            ("version", unsafe mosquitto_int_option(raw, MOSQ_OPT_PROTOCOL_VERSION, version)),
            ("no delay", unsafe mosquitto_int_option(raw, MOSQ_OPT_TCP_NODELAY, 1)),
            (
                "receive maximum",
                unsafe mosquitto_int_option(raw, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(terms.receiveMaximum))
            ),
            ("send maximum", unsafe mosquitto_int_option(raw, MOSQ_OPT_SEND_MAXIMUM, terms.sendMaximum)),
        ]
        if let username = options.username {
            steps.append(("user name", unsafe mosquitto_username_pw_set(raw, username, options.password)))
        }
        if let will = terms.will {
            let code = unsafe will.payload.withUnsafeBytes { bytes in
                unsafe mosquitto_will_set(raw, will.topic, Int32(bytes.count), bytes.baseAddress, 1, true)
            }
            steps.append(("last will", code))
        }
        if let tls = options.tls {
            // A pass phrase is never asked for: OpenSSL would do so on the terminal, and wait.
            let code = unsafe mosquitto_tls_set(
                raw, tls.ca, tls.ca == nil ? "/etc/ssl/certs" : nil, tls.certificate, tls.key, { _, _, _, _ in 0 })
            steps.append(("TLS files \([tls.ca, tls.certificate, tls.key].compactMap(\.self))", code))
        }
        for (what, code) in steps where code != MOSQ_ERR_SUCCESS.rawValue {
            return .badSetting(detail: "\(what): \(libraryText(code, systemError: errno))")
        }
        return nil
    }

    private static func open(
        _ pointer: ClientPointer, _ options: BrokerOptions, _ terms: Terms
    ) -> ConnectionError? {
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if options.version == .v5, !terms.isClean {
            let identifier = Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue)
            _ = unsafe mosquitto_property_add_int32(&properties, identifier, terms.sessionExpiry)
        }
        let keepalive = Int32(clamping: max(options.keepalive.count / 1000, 5))
        let errors = ErrorLog()
        errors.listen(to: pointer)
        let code = unsafe mosquitto_connect_bind_v5(
            pointer.raw, options.host, Int32(options.port), keepalive, nil, properties)
        let systemError = errno
        unsafe mosquitto_log_callback_set(pointer.raw, nil)
        unsafe mosquitto_user_data_set(pointer.raw, nil)
        let words = errors.text.isEmpty ? libraryText(code, systemError: systemError) : errors.text
        let address = "\(options.host):\(options.port)"
        switch code {
        case MOSQ_ERR_SUCCESS.rawValue: return nil
        case MOSQ_ERR_EAI.rawValue, MOSQ_ERR_LOOKUP.rawValue: return .nameUnknown(host: options.host)
        // The library's own words where a certificate's file is unreadable; all else is the handshake, whose first half
        // happens here already if the broker is quick.
        case MOSQ_ERR_TLS.rawValue where !words.contains("Unable to load"):
            return .tls(TLSError(errors, or: words, host: options.host, options.tls ?? BrokerOptions.TLS()))
        case MOSQ_ERR_TLS.rawValue, MOSQ_ERR_INVAL.rawValue: return .badSetting(detail: words)
        default: return .unreachable(address: address, detail: libraryText(code, systemError: systemError))
        }
    }
}

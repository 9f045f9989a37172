import Glibc
import MQTTIntake

/// What systemd is told of the daemon (sd_notify(3), without its library): datagrams to the socket that NOTIFY_SOCKET
/// names. Where there is none, nothing is sent.
struct SystemdNotifier: Sendable {
    enum Word: Equatable {
        /// The first time, and after a reload.
        case ready(status: String)
        case reloading
        case stopping
        case status(String)
        /// The watch goes on; sent only while the intake's thread turns.
        case alive

        var text: String {
            switch self {
            case .ready(let status): "READY=1\nSTATUS=\(status)"
            // systemd asks for the monotonic time of a reload, to tell it from an earlier one.
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(SystemClock.monotonicMicroseconds)"
            case .stopping: "STOPPING=1\nSTATUS=stopping"
            case .status(let status): "STATUS=\(status)"
            case .alive: "WATCHDOG=1"
            }
        }
    }

    private let address: String?
    /// How often the watchdog wants to hear something, seconds; nil where there is none.
    let watchdogSeconds: Double?

    init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // WATCHDOG_PID: the time may be meant for another process that shares the environment.
        let isOurs = environment["WATCHDOG_PID"].flatMap { Int32($0) }.map { $0 == getpid() } ?? true
        let span = environment["WATCHDOG_USEC"].flatMap { Double($0) }
        watchdogSeconds = isOurs ? span.map { $0 / 1_000_000 } : nil
    }

    var isListening: Bool { address != nil }

    /// Sends without waiting: a manager that does not listen must not stop the watch.
    func send(_ word: Word) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        // A leading @ stands for the NUL of the abstract name space.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        guard path.count < MemoryLayout<sockaddr_un>.size - start else { return }
        // Sound: the path was checked to fit behind `start`, and the address lives through the call.
        unsafe withUnsafeMutableBytes(of: &name) { raw in
            for (index, byte) in path.enumerated() { unsafe raw[start + index] = byte }
        }
        let text = Array(word.text.utf8)
        _ = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(
                    descriptor, text, text.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), address,
                    socklen_t(start + path.count))
            }
        }
    }
}

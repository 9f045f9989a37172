import Foundation
import Glibc
import Synchronization

/// A mosquitto of one's own on loopback: for tests, and for `demo`. It listens on a free port of 127.0.0.1 alone, keeps
/// its files in a temporary folder, and leaves nothing behind when the value goes.
package final class PrivateBroker: Sendable {
    package struct Settings: Sendable {
        /// Whether sessions and queues outlive ``stop()``. With `autosave_on_changes true` and `autosave_interval 1`
        /// among ``extraLines`` they outlive ``kill()`` as well.
        package var persistence = false
        /// Lines for the end of `mosquitto.conf`; what may follow a `listener` line belongs to the only one.
        package var extraLines: [String] = []
        /// Where there are any, nobody else is let in. The names must not hold a colon.
        package var passwords: [String: String] = [:]

        package init() {}
    }

    package enum Problem: Error, Equatable, Sendable {
        case noBroker
        case folder(errno: Int32)
        case passwords(status: Int32)
        /// It could not be run, or ended before it took a connection; `log` is what it said.
        case notStarted(log: String)
    }

    package var port: UInt16 { chosen.withLock { $0 } }
    /// The temporary folder: `mosquitto.conf`, `mosquitto.log`, `mosquitto.db`.
    package let folder: String
    private let executable: String
    private let chosen: Mutex<UInt16>
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts it. Returns when it takes connections, after 10 s at the latest.
    package init(_ settings: Settings = Settings()) throws(Problem) {
        let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
        guard let executable = places.first(where: { unsafe access($0, X_OK) == 0 }) else { throw .noBroker }
        self.executable = executable
        folder = try PrivateBroker.temporaryFolder()
        chosen = Mutex(PrivateBroker.freePort())
        // Between asking for a free port and listening on it another process may take it.
        for attempt in 1...5 {
            do {
                try write(settings)
                try start()
                return
            } catch {
                guard attempt < 5, case .notStarted(let log) = error, log.contains("Address already in use") else {
                    removeFolder()
                    throw error
                }
                let next = PrivateBroker.freePort()
                chosen.withLock { $0 = next }
            }
        }
    }

    deinit {
        kill()
        removeFolder()
    }

    /// The process, while it runs.
    package var processID: Int32? { process.withLock { $0?.processID } }

    /// Runs it again after ``stop()`` or ``kill()``, on the same port and folder. Does nothing where it runs.
    package func start() throws(Problem) {
        guard processID == nil else { return }
        let before = starts
        let broker: ChildProcess
        do { broker = try ChildProcess(executable, ["-c", folder + "/mosquitto.conf"]) } catch {
            throw .notStarted(log: "")
        }
        process.withLock { $0 = broker }
        // 1,000 × 10 ms. A broker with a large store takes a moment to read it.
        for _ in 0..<1000 {
            guard broker.isRunning else {
                process.withLock { $0 = nil }
                throw .notStarted(log: log)
            }
            if starts > before, unsafe PrivateBroker.reaches(port, by: { unsafe connect($0, $1, $2) }) { return }
            usleep(10_000)
        }
        kill()
        throw .notStarted(log: log)
    }

    /// Ends it as a service manager does (SIGTERM): it writes its store first.
    package func stop() { end(SIGTERM) }

    /// Ends it as a power cut does (SIGKILL).
    package func kill() { end(SIGKILL) }

    package func restart() throws(Problem) {
        stop()
        try start()
    }

    /// What the broker has written to its log so far.
    package var log: String {
        guard let bytes = FileManager.default.contents(atPath: folder + "/mosquitto.log") else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A TCP port of 127.0.0.1 that nobody listens on just now, never the same twice in one process: a broker that is
    /// away for a moment must find its port free. It lies below the range from which Linux takes ports for outgoing
    /// connections (32,768…), for the same reason.
    package static func freePort() -> UInt16 {
        while true {
            let port = UInt16.random(in: 20_000..<32_000)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            // Sound, as below: the calls get what ``reaches(_:by:)`` lends them.
            if unsafe reaches(port, by: { unsafe bind($0, $1, $2) }) { return port }
        }
    }

    private static let given = Mutex<Set<UInt16>>([])

    // MARK: Files

    private func write(_ settings: Settings) throws(Problem) {
        var lines = [
            "listener \(port) 127.0.0.1",
            "allow_anonymous \(settings.passwords.isEmpty)",
            "persistence \(settings.persistence)",
            "persistence_location \(folder)/",
            "log_dest file \(folder)/mosquitto.log",
            "log_type error", "log_type warning", "log_type notice", "log_type information",
            "max_inflight_messages 1000",
            "max_queued_messages 0",
            "set_tcp_nodelay true",
        ]
        // Started by root, mosquitto becomes the user `mosquitto`, who may not write here.
        if geteuid() == 0 { lines.append("user root") }
        if !settings.passwords.isEmpty {
            let path = folder + "/passwords"
            let text = settings.passwords.map { "\($0.key):\($0.value)\n" }.sorted().joined()
            try put(text, path)
            // Turns the plain words into hashes, in place.
            let status: Int32
            do { status = try ChildProcess("/usr/bin/mosquitto_passwd", ["-U", path]).wait() } catch {
                throw .passwords(status: -1)
            }
            guard status == 0 else { throw .passwords(status: status) }
            lines.append("password_file \(path)")
        }
        try put((lines + settings.extraLines).joined(separator: "\n") + "\n", folder + "/mosquitto.conf")
    }

    private func put(_ text: String, _ path: String) throws(Problem) {
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw .folder(errno: errno) }
    }

    private static func temporaryFolder() throws(Problem) -> String {
        var template = Array((FileManager.default.temporaryDirectory.path + "/shouwang-broker-XXXXXX").utf8CString)
        // Sound: mkdtemp changes the six X in place and keeps the NUL.
        let isMade = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) != nil }
        guard isMade else { throw .folder(errno: errno) }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func removeFolder() {
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            // Nobody is left to be told; what remains is a temporary folder.
            return
        }
    }

    private func end(_ signal: Int32) {
        process.withLock({ $0.take() })?.end(signal)
    }

    /// Whether bind(2) or connect(2) takes an address of loopback.
    private static func reaches(
        _ port: UInt16, by call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Sound: a sockaddr_in is a sockaddr of the length told, and is read during the call alone.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe call(descriptor, general, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// How often the broker has written that it runs: it does so when it listens. Another process on our port would
    /// take a connection as well.
    private var starts: Int { log.split(separator: "\n").count { $0.hasSuffix(" running") } }
}

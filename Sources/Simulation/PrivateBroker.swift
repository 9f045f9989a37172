import Foundation
import Glibc
import Synchronization

/// A mosquitto of one's own on loopback: for tests, and for `demo`. It listens on a free port of 127.0.0.1 alone, keeps
/// its files in a temporary folder, and leaves nothing behind when the value goes.
package final class PrivateBroker: Sendable {
    package struct Settings: Sendable {
        /// Whether sessions and queues outlive ``stop()``. With `autosave_on_changes true` and `autosave_interval 1` among
        /// ``extraLines`` they outlive ``kill()`` as well.
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

    package let port: UInt16
    /// The temporary folder: `mosquitto.conf`, `mosquitto.log`, `mosquitto.db`.
    package let folder: String
    private let executable: String
    private let process = Mutex<pid_t?>(nil)

    /// Starts it. Returns when it takes connections, after 10 s at the latest.
    package init(_ settings: Settings = Settings()) throws(Problem) {
        let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
        guard let executable = places.first(where: { unsafe access($0, X_OK) == 0 }) else { throw .noBroker }
        self.executable = executable
        folder = try PrivateBroker.temporaryFolder()
        port = PrivateBroker.freePort()
        do {
            try write(settings)
            try start()
        } catch {
            removeFolder()
            throw error
        }
    }

    deinit {
        kill()
        removeFolder()
    }

    /// The process, while it runs.
    package var processID: Int32? { process.withLock(\.self) }

    /// Runs it again after ``stop()`` or ``kill()``, on the same port and folder. Does nothing where it runs.
    package func start() throws(Problem) {
        guard processID == nil else { return }
        let before = starts
        guard let pid = spawn(executable, ["-c", folder + "/mosquitto.conf"]) else { throw .notStarted(log: "") }
        process.withLock { $0 = pid }
        // 1,000 × 10 ms. A broker with a large store takes a moment to read it.
        for _ in 0..<1000 {
            var status: Int32 = 0
            // Sound: waitpid writes one status.
            if unsafe waitpid(pid, &status, WNOHANG) == pid {
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
            guard let pid = spawn("/usr/bin/mosquitto_passwd", ["-U", path]) else { throw .passwords(status: -1) }
            let status = wait(for: pid)
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

    // MARK: Process

    private func end(_ signal: Int32) {
        guard let pid = process.withLock({ $0.take() }) else { return }
        _ = Glibc.kill(pid, signal)
        // 1,000 × 5 ms for a broker that writes its store; one that has stopped moving is ended all the same.
        for _ in 0..<1000 {
            var status: Int32 = 0
            // Sound: waitpid writes one status.
            if unsafe waitpid(pid, &status, WNOHANG) != 0 { return }
            usleep(5000)
        }
        _ = Glibc.kill(pid, SIGKILL)
        _ = wait(for: pid)
    }

    private func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        // Sound: waitpid writes one status.
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// Without standard streams: what it has to say is in its log.
    private func spawn(_ path: String, _ arguments: [String]) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        // Threads of Dispatch block every signal, and a child would inherit that: it could not be ended by SIGTERM.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // Sound: the copies live until they are freed below, after the call; the list ends with nil.
        var list = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe list.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        return unsafe posix_spawn(&pid, path, &actions, &attributes, &list, environ) == 0 ? pid : nil
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

import Glibc
import Synchronization

/// Another program, run beside this one.
package final class ChildProcess: Sendable {
    package struct Failure: Error, Equatable, Sendable {
        package var path: String
        package var errno: Int32
    }

    package let processID: Int32
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - path: the program's file.
    ///   - output: a file to which standard output and standard error are appended; nil: nowhere.
    package init(_ path: String, _ arguments: [String], output: String? = nil) throws(Failure) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(
                &actions, stream, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
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
        let code = unsafe posix_spawn(&pid, path, &actions, &attributes, &list, environ)
        guard code == 0 else { throw Failure(path: path, errno: code) }
        processID = pid
    }

    deinit { end(SIGKILL) }

    package var isRunning: Bool { poll() == nil }

    package func signal(_ number: Int32) { if isRunning { _ = kill(processID, number) } }

    /// Sends a signal and waits; what has not ended after 10 s is killed.
    /// - Returns: the exit code, or 128 + the signal that ended it.
    @discardableResult
    package func end(_ number: Int32) -> Int32 {
        signal(number)
        for _ in 0..<2000 {
            if let code = poll() { return code }
            usleep(5000)
        }
        signal(SIGKILL)
        return wait()
    }

    /// Waits for its end.
    package func wait() -> Int32 {
        while true {
            if let code = poll() { return code }
            usleep(5000)
        }
    }

    private func poll() -> Int32? {
        status.withLock { known in
            if known == nil {
                var raw: Int32 = 0
                // Sound: waitpid writes one status.
                let ended = unsafe waitpid(processID, &raw, WNOHANG)
                if ended == processID { known = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F }
                if ended < 0 { known = -1 }
            }
            return known
        }
    }
}

import Foundation
import Glibc
import MQTTIntake
import Synchronization
import TestSupport

/// The receiver of the web hook: a small HTTP server, one thread a connection. It keeps each body that it has answered
/// with 200, and, as long as it is told to, answers 500 or hangs up without an answer at seeded moments.
final class HookReceiver: Sendable {
    struct Delivery: Hashable, Sendable {
        var key: String
        var body: String

        var isOfTheBox: Bool { body.contains("\"kind\":\"box_fault\"") }
    }

    private struct State {
        var random: SeededRandom
        var isMoody = false
        var isStopping = false
        /// In the order in which they were answered with 200.
        var taken: [Delivery] = []
        /// Everything that came, whatever the answer: a key must not change between attempts.
        var seen: Set<Delivery> = []
        var refused = 0
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State>

    init(port: UInt16, seed: UInt64) throws {
        self.port = port
        state = Mutex(State(random: SeededRandom(seed: seed)))
        listener = Loopback.socket()
        var yes: Int32 = 1
        // Sound: each call reads what it is lent, during the call.
        unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe Loopback.with(port, { unsafe bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw POSIXError(.EADDRINUSE)
        }
    }

    deinit { close(listener) }

    func start() {
        // The thread holds the receiver until `stop`.
        _ = SessionThread(name: "test.hook") { [self] in
            while !state.withLock({ $0.isStopping }) {
                var poller = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                guard unsafe poll(&poller, 1, 200) > 0 else { continue }
                let connection = accept(listener, nil, nil)
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                if connection >= 0 { _ = SessionThread(name: "test.hook.one") { self.serve(connection) } }
            }
        }
    }

    func stop() { state.withLock { $0.isStopping = true } }
    func setMoody(_ isMoody: Bool) { state.withLock { $0.isMoody = isMoody } }

    /// What the rules raised. The box's own troubles are told past the journal, so no replay has them.
    var taken: [Delivery] { state.withLock { $0.taken.filter { !$0.isOfTheBox } } }
    var seen: Set<Delivery> { state.withLock { $0.seen.filter { !$0.isOfTheBox } } }
    var boxFaults: [Delivery] { state.withLock { $0.taken.filter(\.isOfTheBox) } }
    var refused: Int { state.withLock { $0.refused } }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        Loopback.setTimeout(connection, seconds: 30)
        var rest: [UInt8] = []
        while let request = HTTPText.readMessage(connection, &rest) {
            let delivery = Delivery(
                key: request.header("idempotency-key") ?? "", body: String(decoding: request.body, as: UTF8.self))
            let mood = state.withLock { state in
                state.seen.insert(delivery)
                let mood = state.isMoody ? state.random.int(0...99) : 99
                if mood >= 10 { state.taken.append(delivery) } else { state.refused += 1 }
                return mood
            }
            // Of those that were not taken, some hear why, and some nothing. Of those that were, some hear nothing.
            if mood < 4 || 10..<13 ~= mood { return }
            let status = mood < 10 ? "500 Internal Server Error" : "200 OK"
            guard Loopback.send(connection, "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n") else { return }
        }
    }
}

/// As much of HTTP/1.1 as the tests need.
struct HTTPText {
    /// The first line, then the header's, in small letters.
    var head: [String]
    var body: [UInt8]

    func header(_ name: String) -> String? {
        head.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.count + 1).drop { $0 == " " })
        }
    }

    /// The next message of a connection; nil at its end. What was read behind it stays in `rest`.
    static func readMessage(_ connection: Int32, _ rest: inout [UInt8]) -> HTTPText? {
        while true {
            if let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                var message = HTTPText(head: head, body: [])
                let length = Int(message.header("content-length") ?? "0") ?? 0
                if rest.count >= end.upperBound + length {
                    message.body = Array(rest[end.upperBound..<end.upperBound + length])
                    rest.removeFirst(end.upperBound + length)
                    return message
                }
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 14)
            // Sound: the call writes at most the buffer's length.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            rest += buffer[..<count]
        }
    }

    /// GET from a server on loopback: status and body; nil where nobody answers.
    static func get(_ path: String, port: UInt16) -> (status: Int, body: String)? {
        let connection = Loopback.socket()
        defer { close(connection) }
        Loopback.setTimeout(connection, seconds: 2)
        guard unsafe Loopback.with(port, { unsafe connect(connection, $0, $1) }) == 0,
            Loopback.send(connection, "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        else { return nil }
        var rest: [UInt8] = []
        guard let answer = readMessage(connection, &rest), let line = answer.head.first else { return nil }
        return (
            Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0, String(decoding: answer.body, as: UTF8.self)
        )
    }
}

/// Sockets on 127.0.0.1.
enum Loopback {
    /// Not inherited by the programs that tests start.
    static func socket() -> Int32 {
        Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    static func with(_ port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Sound: a sockaddr_in is a sockaddr of the length told, and is read during the call alone.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe call(general, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func setTimeout(_ connection: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        // Sound: the call reads one timeval.
        unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    static func send(_ connection: Int32, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        // Sound: the call reads the array's bytes during the call.
        return unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
        }
    }
}

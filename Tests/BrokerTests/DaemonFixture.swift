import Console
import Foundation
import MQTTIntake
import Simulation
import Synchronization
import Testing

/// A daemon in a process of its own, with a real broker, a real web hook and a store in a temporary folder.
final class DaemonFixture: Sendable {
    let broker: PrivateBroker
    let folder: String
    let out: PublishSession
    private let publisher: SessionThread
    private let bodies = Mutex<[[UInt8]]>([])
    private let daemon = Mutex<ChildProcess?>(nil)

    init() throws {
        var settings = PrivateBroker.Settings()
        settings.persistence = true
        broker = try PrivateBroker(settings)
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        var options = PublishSession.Options(
            broker: BrokerOptions(host: "127.0.0.1", port: broker.port), clientID: "test-community",
            statusTopic: "test/status")
        options.queueMax = 20_000
        options.inFlightMax = 1000
        out = PublishSession(options)
        publisher = out.start(random: SystemRandomNumberGenerator())
    }

    deinit {
        stop()
        out.stop()
        publisher.join()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The executable that was built with the tests.
    static let program: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0])
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("shouwang").path
            var isDirectory: ObjCBool = false
            // Sound: the call writes one flag.
            let exists = unsafe FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory)
            if exists, !isDirectory.boolValue { return candidate }
            folder.deleteLastPathComponent()
        }
        return "/nonexistent/shouwang"
    }()

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    var config: String { folder + "/shouwang.yaml" }
    var journal: String { folder + "/state/journal" }

    func start() throws {
        let child = try ChildProcess(
            DaemonFixture.program, ["run", "--config", config, "--log", "info"], output: folder + "/daemon.log")
        daemon.withLock { $0 = child }
    }

    /// SIGTERM, and the exit code.
    @discardableResult
    func stop() -> Int32 { daemon.withLock { $0.take() }?.end(SIGTERM) ?? -1 }

    func signal(_ signal: Int32) { daemon.withLock { $0?.signal(signal) } }

    func kill() { _ = daemon.withLock { $0.take() }?.end(SIGKILL) }

    var log: String { (try? String(contentsOfFile: folder + "/daemon.log", encoding: .utf8)) ?? "" }

    func took(_ body: [UInt8]) { bodies.withLock { $0.append(body) } }
    var told: [[UInt8]] { bodies.withLock { $0 } }

    /// Polls until something holds; fails the test after `seconds`.
    func wait(_ what: String, seconds: Int = 60, until holds: () -> Bool) async throws {
        for _ in 0..<(seconds * 50) {
            if holds() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("waited \(seconds) s in vain for: \(what)\n\(log.suffix(3000))")
        throw CancellationError()
    }

    /// Runs a command of the program to its end.
    static func run(_ arguments: [String], input: String? = nil) throws -> (code: Int32, output: String, talk: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        return try process.outcome(of: input ?? "")
    }
}

/// Keeps what is published to the lift, or under another filter.
final class LiftListener: Sendable {
    private let session: IntakeSession
    private let thread: SessionThread
    private let heard: Heard

    final class Heard: Sendable { let messages = Mutex<[String]>([]) }

    init(port: UInt16, filter: String = "lift/#") {
        var options = IntakeSession.Options(
            broker: BrokerOptions(host: "127.0.0.1", port: port),
            clientID: "test-listener-\(UUID().uuidString.prefix(8))",
            filters: [filter])
        options.isTransient = true
        let session = IntakeSession(options)
        let heard = Heard()
        self.session = session
        self.heard = heard
        thread = SessionThread(name: "test.lift") {
            session.run(handler: Listener(heard), random: SystemRandomNumberGenerator())
        }
    }

    deinit {
        session.stop()
        thread.join()
    }

    var messages: [String] { heard.messages.withLock { $0 } }
    var isConnected: Bool { session.isConnected }

    private final class Listener: IntakeHandler {
        let heard: Heard

        init(_ heard: Heard) { self.heard = heard }

        func received(
            topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool,
            mid: UInt16
        ) -> Bool {
            let text = unsafe String(decoding: topic, as: UTF8.self) + " " + String(decoding: payload, as: UTF8.self)
            heard.messages.withLock { $0.append(text) }
            return true
        }

        func commit() -> Bool { true }
        func connected(sessionPresent: Bool) {}
        func disconnected(reason: String) {}
        func millisecondsUntilDeadline() -> Int { 1000 }
        func deadlinePassed() {}
        func canStore() -> Bool { true }
    }
}

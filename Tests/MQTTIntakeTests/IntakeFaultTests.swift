import Diagnostics
import Foundation
import Glibc
import MQTTIntake
import Simulation
import Synchronization
import Testing
import Timekeeping

/// What goes wrong, against a real mosquitto or none.
@Suite struct IntakeFaultTests {
    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `bad credentials are told in plain words and tried again`(version: BrokerOptions.Version) async throws {
        var settings = PrivateBroker.Settings()
        settings.passwords = ["box": "correct"]
        let broker = try PrivateBroker(settings)
        var options = loopback(broker, version: version)
        options.username = "box"
        options.password = "wrong"
        #expect(!"\(options)".contains("wrong") && !String(reflecting: options).contains("wrong"))
        let refused = Intake(options)
        #expect(await eventually { refused.recorder.reasons.count >= 3 })
        #expect(refused.recorder.reasons.allSatisfy { $0.contains("user name or password") })
        #expect(refused.session.problem?.zh.contains("用户名或密码错误") == true)
        #expect(refused.recorder.sessions == [])
        await refused.end()
        options.password = "correct"
        let accepted = Intake(options)
        #expect(await accepted.subscribed())
        #expect(accepted.session.problem == nil)
        await accepted.end()
    }

    @Test func `a broker that comes later is found`() async throws {
        let broker = try PrivateBroker()
        broker.kill()
        let intake = Intake(loopback(broker))
        #expect(await eventually { intake.recorder.reasons.count >= 2 })
        #expect(intake.recorder.reasons.first?.contains("cannot be reached (Connection refused)") == true)
        try broker.start()
        #expect(await intake.subscribed())
        await intake.end()
    }

    @Test func `a host name that nobody knows is told`() async {
        var options = BrokerOptions(host: "no-such-host.invalid", port: 1883)
        options.backoff = Backoff(shortest: Milliseconds(10), longest: Milliseconds(50))
        let intake = Intake(options)
        #expect(await eventually { !intake.recorder.reasons.isEmpty })
        #expect(intake.recorder.reasons.first == "the host name no-such-host.invalid is not known")
        await intake.end()
    }

    @Test func `a listener that never greets is given up`() async throws {
        let listener = try SilentListener()
        var options = BrokerOptions(host: "127.0.0.1", port: listener.port)
        options.greetingTimeout = Milliseconds(100)
        options.backoff = Backoff(shortest: Milliseconds(10), longest: Milliseconds(50))
        let intake = Intake(options)
        #expect(await eventually { intake.recorder.reasons.count >= 2 })
        #expect(intake.recorder.reasons.first == "the broker did not answer within 0 s")
        await intake.end()
    }

    @Test func `a broker that has stopped moving is left after the watchdog's time`() async throws {
        let broker = try PrivateBroker()
        var options = loopback(broker)
        options.watchdogAfter = Milliseconds(300)
        let intake = Intake(options)
        #expect(await intake.subscribed())
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        #expect(await eventually { intake.recorder.reasons.first == "nothing came for 0 s, connecting anew" })
        #expect(kill(pid, SIGCONT) == 0)
        #expect(await eventually { intake.recorder.sessions.contains(true) })
        await intake.end()
    }

    @Test func `nothing is read while the handler cannot store, and all comes afterwards`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        intake.recorder.state.withLock { $0.canStore = false }
        intake.session.wake()
        let seen = intake.recorder.state.withLock(\.deadlines)
        #expect(await eventually { intake.recorder.state.withLock(\.deadlines) > seen + 1 })
        for n in 0..<20 { #expect(await publisher.send("community/a", "\(n)") == .acknowledged) }
        #expect(intake.recorder.count == 0)
        intake.recorder.state.withLock { $0.canStore = true }
        #expect(await eventually { intake.recorder.payloads == (0..<20).map(String.init) })
        #expect(intake.recorder.sessions == [false])
        await publisher.end()
        await intake.end()
    }

    @Test func `TLS with a known authority works, with an unknown one is told`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["known", "unknown"] {
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            openssl.arguments = [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).crt",
            ]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            #expect(openssl.terminationStatus == 0)
        }
        var settings = PrivateBroker.Settings()
        settings.extraLines = ["certfile \(folder)/known.crt", "keyfile \(folder)/known.key"]
        let broker = try PrivateBroker(settings)
        var options = loopback(broker)
        options.tls = BrokerOptions.TLS(ca: "\(folder)/known.crt")
        let intake = Intake(options)
        let publisher = Publisher(options)
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        for n in 0..<2000 {
            publisher.session.post(topic: "community/a", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
        }
        #expect(await eventually { intake.recorder.payloads == (0..<2000).map(String.init) })
        await publisher.end()
        await intake.end()

        options.tls?.ca = "\(folder)/unknown.crt"
        let stranger = Intake(options, id: "stranger")
        #expect(await eventually { stranger.recorder.reasons.count >= 2 })
        #expect(stranger.recorder.reasons.first?.hasPrefix("the TLS handshake failed: ") == true)
        #expect(stranger.recorder.reasons.first?.contains("certificate verify failed") == true)
        await stranger.end()

        options.tls?.ca = "\(folder)/missing.crt"
        let lost = Intake(options, id: "lost")
        #expect(await eventually { !lost.recorder.reasons.isEmpty })
        #expect(lost.recorder.reasons.first?.contains("missing.crt") == true)
        await lost.end()
    }
}

/// Takes TCP connections into its backlog and never says a word.
private struct SilentListener: ~Copyable {
    let port = PrivateBroker.freePort()
    private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)

    init() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        try #require(listen(descriptor, 16) == 0)
    }

    deinit { close(descriptor) }
}

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
        options.backoff = ReconnectBackoff(shortest: Milliseconds(10), longest: Milliseconds(50))
        let intake = Intake(options)
        #expect(await eventually { !intake.recorder.reasons.isEmpty })
        #expect(intake.recorder.reasons.first == "the host name no-such-host.invalid is not known")
        await intake.end()
    }

    @Test func `a listener that never greets is given up`() async throws {
        let listener = try SilentListener()
        var options = BrokerOptions(host: "127.0.0.1", port: listener.port)
        options.greetingTimeout = Milliseconds(100)
        options.backoff = ReconnectBackoff(shortest: Milliseconds(10), longest: Milliseconds(50))
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

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `a restart leaves a broker that has stopped moving, and finds it when it moves again`(
        version: BrokerOptions.Version
    ) async throws {
        let broker = try PrivateBroker()
        var options = loopback(broker, version: version)
        options.greetingTimeout = Milliseconds(200)
        let intake = Intake(options)
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        #expect(await publisher.send("community/a", "before") == .acknowledged)
        #expect(await eventually { intake.recorder.count == 1 })
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        intake.session.restart()
        #expect(await eventually { intake.recorder.reasons.contains { $0.contains("did not answer") } })
        #expect(intake.recorder.reasons.first == "connecting anew, as asked")
        #expect(!intake.session.isConnected)
        #expect(kill(pid, SIGCONT) == 0)
        #expect(await eventually { intake.recorder.sessions.contains(true) })
        #expect(await publisher.send("community/a", "after") == .acknowledged)
        #expect(await eventually { intake.recorder.payloads == ["before", "after"] })
        await publisher.end()
        await intake.end()
    }

    @Test func `a stop ends although the broker stands still`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        // More than the socket takes, so that there is something left to write.
        let large = [UInt8](repeating: 0, count: 1_000_000)
        for _ in 0..<20 { publisher.session.post(topic: "x", payload: large, qos: .atLeastOnce, retain: false) }
        // Nothing wakes the broker: that these return is what is tested.
        await intake.end()
        await publisher.end()
        #expect(intake.recorder.reasons == ["stopped"])
    }

    @Test func `whatever breaks, nothing is lost and each commit is told once`() async throws {
        let seed: UInt64 = 23
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        var sent = 0
        for _ in 0..<40 {
            for _ in 0..<Int.random(in: 1...100, using: &random) {
                publisher.session.post(
                    topic: "community/a", payload: Array("\(sent)".utf8), qos: .atLeastOnce, retain: false)
                sent += 1
            }
            switch Int.random(in: 0...2, using: &random) {
            case 0: intake.session.restart()
            case 1: intake.session.wake()
            default:
                intake.recorder.state.withLock { $0.isCommitting = false }
                let target = sent
                #expect(await eventually { publisher.session.counters.acknowledged >= UInt64(target) })
                intake.recorder.state.withLock {
                    $0.isCommitting = true
                    $0.canStore = true
                }
                intake.session.wake()
            }
        }
        #expect(await eventually { Set(intake.recorder.payloads).count == sent }, "seed \(seed)")
        // What came twice came because its acknowledgement was lost; the order of first copies is the publisher's.
        var seen: Set<String> = []
        let isInOrder = intake.recorder.payloads.filter { seen.insert($0).inserted } == (0..<sent).map(String.init)
        #expect(isInOrder, "seed \(seed)")
        await publisher.end()
        await intake.end()
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

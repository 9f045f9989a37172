import Diagnostics
import Foundation
import Glibc
import Simulation
import Synchronization
import Testing
import Timekeeping

@testable import MQTTIntake

@Suite struct ContestWatchTests {
    private static let lost = ConnectionError.lost(detail: "x")

    @Test func `the third quick loss in five minutes is another client's, perhaps`() {
        var watch = ContestWatch()
        #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: 0) == false)
        #expect(watch.fell(ContestWatchTests.lost, after: 39_999, at: 100_000) == false)
        #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: 300_000) == true)
        #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: 310_000) == true)
    }

    @Test func `losses far apart, and connections that stood for a while, are the line's`() {
        var watch = ContestWatch()
        for turn in 0..<10 {
            #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: Int64(turn) * 200_000) == false)
        }
        for turn in 0..<10 {
            #expect(watch.fell(ContestWatchTests.lost, after: 40_000, at: 3_000_000 + Int64(turn) * 41_000) == false)
        }
    }

    @Test(arguments: [
        ConnectionError.unreachable(address: "a", detail: "b"), .nameUnknown(host: "a"), .noGreeting(seconds: 20),
        .refused(code: 3), .silent(seconds: 90),
    ])
    func `a broker that is away between two losses takes the suspicion back`(between: ConnectionError) {
        var watch = ContestWatch()
        for turn in 0..<10 {
            #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: Int64(turn) * 2000) == false)
            #expect(watch.fell(between, after: nil, at: Int64(turn) * 2000 + 1000) == false)
        }
    }

    @Test func `what this side ended says nothing`() {
        var watch = ContestWatch()
        for turn in 0..<3 {
            for problem in [ConnectionError.restarted, .notStored, .stopped] {
                #expect(watch.fell(problem, after: 10, at: Int64(turn)) == false)
            }
        }
        #expect(watch.fell(ContestWatchTests.lost, after: 10, at: 10) == false)
        #expect(watch.fell(.restarted, after: 10, at: 11) == false)
        #expect(watch.fell(ContestWatchTests.lost, after: 10, at: 12) == false)
        #expect(watch.fell(ContestWatchTests.lost, after: 10, at: 13) == true)
    }
}

/// Two clients of one id at a real broker.
@Suite struct ContestTests {
    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `it is told after some losses, with the id and the remedy`(version: BrokerOptions.Version) async throws {
        let broker = try PrivateBroker()
        let one = Intake(loopback(broker, version: version), id: "shouwang-hgs")
        let two = Intake(loopback(broker, version: version), id: "shouwang-hgs")
        let words = "another client may use this client id, shouwang-hgs"
        #expect(await eventually { one.recorder.reasons.contains { $0.contains(words) } })
        #expect(await eventually { two.recorder.contests > 0 })
        #expect(one.recorder.reasons.first { $0.contains(words) }?.contains("mqtt.client_id of its own") == true)
        await two.end()
        await one.end()
    }

    @Test func `in MQTT 5 a broker that says it itself is believed at once`() async throws {
        let broker = try TakingBroker()
        var options = BrokerOptions(host: "127.0.0.1", port: broker.port)
        options.version = .v5
        options.backoff = ReconnectBackoff(shortest: Milliseconds(10), longest: Milliseconds(50))
        let intake = Intake(options, id: "shouwang-hgs")
        #expect(await eventually { intake.recorder.contests > 0 })
        #expect(intake.recorder.reasons.first?.contains("another client logged in with the same client id") == true)
        await intake.end()
    }

    @Test func `the publisher's id is watched as well`() async throws {
        let broker = try PrivateBroker()
        let one = Publisher(loopback(broker), id: "shouwang-hgs-out")
        let two = Publisher(loopback(broker), id: "shouwang-hgs-out")
        #expect(await eventually { one.session.takeContest() })
        await two.end()
        await one.end()
    }

    @Test func `a broker that is started again and again is no other client`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        for turn in 1...4 {
            #expect(await intake.subscribed(times: turn))
            broker.kill()
            let known = intake.recorder.reasons.count
            #expect(await eventually { intake.recorder.reasons.count > known + 1 })
            try broker.start()
        }
        #expect(await intake.subscribed(times: 5))
        #expect(intake.recorder.contests == 0)
        await intake.end()
    }
}

@Suite struct RefusedFilterTests {
    /// mosquitto's own lists refuse no subscription; this plugin of its package does.
    private static let plugin = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: RefusedFilterTests.plugin)))
    func `a refused filter is told by its name, and asked for again`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/refuse-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rights = """
            {"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":false,"unsubscribe":true}}
            """
        try Data(rights.utf8).write(to: URL(fileURLWithPath: folder + "/rights.json"))
        var settings = PrivateBroker.Settings()
        settings.extraLines = ["plugin \(RefusedFilterTests.plugin)", "plugin_opt_config_file \(folder)/rights.json"]
        let broker = try PrivateBroker(settings)
        let intake = Intake(loopback(broker), filters: ["nears/#"]) { $0.askAgainAfter = Milliseconds(20) }
        #expect(await eventually { intake.recorder.state.withLock(\.refusedFilters).count >= 3 })
        #expect(Set(intake.recorder.state.withLock(\.refusedFilters)) == ["nears/#"])
        #expect(intake.session.problem?.en == "the broker refuses the subscription to nears/#")
        #expect(intake.recorder.sessions.count == 1)
        await intake.end()
    }
}

/// A broker of MQTT 5 that lets each client in and tells it that another has taken its session.
private struct TakingBroker {
    let port: UInt16

    struct Failure: Error { var errno: Int32 }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Sound: a sockaddr_in is a sockaddr of the length told, and is used during the calls alone.
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe bind(listener, general, length) == 0 && getsockname(listener, general, &length) == 0
            }
        }
        guard isReady, listen(listener, 8) == 0 else { throw Failure(errno: errno) }
        port = UInt16(bigEndian: address.sin_port)
        let welcome: [UInt8] = [0x20, 0x03, 0x00, 0x00, 0x00]
        // "Session taken over".
        let dismissal: [UInt8] = [0xE0, 0x02, 0x8E, 0x00]
        _ = SessionThread(name: "taking-broker") {
            for _ in 0..<2 {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { break }
                var buffer = [UInt8](repeating: 0, count: 1024)
                // CONNECT is answered by CONNACK, and what follows by DISCONNECT 0x8E.
                _ = unsafe read(peer, &buffer, buffer.count)
                _ = unsafe write(peer, welcome, welcome.count)
                _ = unsafe read(peer, &buffer, buffer.count)
                _ = unsafe write(peer, dismissal, dismissal.count)
                _ = unsafe read(peer, &buffer, buffer.count)
                close(peer)
            }
            close(listener)
        }
    }
}

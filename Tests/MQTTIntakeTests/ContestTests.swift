import Diagnostics
import Foundation
import Simulation
import Synchronization
import Testing
import Timekeeping

@testable import MQTTIntake

@Suite struct ContestWatchTests {
    private static let lost = ConnectionProblem.lost(detail: "x")

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
        ConnectionProblem.unreachable(address: "a", detail: "b"), .nameUnknown(host: "a"), .noGreeting(seconds: 20),
        .refused(code: 3), .silent(seconds: 90),
    ])
    func `a broker that is away between two losses takes the suspicion back`(between: ConnectionProblem) {
        var watch = ContestWatch()
        for turn in 0..<10 {
            #expect(watch.fell(ContestWatchTests.lost, after: 1000, at: Int64(turn) * 2000) == false)
            #expect(watch.fell(between, after: nil, at: Int64(turn) * 2000 + 1000) == false)
        }
    }

    @Test func `what this side ended says nothing`() {
        var watch = ContestWatch()
        for turn in 0..<3 {
            for problem in [ConnectionProblem.restarted, .notStored, .stopped] {
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
    @Test func `in MQTT 3.1.1 it is told after some losses, with the id and the remedy`() async throws {
        let broker = try PrivateBroker()
        let one = Intake(loopback(broker), id: "shouwang-hgs")
        let two = Intake(loopback(broker), id: "shouwang-hgs")
        let words = "another client may use this client id, shouwang-hgs"
        #expect(await eventually { one.recorder.reasons.contains { $0.contains(words) } })
        #expect(await eventually { two.recorder.contests > 0 })
        #expect(one.recorder.reasons.first { $0.contains(words) }?.contains("mqtt.client_id of its own") == true)
        await two.end()
        await one.end()
    }

    @Test func `in MQTT 5 the broker says it itself, and that is told`() async throws {
        let broker = try PrivateBroker()
        let one = Intake(loopback(broker, version: .v5), id: "shouwang-hgs")
        #expect(await one.subscribed())
        let two = Intake(loopback(broker, version: .v5), id: "shouwang-hgs")
        // A connection that is reset before the DISCONNECT could be read does not tell it; one of the next does.
        let words = "another client logged in with the same client id"
        let isTold = await eventually {
            (one.recorder.reasons + two.recorder.reasons).contains { $0.contains(words) }
        }
        #expect(isTold, "\(one.recorder.reasons.prefix(3))")
        #expect(await eventually { one.recorder.contests + two.recorder.contests > 0 })
        await two.end()
        await one.end()
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

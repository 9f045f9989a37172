import Glibc
import MQTTIntake
import Simulation
import Testing
import Timekeeping

/// Against a real mosquitto on loopback.
@Suite struct PublishSessionTests {
    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `a published message is acknowledged and arrives`(version: BrokerOptions.Version) async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker, version: version))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        #expect(await publisher.send("community/lift", "hold") == .acknowledged)
        #expect(await publisher.send("community/lift", "quick", qos: .atMostOnce) == .acknowledged)
        #expect(await eventually { intake.recorder.payloads == ["hold", "quick"] })
        #expect(publisher.session.counters.acknowledged == 2)
        await publisher.end()
        await intake.end()
    }

    @Test func `a topic with a wildcard is refused`() async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        guard case .refused = await publisher.send("community/+", "x") else {
            Issue.record("a wildcard was published")
            return
        }
        await publisher.end()
    }

    @Test func `without a connection nothing waits`() async throws {
        let broker = try PrivateBroker()
        broker.kill()
        let publisher = Publisher(loopback(broker))
        #expect(await eventually { publisher.session.problem != nil })
        #expect(await publisher.send("community/a", "x") == .notConnected)
        #expect(!publisher.session.post(topic: "community/a", payload: [], qos: .atLeastOnce, retain: false))
        #expect(publisher.session.counters.notConnected == 2)
        await publisher.end()
    }

    @Test func `what waits for its acknowledgement fails when the connection is lost`() async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        async let first = publisher.send("community/a", "1")
        async let second = publisher.send("community/a", "2")
        broker.kill()
        #expect(await [first, second] == [.notConnected, .notConnected])
        try broker.start()
        #expect(await publisher.connected())
        #expect(await publisher.send("community/a", "again") == .acknowledged)
        await publisher.end()
    }

    @Test func `who is cancelled waits no more for a broker that does not answer`() async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        let session = publisher.session
        let waiting = Task {
            await session.publish(topic: "community/a", payload: [1], qos: .atLeastOnce, retain: false)
        }
        try await Task.sleep(for: .milliseconds(200))
        let start = ContinuousClock.now
        waiting.cancel()
        #expect(await waiting.value == .notConnected)
        #expect(ContinuousClock.now - start < .seconds(20), "and not for ever")
        #expect(session.counters.acknowledged == 0 && session.counters.notConnected == 0)
        #expect(kill(pid, SIGCONT) == 0)
        // The message itself was not taken back.
        #expect(await eventually { session.counters.acknowledged == 1 })
        #expect(await publisher.send("community/a", "again") == .acknowledged)
        await publisher.end()
    }

    @Test func `a full queue refuses and counts`() async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker)) { $0.queueMax = 3 }
        #expect(await publisher.connected())
        let pid = try #require(broker.processID)
        #expect(kill(pid, SIGSTOP) == 0)
        let posted = (0..<5).map { _ in
            publisher.session.post(topic: "community/a", payload: [], qos: .atLeastOnce, retain: false)
        }
        #expect(posted == [true, true, true, false, false])
        #expect(await publisher.send("community/a", "x") == .refused(PublishSession.queueFull))
        #expect(publisher.session.counters.refusedFull == 3)
        #expect(kill(pid, SIGCONT) == 0)
        #expect(await eventually { publisher.session.counters.acknowledged == 3 })
        #expect(await publisher.send("community/a", "x") == .acknowledged)
        await publisher.end()
    }

    @Test func `the status is online on connecting and offline after a stop`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker), filters: ["shouwang/+/+"])
        #expect(await intake.subscribed())
        let publisher = Publisher(loopback(broker))
        #expect(await eventually { intake.recorder.payloads == ["online"] })
        await publisher.end()
        #expect(await eventually { intake.recorder.payloads == ["online", "offline"] })
        let late = Intake(loopback(broker), id: "late", filters: ["shouwang/+/+"])
        let expected = Received(topic: "shouwang/test/status-sender", payload: "offline", retain: true)
        #expect(await eventually { late.recorder.stored == [expected] })
        await late.end()
        await intake.end()
    }

    @Test func `the last will tells offline when the publisher is gone without a word`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker), filters: ["shouwang/+/+"])
        #expect(await intake.subscribed())
        let publisher = Publisher(loopback(broker), id: "twin")
        #expect(await eventually { intake.recorder.payloads == ["online"] })
        // A second client of the same id: the broker drops the first connection without a goodbye, and sends its will.
        let intruder = Intake(loopback(broker), id: "twin", filters: ["nothing"])
        #expect(await eventually { intake.recorder.payloads.prefix(2) == ["online", "offline"] })
        await intruder.end()
        #expect(await eventually { intake.recorder.payloads.last == "online" })
        await publisher.end()
        await intake.end()
    }
}

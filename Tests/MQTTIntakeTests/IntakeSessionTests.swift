import Diagnostics
import MQTTIntake
import Simulation
import Synchronization
import Testing
import Timekeeping

/// Against a real mosquitto on loopback.
@Suite struct IntakeSessionTests {
    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `ten thousand messages at full speed arrive once and in order`(version: BrokerOptions.Version) async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker, version: version))
        let publisher = Publisher(loopback(broker, version: version))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        for n in 0..<10_000 {
            publisher.session.post(
                topic: "community/t/access/gate", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
        }
        #expect(await eventually { intake.recorder.count >= 10_000 })
        let isInOrder = intake.recorder.payloads == (0..<10_000).map(String.init)
        #expect(isInOrder)
        let batches = intake.recorder.state.withLock(\.batches)
        #expect((batches.max() ?? 0) <= 1024)
        await publisher.end()
        await intake.end()
    }

    @Test func `that a second has brought nothing is told once a connection, and not while something flows`()
        async throws
    {
        let broker = try PrivateBroker()
        let recorder = Recorder()
        recorder.state.withLock { $0.patience = 50 }
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        let intake = Intake(loopback(broker), recorder: recorder)
        #expect(await intake.subscribed())
        // As a long backlog: it outlasts the silence that would end it, and pauses for less.
        let start = SystemClock.boot
        var (last, longest) = (start, Int64(0))
        while SystemClock.boot - start < 2500 {
            #expect(await publisher.send("community/a", "x") == .acknowledged)
            try await Task.sleep(for: .milliseconds(50))
            longest = max(longest, SystemClock.boot - last)
            last = SystemClock.boot
        }
        let early = recorder.state.withLock(\.drained)
        // A machine that is busy elsewhere may have made a silence of its own.
        #expect(longest > 500 || early.allSatisfy { $0.at <= start + 500 }, "none is told while something flowed")
        #expect(await eventually { recorder.state.withLock(\.drained).count == 1 })
        let told = recorder.state.withLock(\.drained)
        #expect(told.allSatisfy { $0.at - $0.since >= 1000 })
        try await Task.sleep(for: .milliseconds(1500))
        #expect(recorder.state.withLock(\.drained).count == 1)
        intake.session.restart()
        #expect(await eventually { recorder.state.withLock(\.drained).count == 2 })
        await publisher.end()
        await intake.end()
    }

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `what could not be committed is not acknowledged, and comes again`(version: BrokerOptions.Version) async throws
    {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker, version: version))
        let publisher = Publisher(loopback(broker, version: version))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        #expect(await publisher.send("community/a", "before") == .acknowledged)
        #expect(await eventually { intake.recorder.count == 1 })

        intake.recorder.state.withLock { $0.isCommitting = false }
        for n in 0..<50 { #expect(await publisher.send("community/a", "\(n)") == .acknowledged) }
        #expect(await eventually { intake.recorder.reasons.contains { $0.hasPrefix("messages cannot be stored") } })
        #expect(intake.recorder.count == 1)
        // Two more refused commits, without a connection: told once all the same.
        let seen = intake.recorder.state.withLock(\.deadlines)
        #expect(await eventually { intake.recorder.state.withLock(\.deadlines) > seen + 1 })
        #expect(intake.recorder.reasons.count == 1)
        #expect(intake.session.problem?.zh == "消息存不下，已断开，由代理服务器保留")

        intake.recorder.state.withLock {
            $0.isCommitting = true
            $0.canStore = true
        }
        intake.session.wake()
        #expect(await eventually { intake.recorder.count >= 51 })
        #expect(intake.recorder.payloads == ["before"] + (0..<50).map(String.init))
        #expect(intake.recorder.sessions == [false, true])
        // Nothing is left at the broker: a third connection brings nothing more.
        intake.session.restart()
        #expect(await eventually { intake.recorder.sessions.count == 3 })
        #expect(await publisher.send("community/a", "last") == .acknowledged)
        #expect(await eventually { intake.recorder.payloads.last == "last" })
        #expect(intake.recorder.count == 52)
        await publisher.end()
        await intake.end()
    }

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `messages published while the gateway was away arrive after it is back`(
        version: BrokerOptions.Version
    ) async throws {
        let broker = try PrivateBroker()
        let first = Intake(loopback(broker, version: version))
        let publisher = Publisher(loopback(broker, version: version))
        #expect(await first.subscribed())
        #expect(await publisher.connected())
        await first.end()
        #expect(first.recorder.reasons.last == "stopped")
        for n in 0..<1500 {
            publisher.session.post(topic: "community/a", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
        }
        #expect(await eventually { publisher.session.counters.acknowledged == 1500 })
        let second = Intake(loopback(broker, version: version))
        #expect(await eventually { second.recorder.count >= 1500 })
        let isInOrder = second.recorder.payloads == (0..<1500).map(String.init)
        #expect(isInOrder)
        #expect(second.recorder.sessions == [true])
        #expect(second.recorder.grants == 0)
        await publisher.end()
        await second.end()
    }

    @Test func `what was acknowledged at a stop does not come again`() async throws {
        let broker = try PrivateBroker()
        let first = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker))
        #expect(await first.subscribed())
        #expect(await publisher.connected())
        for n in 0..<3000 {
            publisher.session.post(topic: "community/a", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
        }
        #expect(await eventually { first.recorder.count > 100 })
        await first.end()
        let second = Intake(loopback(broker))
        #expect(await eventually { first.recorder.count + second.recorder.count >= 3000 })
        let arePayloadsInOrder = first.recorder.payloads + second.recorder.payloads == (0..<3000).map(String.init)
        #expect(arePayloadsInOrder, "\(first.recorder.count) and \(second.recorder.count)")
        await publisher.end()
        await second.end()
    }

    @Test func `a broker without memory is subscribed to again after its restart`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        #expect(await intake.subscribed())
        try broker.restart()
        #expect(await intake.subscribed(times: 2))
        #expect(intake.recorder.sessions == [false, false])
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        #expect(await publisher.send("community/a", "after") == .acknowledged)
        #expect(await eventually { intake.recorder.payloads == ["after"] })
        await publisher.end()
        await intake.end()
    }

    @Test func `a broker with persistence hands over its queue after its restart`() async throws {
        var settings = PrivateBroker.Settings()
        settings.persistence = true
        let broker = try PrivateBroker(settings)
        let first = Intake(loopback(broker))
        let publisher = Publisher(loopback(broker))
        #expect(await first.subscribed())
        #expect(await publisher.connected())
        await first.end()
        #expect(await publisher.send("community/a", "kept") == .acknowledged)
        try broker.restart()
        let second = Intake(loopback(broker))
        #expect(await eventually { second.recorder.payloads == ["kept"] })
        #expect(second.recorder.sessions == [true])
        await publisher.end()
        await second.end()
    }

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `retained messages are marked, live ones are not`(version: BrokerOptions.Version) async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker, version: version))
        #expect(await publisher.connected())
        #expect(await publisher.send("community/door", "closed", retain: true) == .acknowledged)
        let intake = Intake(loopback(broker, version: version))
        #expect(await eventually { intake.recorder.count == 1 })
        #expect(await publisher.send("community/door", "open", retain: true) == .acknowledged)
        #expect(await publisher.send("community/door", "", qos: .atMostOnce) == .acknowledged)
        #expect(await eventually { intake.recorder.count == 3 })
        let expected = [
            Received(topic: "community/door", payload: "closed", retain: true),
            Received(topic: "community/door", payload: "open"),
            Received(topic: "community/door", payload: "", qos: 0),
        ]
        #expect(intake.recorder.stored == expected)
        await publisher.end()
        await intake.end()
    }

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `coming back brings no retained message again`(version: BrokerOptions.Version) async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        #expect(await publisher.send("community/door", "closed", retain: true) == .acknowledged)
        let intake = Intake(loopback(broker, version: version))
        #expect(await eventually { intake.recorder.count == 1 })
        intake.session.restart()
        #expect(await eventually { intake.recorder.sessions == [false, true] })
        #expect(await publisher.send("community/door", "open", retain: true) == .acknowledged)
        let expected = [
            Received(topic: "community/door", payload: "closed", retain: true),
            Received(topic: "community/door", payload: "open"),
        ]
        #expect(await eventually { intake.recorder.count >= 2 })
        #expect(intake.recorder.stored == expected)
        await publisher.end()
        await intake.end()
    }

    @Test(arguments: [1, 20] as [UInt16])
    func `a small window at the broker holds nothing up`(window: UInt16) async throws {
        var settings = PrivateBroker.Settings()
        settings.extraLines = ["max_inflight_messages \(window)"]
        let broker = try PrivateBroker(settings)
        // MQTT 5's receive maximum is the window that mosquitto keeps to; 3.1.1's it exceeds.
        let intake = Intake(loopback(broker, version: .v5)) { $0.receiveMaximum = window }
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        for n in 0..<1000 {
            publisher.session.post(topic: "community/a", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
        }
        #expect(await eventually { intake.recorder.count >= 1000 })
        let isInOrder = intake.recorder.payloads == (0..<1000).map(String.init)
        #expect(isInOrder)
        await publisher.end()
        await intake.end()
    }

    @Test func `subscribing again in MQTT 5 does not repeat retained messages`() async throws {
        let broker = try PrivateBroker()
        let publisher = Publisher(loopback(broker))
        #expect(await publisher.connected())
        #expect(await publisher.send("community/door", "closed", retain: true) == .acknowledged)
        let first = Intake(loopback(broker, version: .v5), filters: ["community/#", "old/#"])
        #expect(await eventually { first.recorder.count == 1 })
        await first.end()
        #expect(await publisher.send("new/door", "open", retain: true) == .acknowledged)
        let second = Intake(loopback(broker, version: .v5), filters: ["community/#", "new/#"]) {
            $0.subscribeAlways = true
            $0.formerFilters = ["old/#"]
        }
        #expect(await second.subscribed())
        #expect(await publisher.send("old/door", "unheard") == .acknowledged)
        #expect(await publisher.send("community/door", "heard") == .acknowledged)
        #expect(await eventually { second.recorder.payloads == ["open", "heard"] })
        #expect(second.recorder.sessions == [true])
        await publisher.end()
        await second.end()
    }

    @Test func `soon after the filters have changed a kept session is subscribed again`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker)) { $0.subscribesAnewUntil = .max }
        #expect(await intake.subscribed())
        intake.session.restart()
        #expect(await intake.subscribed(times: 2))
        #expect(intake.recorder.sessions == [false, true])
        await intake.end()
    }

    @Test func `an urgent message does not wait for its batch`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker), recorder: Recorder(urgent: "sos")) {
            $0.batch.delay = .minutes(10)
        }
        let publisher = Publisher(loopback(broker))
        #expect(await intake.subscribed())
        #expect(await publisher.connected())
        // The first comes alone, and so does not wait; the second would wait ten minutes.
        #expect(await publisher.send("community/a", "first") == .acknowledged)
        #expect(await eventually { intake.recorder.payloads == ["first"] })
        #expect(await publisher.send("community/a", "motion") == .acknowledged)
        #expect(await publisher.send("community/a", "sos") == .acknowledged)
        #expect(await eventually { intake.recorder.payloads == ["first", "motion", "sos"] })
        await publisher.end()
        await intake.end()
    }

    @Test func `a deadline is served in quiet, and waking serves it at once`() async throws {
        let broker = try PrivateBroker()
        let intake = Intake(loopback(broker))
        #expect(await intake.subscribed())
        let before = intake.recorder.state.withLock(\.deadlines)
        intake.session.wake()
        #expect(await eventually { intake.recorder.state.withLock(\.deadlines) > before })
        intake.recorder.state.withLock { $0.patience = 10 }
        intake.session.wake()
        #expect(await eventually { intake.recorder.state.withLock(\.deadlines) > before + 10 })
        await intake.end()
    }
}

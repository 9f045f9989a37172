import MQTTIntake
import RecordLog
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Daemon
@testable import Rules

@Suite struct IntakeMachineTests {
    private static let hold = Actuation(
        topic: "lift/1/cmd", payload: "{\"hold\":true}", freshUntil: IntakeModel.noon + .seconds(2))
    private static let release = Actuation(topic: "lift/1/cmd", payload: "{\"hold\":false}", freshUntil: nil)

    // MARK: The law of a batch

    @Test func `a batch is written, synced, acknowledged and stepped over, in this order`() {
        let intake = IntakeModel()
        intake.receive("a")
        intake.receive("b")
        #expect(intake.names() == [], "nothing happens before the batch ends")
        intake.hasChanges = true
        #expect(intake.commit())
        #expect(intake.names() == ["write", "sync", "acknowledge", "step", "handOver"])
        #expect(intake.acknowledged == ["a", "b"] && intake.lines == ["a", "b"])
        #expect(intake.commit())
        #expect(intake.names() == ["acknowledge"], "an empty batch costs no sync")
    }

    @Test(arguments: [IntakeModel.Step.prepare, .write, .sync])
    func `a batch that cannot be stored is not acknowledged, and does not stand in the journal`(
        _ step: IntakeModel.Step
    ) {
        let intake = IntakeModel()
        intake.receive("a")
        #expect(intake.commit())
        intake.failing = [step]
        intake.receive("b")
        intake.receive("c")
        #expect(!intake.commit())
        #expect(intake.acknowledged == ["a"] && intake.lines == ["a"])
        #expect(!intake.machine.reads(isQueueFull: false))
        #expect(intake.receive("d") == true, "what still comes ends its batch at once")
        #expect(!intake.commit())
        // A second later it is opened again, in a new segment behind what was used.
        intake.failing = []
        _ = intake.names()
        intake.tell { $0.readingAsked(boot: intake.boot + 999) }
        #expect(intake.names() == [])
        intake.passTime(1000)
        #expect(intake.trace.first == .open(atLeast: 2))
        #expect(intake.names().prefix(6) == ["open", "append", "write", "sync", "resume", "step"])
        #expect(intake.lines == ["a", "$tick"] && intake.machine.reads(isQueueFull: false))
        for text in ["b", "c", "d"] { intake.receive(text) }
        #expect(intake.commit() && intake.acknowledged == ["a", "b", "c", "d"])
    }

    @Test func `what the daemon itself had to say of a failed batch comes first when the journal stores again`() {
        let intake = IntakeModel()
        intake.tell { $0.connected(isResumed: true, boot: intake.boot) }
        intake.failing = [.sync]
        #expect(!intake.commit())
        intake.failing = [.open]
        // More than can wait.
        for _ in 0..<20 { intake.tell { $0.disconnected(reason: "x", boot: intake.boot) } }
        for _ in 0..<20 { intake.tell { $0.connected(isResumed: true, boot: intake.boot) } }
        intake.passTime(1000)
        #expect(intake.lines == [] && !intake.machine.reads(isQueueFull: false))
        intake.failing = []
        intake.passTime(1000)
        #expect(intake.lines == Array(repeating: "$session", count: 8))
    }

    @Test func `a journal that fails again while it resumes keeps what waits`() {
        let intake = IntakeModel()
        intake.tell { $0.connected(isResumed: true, boot: intake.boot) }
        intake.failing = [.write]
        #expect(!intake.commit())
        intake.passTime(1000)
        #expect(intake.lines == [])
        #expect(!intake.trace.contains(.resume))
        intake.failing = []
        intake.passTime(1000)
        #expect(intake.lines == ["$session"] && intake.trace.contains(.resume))
    }

    @Test func `a full queue of the ledger holds the reading and nothing else`() {
        let intake = IntakeModel()
        #expect(intake.machine.reads(isQueueFull: false) && !intake.machine.reads(isQueueFull: true))
        intake.receive("a")
        #expect(intake.commit(), "what was read already is stored and acknowledged")
    }

    @Test func `whatever fails, acknowledged is durable, and what is stepped over is what the journal holds`() {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let intake = IntakeModel()
            for number in 0..<80 {
                switch random.int(0...9) {
                case 9: intake.tell { $0.entriesAsked([UInt64(number)], boot: intake.boot) }
                case 0...3: intake.receive("\(number)")
                case 4: intake.commit()
                case 5: intake.passTime(Int64(random.int(0...1499)), until: random.chance(50) ? intake.clock : nil)
                case 6: intake.wallOffset += Int64(random.int(-1...1)) * 5000
                case 7: intake.tell { $0.connected(isResumed: true, boot: intake.boot) }
                default:
                    intake.failing = random.chance(66) ? [] : [random.pick(IntakeModel.Step.allCases)]
                }
                #expect(intake.written <= intake.lines.count && intake.steppedOver <= intake.written, "seed \(seed)")
            }
            intake.failing = []
            intake.passTime(1000)
            intake.tell { $0.ended(boot: intake.boot) }
            #expect(intake.isClosed, "seed \(seed)")
            let entries = intake.lines.filter { $0.hasPrefix("#") }
            #expect(
                entries.allSatisfy { !intake.refused.contains(UInt64($0.dropFirst()) ?? 0) },
                "what was refused is not kept; seed \(seed)")
            let stored = intake.lines.filter { !$0.hasPrefix("$") && !$0.hasPrefix("#") }
            #expect(intake.acknowledged.allSatisfy(stored.contains), "seed \(seed)")
            #expect(stored == stored.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }, "in the order received; seed \(seed)")
        }
    }

    // MARK: What people put in

    @Test(arguments: [StoreSettings.Sync.batch, .interval(Milliseconds(250)), .off])
    func `what people put in is durable before it is stepped over, whatever the setting`(_ sync: StoreSettings.Sync) {
        let intake = IntakeModel(sync: sync)
        intake.receive("a")
        intake.commit()
        _ = intake.names()
        intake.receive("b")
        intake.tell { $0.entriesAsked([7, 8], boot: intake.boot) }
        #expect(intake.commit())
        #expect(
            intake.names() == ["appendEntry", "appendEntry", "write", "sync", "acknowledge", "step"],
            "it shares the batch at hand")
        #expect(intake.lines == ["a", "b", "#7", "#8"] && intake.refused.isEmpty)
    }

    @Test func `what people put in while the journal cannot store is refused, and not kept for later`() {
        let intake = IntakeModel()
        intake.failing = [.sync]
        intake.tell { $0.entriesAsked([7], boot: intake.boot) }
        #expect(!intake.commit())
        #expect(intake.refused == [7])
        intake.tell { $0.entriesAsked([8], boot: intake.boot) }
        #expect(intake.refused == [7, 8])
        intake.failing = []
        intake.passTime(1000)
        #expect(intake.lines == ["$tick"], "who was refused asks again")
        intake.tell { $0.entriesAsked([], boot: intake.boot) }
        #expect(intake.refused == [7, 8])
        intake.failing = [.prepare]
        intake.tell { $0.entriesAsked([9, 10], boot: intake.boot) }
        #expect(intake.refused == [7, 8, 9, 10], "also those behind the one at which it failed")
    }

    // MARK: Other settings of sync

    @Test func `with an interval the sync follows the acknowledgement by so long at most`() {
        let intake = IntakeModel(sync: .interval(Milliseconds(250)))
        intake.receive("a")
        #expect(intake.commit())
        #expect(intake.names() == ["write", "sync", "acknowledge", "step"], "the first is due")
        intake.receive("b")
        #expect(intake.commit())
        #expect(intake.names() == ["write", "acknowledge", "step"])
        #expect(intake.machine.wait(until: nil, boot: intake.boot) == 250)
        intake.passTime(249)
        #expect(intake.synced == 1)
        intake.passTime(1)
        #expect(intake.synced == 2 && intake.machine.wait(until: nil, boot: intake.boot) == 10_000)
    }

    @Test func `a sync of the interval that fails loses nothing that was acknowledged`() {
        let intake = IntakeModel(sync: .interval(Milliseconds(250)))
        intake.receive("a")
        intake.commit()
        intake.receive("b")
        intake.commit()
        intake.failing = [.sync]
        intake.passTime(250)
        #expect(intake.lines == ["a", "b"] && !intake.isOpen)
    }

    @Test func `without any sync a snapshot is synced all the same`() {
        let intake = IntakeModel(sync: .off)
        intake.receive("a")
        #expect(intake.commit() && intake.names() == ["write", "acknowledge", "step"])
        intake.boot += 600_000
        intake.receive("b")
        #expect(intake.commit())
        #expect(intake.names() == ["write", "acknowledge", "step", "sync", "snapshot"])
    }

    // MARK: Messages

    @Test func `a call for help ends its batch at once, other records do not`() {
        let intake = IntakeModel()
        #expect(intake.receive("{\"type\":\"motion\"}") == false)
        #expect(intake.receive("{\"type\":\"sos\"}") == true)
    }

    @Test func `refused are topics of the daemon's own, and payloads that are too long`() {
        let intake = IntakeModel()
        #expect(intake.receive("{}", topic: "$shouwang/clock") == nil)
        #expect(intake.receive(String(repeating: "x", count: 65)) == nil)
        #expect(intake.receive(String(repeating: "x", count: 64)) == false)
        #expect(intake.lines.count == 1)
    }

    // MARK: Behind the step

    @Test func `what changes nothing is told to the ledger every ten thousand records`() {
        let intake = IntakeModel()
        for _ in 0..<9_999 { intake.receive("a") }
        intake.commit()
        #expect(!intake.names().contains("handOver"))
        intake.receive("a")
        intake.commit()
        #expect(intake.trace.contains(.handOver(applied: 10_000)))
    }

    @Test func `an actuation is published once, never late, and never of an earlier process`() {
        let intake = IntakeModel(actsFrom: 2)
        intake.receive("a")
        intake.actuations = [(1, IntakeMachineTests.hold), (2, IntakeMachineTests.hold)]
        intake.commit()
        #expect(intake.trace.filter { $0 == .publish(IntakeMachineTests.hold) }.count == 1)
        intake.boot += 3000
        intake.receive("b")
        intake.actuations = [(2, IntakeMachineTests.hold)]
        _ = intake.names()
        intake.commit()
        #expect(intake.trace.contains(.log(.actuationLate(topic: "lift/1/cmd"))))
        #expect(!intake.names().contains("publish"))
    }

    @Test func `a release waits for the connection, and is published until the broker has it`() {
        let intake = IntakeModel()
        intake.receive("a")
        intake.actuations = [(1, IntakeMachineTests.release)]
        intake.commit()
        let release = IntakeAction.release(topic: "lift/1/cmd", payload: "{\"hold\":false}")
        #expect(!intake.trace.contains(release))
        #expect(intake.machine.wait(until: nil, boot: intake.boot) == 100)
        intake.publisher.connectedSince = intake.boot
        intake.passTime(100)
        #expect(intake.trace.filter { $0 == release }.count == 1)
        intake.tell { machine in
            machine.releaseFailed("lift/1/cmd")
            return []
        }
        intake.passTime(100)
        #expect(intake.trace.filter { $0 == release }.count == 2)
    }

    @Test func `at the end all is stored, stepped over and kept, and the journal is closed`() {
        let intake = IntakeModel()
        intake.receive("a")
        intake.tell { $0.ended(boot: intake.boot) }
        #expect(intake.names() == ["saveSilences", "write", "sync", "step", "snapshot", "close"])
        let failed = IntakeModel()
        failed.receive("a")
        failed.failing = [.write]
        failed.tell { $0.ended(boot: failed.boot) }
        #expect(failed.names() == ["saveSilences", "write", "abandon"])
    }

    // MARK: Time

    @Test func `a tick is written when the deadline is there, and nothing else brings the time`() {
        let intake = IntakeModel()
        let deadline = intake.clock + .seconds(5)
        #expect(intake.machine.wait(until: deadline, boot: intake.boot) == 5000)
        intake.passTime(4999, until: deadline)
        #expect(intake.lines == [])
        intake.receive("a")
        intake.passTime(1, until: deadline)
        #expect(intake.lines == ["a"], "the record brings the time")
        intake.passTime(1, until: deadline)
        #expect(intake.lines == ["a", "$tick"])
    }

    @Test func `a clock that was set is a record, in a batch of its own`() {
        let intake = IntakeModel()
        intake.wallOffset = 60_000
        intake.receive("a")
        intake.passTime(10)
        #expect(intake.lines == ["a", "$clock"])
        intake.passTime(10)
        #expect(intake.lines == ["a", "$clock"])
    }

    // MARK: The session

    @Test func `a session settles when its probe has come back`() throws {
        let intake = IntakeModel()
        intake.tell { $0.connected(isResumed: false, boot: intake.boot) }
        #expect(intake.trace.contains(.forgetFilters) && intake.trace.contains(.reportConnected(true)))
        intake.tell { $0.subscribed(intake.publisher, at: intake.now) }
        let sent = intake.trace.compactMap { if case .probe(let text) = $0 { text } else { nil } }
        let probe = try #require(sent.last)
        intake.tell { $0.probeReturned("of another", boot: intake.boot) }
        intake.commit()
        #expect(intake.lines == ["$session"])
        intake.tell { $0.probeReturned(probe, boot: intake.boot) }
        intake.commit()
        #expect(intake.trace.contains(.log(.settled)) && intake.lines == ["$session", "$session"])
    }

    @Test func `a connection over which nothing comes is made again`() {
        let intake = IntakeModel()
        intake.tell { $0.connected(isResumed: true, boot: intake.boot) }
        intake.tell { $0.subscribed(intake.publisher, at: intake.now) }
        intake.tell { machine in
            machine.drained(since: 1_000_000)
            return []
        }
        intake.passTime(89_999)
        #expect(!intake.trace.contains(.restart))
        intake.passTime(1)
        #expect(intake.trace.contains(.restart))
        #expect(intake.trace.contains(.log(.blind)))
    }

    @Test func `a contested id is a fault until its own connection has stood for five minutes`() {
        let intake = IntakeModel()
        intake.publisher = IntakeMachine.Publisher(connectedSince: intake.boot, isContested: true)
        intake.passTime(10)
        #expect(intake.trace.contains(.raise(.contested(isOut: true))))
        intake.passTime(299_980)
        #expect(!intake.trace.contains(.clear(.contested(isOut: true))))
        intake.passTime(10)
        #expect(intake.trace.contains(.clear(.contested(isOut: true))))
        #expect(!intake.trace.contains(.clear(.contested(isOut: false))), "the intake has no connection")
    }

    @Test func `an id that is contested ends by its own connection's age, whatever the other client's is`() {
        #expect(!Contest.isOver(since: nil, at: 1_000_000))
        #expect(!Contest.isOver(since: 700_001, at: 1_000_000) && Contest.isOver(since: 700_000, at: 1_000_000))
        let intake = IntakeModel()
        intake.tell { $0.connected(isResumed: true, boot: intake.boot) }
        intake.boot += 299_999
        intake.publisher = IntakeMachine.Publisher(connectedSince: intake.boot)
        intake.passTime(0)
        #expect(!intake.trace.contains(.clear(.contested(isOut: false))))
        intake.passTime(1)
        #expect(intake.trace.contains(.clear(.contested(isOut: false))))
        #expect(!intake.trace.contains(.clear(.contested(isOut: true))), "the publisher's is too young")
    }
}

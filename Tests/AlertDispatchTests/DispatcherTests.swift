import Alerts
import Diagnostics
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// Which changes make one message, to whom, and what is not told.
@Suite struct DispatcherTests {
    private static let town = Town("{to: [robot, board]}")

    private static func decide(_ changes: [AlertChange], isOneTelling: Bool = false) -> [AlertNotification] {
        town.dispatcher().decide(changes, isOneTelling: isOneTelling).notifications
    }

    private static func words(_ changes: [AlertChange], isOneTelling: Bool = false) -> [[String]] {
        decide(changes, isOneTelling: isOneTelling).filter { $0.body == .words }.map { $0.changes.map(\.id) }
    }

    @Test func `programs get each change in its order, people what is told of them alone`() {
        var silent = Town.change(2)
        (silent.change, silent.isTold) = (.updated, false)
        let told = DispatcherTests.decide([Town.change(1), silent, Town.change(3, record: 8)])
        #expect(told.filter { $0.body == .json }.map { $0.changes.map(\.id) } == [["1"], ["2"], ["3"]])
        #expect(told.filter { $0.body == .json }.allSatisfy { $0.channel == "board" })
        #expect(told.filter { $0.body == .words }.map { $0.changes.map(\.id) } == [["1"], ["3"]])
        #expect(DispatcherTests.decide([]).isEmpty)
    }

    @Test(arguments: [(1, 1), (3, 3), (4, 1), (8, 1), (9, 2), (17, 3)])
    func `from four on what one record raised is one message, of eight at most`(_ raised: Int, _ messages: Int) {
        #expect(DispatcherTests.words((0..<raised).map { Town.change($0) }).count == messages)
    }

    @Test func `what other records raised is told apart, but where all is one telling`() {
        let changes = (0..<8).map { Town.change($0, record: Int64($0 / 3)) }
        #expect(DispatcherTests.words(changes) == changes.map { [$0.id] })
        #expect(DispatcherTests.words(changes, isOneTelling: true) == [changes.map(\.id)])
    }

    @Test func `a digest is as severe as its severest, whatever the order, and has the first one's number`() {
        for severities in [
            [Severity.low, .high, .medium, .low], [.high, .low, .low, .low], [.low, .low, .low, .low],
        ] {
            let changes = severities.enumerated().map { Town.change($0, .noMovement, $1) }
            let digest = DispatcherTests.decide(changes).first { $0.body == .words }
            #expect(digest?.changes.count == 4 && digest?.severity == severities.max())
            #expect(digest?.changes.first?.ordinal == 0)
        }
        // "medium" stands behind "high" and "low" in the alphabet, "critical" before all.
        #expect(Severity.allCases.sorted() == [.low, .medium, .high, .critical])
    }

    @Test func `what is critical is a message of its own, in front of the digest`() {
        let changes = (0..<4).map { Town.change($0) } + [Town.change(4, .sos, .critical)]
        let told = DispatcherTests.decide(changes).filter { $0.body == .words }
        #expect(told.map { $0.changes.map(\.id) } == [["4"], ["0", "1", "2", "3"]])
        #expect(told.map(\.severity) == [.critical, .medium])
        #expect(told[0].words(in: .en) == "x4")
        #expect(told[1].words(in: .en).hasPrefix("[Digest] 4 alerts at once"))
    }

    @Test func `of an alert that changed more than once in a moment its last change is told, and no digest of it`() {
        let changes = (0..<5).map { index in
            var change = Town.change(1, text: "state \(index) of ")
            change.ordinal = Int32(index)
            return change
        }
        let told = DispatcherTests.decide(changes).filter { $0.body == .words }
        #expect(told.map { $0.words(in: .zhHans) } == ["state 4 of 1"])
    }

    @Test func `each recipient has digests of their own`() {
        let town = Town("{match: {place: [b1]}, to: [desk]}, {to: [desk, robot]}")
        let changes = (0..<4).map { Town.change($0) } + [Town.change(4, place: "b1", grid: "g1")]
        let told = town.dispatcher().decide(changes).notifications
        #expect(told.map { "\($0.channel) \($0.changes.count)" } == ["desk 5", "robot 4"])
    }

    @Test func `whatever is raised, each change comes to each recipient once, and nothing is lost`() {
        var random = SeededRandom(
            for: "whatever is raised, each change comes to each recipient once, and nothing is lost")
        let routes = [
            "{match: {kind: [sos]}, to: [guard, robot], continue: true}",
            "{match: {severity: [high]}, to: [grid-worker]}",
            "{match: {place: [b1]}, to: [desk, desk, \"worker:gate\"]}", "{to: [robot, guard, board]}",
        ]
        for run in 0..<300 {
            let town = Town(routes.filter { _ in random.chance(60) }.joined(separator: ", "))
            let changes = (0..<random.int(0...40)).map { id in
                var change = Town.change(
                    id, random.pick([.sos, .noMovement, .fall]), random.pick(Severity.allCases),
                    record: Int64(random.int(1...3)), place: random.pick(["b1", "b3-502", nil]),
                    grid: random.pick(["g1", "g3", nil]), at: Town.noon + .hours(Int64(random.int(0...23))))
                change.isTold = random.chance(80)
                return change
            }
            let isOneTelling = random.chance(30)
            let decision = town.dispatcher().decide(changes, isOneTelling: isOneTelling)
            #expect(decision == town.dispatcher().decide(changes, isOneTelling: isOneTelling))
            let routing = Routing(
                settings: town.settings, registry: town.registry, channels: ["robot", "board", "desk"])
            var wanted: [String] = []
            for change in changes {
                for way in routing.resolve(change).destinations.map(\.way) where way.channel == "board" || change.isTold
                {
                    wanted.append("\(way.channel):\(way.recipient) \(change.id)")
                }
            }
            let told = decision.notifications.flatMap { notification in
                notification.changes.map { "\(notification.channel):\(notification.recipient) \($0.id)" }
            }
            let what = "seed \(random.seed), run \(run)"
            #expect(told.sorted() == wanted.sorted(), "\(what)")
            #expect(Set(told).count == told.count, "\(what): told twice")
            for notification in decision.notifications where notification.changes.count > 1 {
                #expect(notification.changes.allSatisfy { $0.severity != .critical }, "\(what)")
                #expect(Set(notification.changes.map(\.record)).count == 1 || isOneTelling, "\(what)")
            }
        }
    }

    @Test(arguments: [-1, 0, 1])
    func `of a history the last hour is told, and of what is open the last change`(_ more: Int64) {
        let now = Town.noon + .hours(1) + Milliseconds(more)
        var again = Town.change(1, text: "again ")
        (again.change, again.isTold) = (.updated, false)
        var over = Town.change(2)
        (over.change, over.state) = (.resolved, .resolved)
        let history = [Town.change(1), Town.change(2), over, again]
        let told = Dispatcher.untold(of: history, at: now)
        let isRecent = more < 0
        #expect(told.map(\.message.en) == (isRecent ? ["x1", "x2", "x2", "again 1"] : ["again 1"]))
        #expect(told.last?.isTold == true, "that it is open must be told")
    }
}

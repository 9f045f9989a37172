import Alerts
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// alert → place → grid → who is on shift → their channels.
@Suite struct RoutingTests {
    @Test func `the first route that matches is taken, and the next ones too where it says continue`() {
        let first = "{match: {kind: [no_movement]}, to: [robot]}, {to: [desk]}"
        #expect(Town(first).told(Town.change(1)) == ["robot:"])
        #expect(Town(first).told(Town.change(1, .sos)) == ["desk:"])
        let both = "{match: {kind: [no_movement]}, to: [robot], continue: true}, {to: [desk]}, {to: [board]}"
        #expect(Town(both).told(Town.change(1)) == ["robot:", "desk:"])
    }

    @Test func `all lists of a match must hold, and of each list one word`() {
        let town = Town(
            "{match: {kind: [sos, fall], severity: [high, critical], place: [b3]}, to: [robot]}, {to: [desk]}")
        #expect(town.told(Town.change(1, .sos, .high)) == ["robot:"])
        #expect(town.told(Town.change(1, .fall, .critical, place: "b3")) == ["robot:"])
        #expect(town.told(Town.change(1, .fall, .medium)) == ["desk:"])
        #expect(town.told(Town.change(1, .leak, .high)) == ["desk:"])
        #expect(town.told(Town.change(1, .sos, .high, place: "b1")) == ["desk:"])
        #expect(town.told(Town.change(1, .sos, .high, place: nil)) == ["desk:"])
    }

    @Test func `a verdict is matched by its word, and nothing matches where there is none`() {
        let town = Town("{match: {verdict: [not_moving]}, to: [robot]}, {to: [desk]}")
        var change = Town.change(1)
        #expect(town.told(change) == ["desk:"])
        change.verdict = .notMoving
        #expect(town.told(change) == ["robot:"])
        change.verdict = .boxBlind
        #expect(town.told(change) == ["desk:"])
    }

    @Test func `a role is whoever has it, answers for the grid and is on shift, at the stamp of the change`() {
        let town = Town("{to: [grid-worker]}")
        #expect(town.told(Town.change(1)) == ["board:", "robot:day"], "programs come before people")
        #expect(town.told(Town.change(1, at: Town.noon + .hours(12))) == ["robot:night"])
        #expect(town.told(Town.change(1, grid: "g1")) == ["robot:other"])
        #expect(Set(town.told(Town.change(1, grid: nil))) == ["board:", "robot:day", "robot:other"])
        // A deadline of the night that nobody noticed before ten: whose shift it is goes by the record that brought it.
        var late = Town.change(1, at: Town.noon - .hours(8))
        late.stamp = Town.noon
        #expect(town.told(late) == ["board:", "robot:day"])
    }

    @Test func `a worker who is named is told on shift or not`() {
        #expect(Town("{to: [\"worker:night\", guard]}").told(Town.change(1)) == ["robot:night", "robot:gate"])
    }

    @Test func `whoever is reached by two ways is told once, by the first route`() {
        let town = Town("{to: [guard, robot], continue: true}, {to: [\"worker:gate\", robot, desk]}")
        let told = town.dispatcher().decide([Town.change(1)]).notifications
        #expect(
            told.map { "\($0.route ?? -1) \($0.channel):\($0.recipient)" } == ["0 robot:gate", "0 robot:", "1 desk:"])
    }

    @Test(arguments: ["{match: {kind: [fever]}, to: [robot]}", "{to: [property]}", "{to: [\"worker:night\"]}"])
    func `what reaches nobody is told to every channel that can be used, and is a fault`(_ route: String) {
        let decision = Town(route).dispatcher(["board", "desk"]).decide([Town.change(1)])
        #expect(decision.notifications.map(\.channel) == ["board", "desk"])
        #expect(decision.notifications.allSatisfy { $0.route == nil && $0.recipient.isEmpty })
        #expect(decision.unrouted.map(\.id) == ["1"])
        #expect(Town("{to: [desk]}").dispatcher(["desk"]).decide([Town.change(1)]).unrouted.isEmpty)
    }
}

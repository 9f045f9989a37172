import Testing

@testable import Daemon

@Suite struct ProbeWatchTests {
    @Test func `the first probe of a connection settles it, later ones only say that it lives`() {
        var watch = ProbeWatch()
        #expect(watch.due == .max)
        watch.connected(1000)
        #expect(watch.isDue(1000))
        watch.sent("a", isOut: true, 1000)
        #expect(!watch.isDue(30_999) && watch.isDue(31_000))
        #expect(watch.returned("x", 1200) == .foreign)
        #expect(watch.returned("a", 1500) == .settled)
        #expect(watch.returned("a", 1600) == .foreign)
        watch.sent("b", isOut: true, 31_000)
        #expect(watch.returned("b", 31_010) == .alive)
        #expect(watch.heardAt == 31_010)
    }

    @Test func `a probe that could not be sent is tried again at once`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: false, 0)
        #expect(watch.due == ProbeWatch.retry)
    }

    /// The publishing client has no connection; a record of a feed comes every `every` ms (0: none).
    private static func unsent(_ watch: inout ProbeWatch, to end: Int64, every: Int64) -> [(Int64, ProbeWatch.Verdict)]
    {
        var said: [(Int64, ProbeWatch.Verdict)] = []
        for now in stride(from: Int64(0), through: end, by: 100) {
            if every > 0, now % every == 0 { watch.heard(now) }
            if let verdict = watch.verdict(now) { said.append((now, verdict)) }
            if watch.isDue(now) { watch.sent("\(now)", isOut: false, now) }
            #expect(watch.due > now)
        }
        return said
    }

    @Test func `where no probe can be sent and no feed brings anything, ninety seconds are blindness`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.drained(since: 0)
        let said = ProbeWatchTests.unsent(&watch, to: 200_000, every: 0)
        #expect(said.map(\.0) == [60_000, 90_000] && said.map(\.1) == [.unsettled, .blind])
    }

    @Test func `where no probe can be sent and a feed brings something, none fails and nothing is blind`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.drained(since: 0)
        let said = ProbeWatchTests.unsent(&watch, to: 400_000, every: 60_000)
        #expect(said.map(\.1) == [.unsettled])
        watch.sent("a", isOut: true, 400_000)
        #expect(watch.returned("a", 400_010) == .alive)
        #expect(!watch.isBlind(490_009) && !watch.isBlind(500_000))
    }

    @Test(arguments: [(89_999, false), (90_000, true), (90_001, true)] as [(Int64, Bool)])
    func `ninety seconds without a return are blindness`(_ age: Int64, _ isBlind: Bool) {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.drained(since: 0)
        watch.sent("a", isOut: true, 0)
        // Those that follow do not make the one under way younger.
        watch.sent("b", isOut: true, 30_000)
        watch.sent("c", isOut: true, 60_000)
        #expect(watch.isBlind(age) == isBlind)
        #expect(watch.due == 60_000, "settling ends")
        #expect(watch.verdict(60_000) == .unsettled)
        #expect(watch.due == 90_000)
    }

    @Test func `a probe that is lost with the publisher's connection is no blindness if a later one comes back`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: true, 0)
        watch.sent("b", isOut: true, 30_000)
        #expect(watch.returned("b", 30_010) == .settled)
        #expect(!watch.isBlind(90_000))
        #expect(watch.returned("a", 30_020) == .foreign)
    }

    @Test func `without a connection nothing is due`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: true, 0)
        watch.disconnected()
        #expect(watch.due == .max && !watch.isBlind(200_000))
        #expect(watch.returned("a", 10) == .foreign)
    }

    @Test func `a subscription that was granted later asks again`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: true, 0)
        watch.subscribed(50)
        #expect(watch.isDue(50))
        watch.sent("b", isOut: true, 50)
        #expect(watch.returned("a", 60) == .foreign)
        #expect(watch.returned("b", 60) == .settled)
    }

    /// A probe goes out whenever one is due, and a record of a feed comes every `every` ms (0: none); what is said, and
    /// when.
    private static func course(
        _ watch: inout ProbeWatch, from: Int64, to: Int64, every: Int64, returns: Bool = false
    ) -> [(Int64, ProbeWatch.Verdict)] {
        var said: [(Int64, ProbeWatch.Verdict)] = []
        for now in stride(from: from, through: to, by: 1000) {
            if every > 0, now % every == 0 { watch.heard(now) }
            if let verdict = watch.verdict(now) { said.append((now, verdict)) }
            guard watch.isDue(now) else { continue }
            watch.sent("\(now)", isOut: true, now)
            if returns { _ = watch.returned("\(now)", now) }
        }
        return said
    }

    @Test func `a probe that never comes back while data flows is told once, and the session is kept`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.drained(since: 0)
        let said = ProbeWatchTests.course(&watch, from: 0, to: 86_400_000, every: 60_000)
        #expect(said.map(\.0) == [60_000, 90_000])
        #expect(said.map(\.1) == [.unsettled, .probeFails(anew: false)])
        #expect(watch.isFailing)
        // It is tried on every 30 s, and its return is no settling.
        watch.sent("late", isOut: true, 86_430_000)
        #expect(watch.due == 86_460_000)
        #expect(watch.returned("late", 86_430_100) == .alive)
        #expect(!watch.isFailing)
    }

    @Test(arguments: [(89_999, false), (90_000, true)] as [(Int64, Bool)])
    func `once the data ends as well, ninety seconds are blindness`(_ silence: Int64, _ isBlind: Bool) {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.drained(since: 0)
        _ = ProbeWatchTests.course(&watch, from: 0, to: 600_000, every: 2000)
        #expect(watch.heardAt == 600_000)
        #expect(watch.verdict(600_000 + silence) == (isBlind ? .blind : nil))
        #expect(watch.verdict(600_000 + silence + 1000) == (isBlind ? nil : .blind), "it is said once")
    }

    @Test func `a probe that did come back before has the connection made anew, at most once an hour`() {
        var watch = ProbeWatch()
        watch.connected(0)
        _ = ProbeWatchTests.course(&watch, from: 0, to: 60_000, every: 2000, returns: true)
        var said = ProbeWatchTests.course(&watch, from: 61_000, to: 400_000, every: 2000)
        #expect(said.map(\.0) == [180_000] && said.map(\.1) == [.probeFails(anew: true)])
        // On the new connection it comes back, and fails again within the hour.
        watch.disconnected()
        watch.connected(400_000)
        _ = ProbeWatchTests.course(&watch, from: 400_000, to: 460_000, every: 2000, returns: true)
        said = ProbeWatchTests.course(&watch, from: 461_000, to: 3_000_000, every: 2000)
        #expect(said.map(\.1) == [.probeFails(anew: false)])
    }

    @Test func `a probe that never came back on this connection has nothing made anew`() {
        var watch = ProbeWatch()
        watch.connected(0)
        _ = ProbeWatchTests.course(&watch, from: 0, to: 30_000, every: 2000, returns: true)
        watch.disconnected()
        watch.connected(40_000)
        let said = ProbeWatchTests.course(&watch, from: 40_000, to: 20_000_000, every: 2000)
        #expect(said.map(\.1) == [.unsettled, .probeFails(anew: false)])
    }

    @Test func `behind a long backlog a late return of the first probe counts, and is no failure meanwhile`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("first", isOut: true, 0)
        let said = ProbeWatchTests.course(&watch, from: 1000, to: 900_000, every: 1000)
        #expect(said.map(\.1) == [.unsettled])
        #expect(watch.returned("first", 900_100) == .alive)
        #expect(!watch.isFailing)
    }

    @Test(arguments: [(500_000, 590_000), (nil, 1_290_000)] as [(Int64?, Int64)])
    func `a probe that does not come back fails ninety seconds after the backlog's end, or after twenty minutes`(
        _ drained: Int64?, _ told: Int64
    ) {
        var watch = ProbeWatch()
        watch.connected(0)
        _ = ProbeWatchTests.course(&watch, from: 0, to: 500_000, every: 1000)
        if let drained { watch.drained(since: drained) }
        let said = ProbeWatchTests.course(&watch, from: 501_000, to: 2_000_000, every: 1000)
        #expect(said.map(\.0) == [told] && said.map(\.1) == [.probeFails(anew: false)])
    }
}

import Testing

@testable import shouwang

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

    @Test func `a probe that could not be sent is tried again at once, and is nobody's blindness`() {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: false, 0)
        #expect(watch.due == ProbeWatch.retry)
        #expect(!watch.isBlind(1_000_000))
    }

    @Test(arguments: [(89_999, false), (90_000, true), (90_001, true)] as [(Int64, Bool)])
    func `ninety seconds without a return are blindness`(_ age: Int64, _ isBlind: Bool) {
        var watch = ProbeWatch()
        watch.connected(0)
        watch.sent("a", isOut: true, 0)
        // Those that follow do not make the one under way younger.
        watch.sent("b", isOut: true, 30_000)
        watch.sent("c", isOut: true, 60_000)
        #expect(watch.isBlind(age) == isBlind)
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
        watch.connected(50)
        #expect(watch.isDue(50))
        watch.sent("b", isOut: true, 50)
        #expect(watch.returned("a", 60) == .foreign)
        #expect(watch.returned("b", 60) == .settled)
    }
}

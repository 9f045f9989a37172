import Alerts
import Diagnostics
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// A call for help counts once, however often the broker tells it again (docs/rules.md, "One alert an episode"), and
/// each press of the button is another.
@Suite struct RedeliveryTests {
    private static let scene = Scene(rules: ["sos: {kind: sos}"])
    private static let minute = Scene.minute

    private func sos(_ at: Int64, _ id: String?, retain: Bool = false, device: String = "d1") -> Line {
        .native(at, "elder/" + device, "sos", id.map { ",\"id\":\"\($0)\"" } ?? "", retain: retain)
    }

    /// More than are remembered of a device.
    private func heartbeats(from at: Int64, device: String = "d1") -> [Line] {
        (0..<Int64(Deduplicator.perDevice + 44)).map {
            .native(at + $0 * Scene.second, "elder/" + device, "heartbeat", ",\"id\":\"h\($0)\"")
        }
    }

    /// Runs the lines, from a snapshot after each record where asked for, with the same outcome.
    private func run(_ lines: [Line]) throws -> Scene.Result {
        let scene = RedeliveryTests.scene
        let (whole, _) = scene.run(lines) { _ in }
        let (split, _) = try scene.run(lines) { pipeline in
            if pipeline.record % 50 == 0 { pipeline = try scene.restored(pipeline.encoded()).pipeline }
        }
        #expect(scene.json(whole) == scene.json(split) && whole.counters == split.counters)
        return whole
    }

    @Test(arguments: [true, false])
    func `a retained call is known however much its device has told since`(_ isFirstRetained: Bool) throws {
        let told = try run(
            [sos(0, "7", retain: isFirstRetained)] + heartbeats(from: RedeliveryTests.minute)
                + [sos(10 * RedeliveryTests.minute, "7", retain: true), .quiet(20 * RedeliveryTests.minute)])
        #expect(told.brief == ["raised 3栋/2单元/502 critical 0 0"])
        #expect(told.counters.redelivered == 1)
        // What is no call, and tells no time, is another ten minutes later.
        let beat = Line.native(0, "elder/d1", "heartbeat", ",\"id\":\"b\"")
        var again = beat
        again.at = 10 * RedeliveryTests.minute
        #expect(try run([beat] + heartbeats(from: RedeliveryTests.minute) + [again]).counters.redelivered == 0)
    }

    @Test(arguments: [false, true])
    func `pressed again with another id it is another call: it joins within a minute, and is raised after`(
        _ isRetained: Bool
    ) throws {
        let lines = [
            sos(0, "7", retain: isRetained), sos(30 * Scene.second, "8", retain: isRetained),
            sos(10 * RedeliveryTests.minute, "9", retain: isRetained), .quiet(20 * RedeliveryTests.minute),
        ]
        let told = try run(lines)
        #expect(
            told.brief.filter { $0.hasPrefix("raised") } == [
                "raised 3栋/2单元/502 critical 0 0", "raised 3栋/2单元/502 critical 600000 600000",
            ])
        #expect(told.counters.redelivered == 0)
    }

    @Test func `without an id each press is a call, and a retained copy of either is none`() throws {
        let told = try run([
            sos(0, nil), sos(10 * RedeliveryTests.minute, nil), sos(20 * RedeliveryTests.minute, nil, retain: true),
            .quiet(30 * RedeliveryTests.minute),
        ])
        #expect(told.brief.count == 2 && told.counters.redelivered == 1, "\(told.brief)")
    }

    @Test func `each press is a call, whatever id it tells: counters begin anew, and some buttons have one`() throws {
        let day = Scene.day
        let told = try run([
            sos(0, "1"), sos(5 * RedeliveryTests.minute, "1"), sos(23 * Scene.hour, "1"), sos(day + Scene.hour, "1"),
            sos(30 * day, "1"), sos(30 * day + RedeliveryTests.minute, "1", retain: true), .quiet(31 * day),
        ])
        #expect(told.brief.filter { $0.hasPrefix("raised") }.count == 5, "\(told.brief)")
        #expect(told.counters.redelivered == 1)
    }

    @Test func `a sensor whose id never changes loses nothing but the copies of its first minute`() throws {
        let lines = (0..<180).map {
            Line.native($0 * 7 * RedeliveryTests.minute, "elder/d1", "heartbeat", ",\"id\":\"b\"")
        }
        #expect(try run(lines).counters.redelivered == 0)
    }

    @Test(arguments: [(0, 1), (59_999, 1), (60_000, 1), (60_001, 0)] as [(Int64, Int)])
    func `a copy without a time counts once within a minute of the first`(_ gap: Int64, _ dropped: Int) throws {
        func beat(_ at: Int64, _ id: String) -> Line { .native(at, "elder/d1", "heartbeat", ",\"id\":\"\(id)\"") }
        #expect(try run([beat(0, "7"), beat(1, "8"), beat(gap + 1, "8")]).counters.redelivered == dropped)
        // The same id with another body is another message.
        let other = Line.native(gap + 1, "elder/d1", "motion", ",\"id\":\"8\"")
        #expect(try run([beat(0, "7"), beat(1, "8"), other]).counters.redelivered == 0)
    }

    @Test func `counters that begin anew swallow no movement`() throws {
        // A sensor that counts from 1 after each change of its battery, three times, minutes apart.
        let lines = (0..<3).flatMap { round in
            (1...50).map { id in
                Line.native(
                    Int64(round * 50 + id) * RedeliveryTests.minute, "elder/d1", "motion", ",\"id\":\(id)")
            }
        }
        #expect(try run(lines).counters.redelivered == 0)
    }

    @Test func `in the backlog of a resumed session a message without a time counts once at any age`() throws {
        func beat(_ at: Int64) -> Line { .native(at, "elder/d1", "heartbeat", ",\"id\":\"9\"") }
        let hour = Scene.hour
        let back: [Line] = [
            .own(9 * hour, "session", "{\"state\":\"lost\"}"),
            .own(10 * hour, "session", "{\"state\":\"connected\",\"present\":true}"),
        ]
        let settled = Line.own(10 * hour + 2000, "session", "{\"state\":\"settled\"}")
        #expect(try run([beat(0)] + back + [beat(10 * hour + 1000), settled]).counters.redelivered == 1)
        #expect(try run([beat(0)] + back + [settled, beat(10 * hour + 3000)]).counters.redelivered == 0)
    }

    @Test func `a call that the broker hands over again counts once by its message id, and joins otherwise`() throws {
        let hour = Scene.hour
        func call(_ at: Int64, _ mid: Int) -> Line {
            .native(at, "elder/d1", "sos", ",\"id\":\"5\"", qos: 1, mid: mid)
        }
        let back: [Line] = [
            .own(hour, "session", "{\"state\":\"lost\"}"),
            .own(2 * hour, "session", "{\"state\":\"connected\",\"present\":true}"),
        ]
        let again = try run([call(0, 3)] + back + [call(2 * hour + 1, 3), .quiet(3 * hour)])
        #expect(again.brief.filter { $0.hasPrefix("raised") }.count == 1 && again.counters.redelivered == 1)
        // Pressed a second time while the box was away: the same words, another message.
        let second = try run([call(0, 3)] + back + [call(2 * hour + 1, 4), .quiet(3 * hour)])
        #expect(second.brief.filter { $0.hasPrefix("raised") }.count == 2 && second.counters.redelivered == 0)
    }

    @Test func `a device of whose last messages over half are left out is told, and told over`() throws {
        let scene = Scene(rules: ["stuck: {kind: device_stuck}"])
        func beat(_ at: Int64, _ id: Int) -> Line {
            .native(at, "elder/d1", "heartbeat", ",\"id\":\(id),\"ts\":\(Scene.origin + Int64(id))")
        }
        let bad = (0..<40).map { beat(Int64($0) * 1000, $0 < 8 ? $0 : 7) }
        let good = (0..<40).map { beat(100_000 + Int64($0) * 1000, 100 + $0) }
        let told = scene.run(bad + good)
        #expect(told.changes.map(\.change) == [.raised, .resolved], "\(told.brief)")
        #expect(told.changes.first?.detail.contains("\"ids\":11") == true, "\(told.changes.first?.detail ?? "")")
        #expect(told.changes.first?.message.zh.contains("编号(id)重复") == true)
        let (split, _) = try scene.run(bad + good) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(told) == scene.json(split))
    }

    @Test func `a retained call of a device that nobody registered is raised once, at the first connection`() throws {
        let minute = RedeliveryTests.minute
        let told = try run(
            [sos(0, "7", retain: true, device: "stranger")] + heartbeats(from: minute, device: "stranger") + [
                .own(10 * minute, "session", "{\"state\":\"lost\"}"),
                .own(11 * minute, "session", "{\"state\":\"connected\",\"present\":false}"),
                sos(11 * minute + 1, "7", retain: true, device: "stranger"),
                .own(11 * minute + 2, "session", "{\"state\":\"settled\"}"), .quiet(20 * minute),
            ])
        #expect(told.changes.count == 1 && told.changes.first?.change == .raised, "\(told.brief)")
        #expect(told.changes.first?.place == "community/hgs/elder/stranger")
        #expect(told.counters.redelivered == 1)
        // The same words of another stranger are another call.
        let two = ["stranger", "other"].enumerated().map { sos(Int64($0), "7", retain: true, device: $1) }
        #expect(try run(two).changes.count == 2)
    }

    /// Against a model that keeps a list, with hashes of which many share their first byte. Bodies mostly tell later
    /// times than those before; some tell none, some one that is not believed yet, and two feeds read them differently.
    @Test func `a ring remembers the last messages for a day, and no others`() {
        var random = SeededRandom(for: "a ring remembers the last messages for a day, and no others")
        var longest = 0
        for round in 0..<150 {
            var ring = Deduplicator.Ring()
            var known: [(body: UInt64, hour: UInt16)] = []
            var hour: UInt16 = 65_500
            var next = 0
            var feed: UInt8 = 0
            // In a thousand: no time told, far ahead, another feed, written and read.
            let untold = random.pick([0, 0, 0, 3, 250])
            let ahead = random.pick([0, 2, 4])
            let switches = random.pick([0, 0, 2, 100])
            let restored = random.pick([0, 0, 3, 20])
            var sure = 0
            func perMille(_ rate: Int) -> Bool { random.int(0...999) < rate }
            for _ in 0..<1500 {
                if random.chance(round % 5) { hour &+= UInt16(random.int(0...9)) }
                if perMille(switches) { (feed, sure) = (1 - feed, 0) }
                let isAhead = perMille(ahead)
                let isNext = random.chance(70)
                if isNext { next += 1 }
                let number = isAhead ? next + random.int(1...260) : isNext ? next : max(0, next - random.int(0...300))
                let body = UInt64(number % 3) << 56 | UInt64(number % 700) << 46 | UInt64(number + 1) << 16
                let isMemory = random.chance(20)
                let before = known.firstIndex { $0.body == body }
                let isKnown = before.map { isMemory || hour &- known[$0].hour < Deduplicator.hours } ?? false
                let time = Instant(milliseconds: Int64(number + Int(feed) * 200))
                let told = isAhead || perMille(untold) ? nil : Deduplicator.Told(time: time, feed: feed)
                let what = "seed \(random.seed), round \(round), number \(number)"
                #expect(ring.isRepeated(body, told: told, in: hour, isMemory: isMemory) == isKnown, "\(what)")
                if let before {
                    if !isKnown { known[before].hour = hour }
                } else {
                    known.append((body, hour))
                    if known.count > Deduplicator.perDevice { known.removeFirst() }
                    sure = told == nil ? 0 : sure + 1
                    longest = max(longest, sure)
                }
                if perMille(restored) {
                    ring = Deduplicator.Ring(hashes: ring.hashes, hours: ring.hours, next: ring.next)
                    sure = 0
                }
            }
            #expect(ring.hashes.sorted() == known.map(\.body).sorted())
        }
        #expect(longest > 2 * Deduplicator.perDevice, "some rings must be sure of what all of theirs told")
    }
}

import Ledger
import Testing
import Timekeeping

@testable import Channels
@testable import Delivery

@Suite struct DeskTests {
    func waiting(_ ids: ClosedRange<Int64>) -> [Delivery] {
        ids.map { id in
            var delivery = delivery(entry(id))
            delivery.id = id
            return delivery
        }
    }

    @Test func `room is what the capacity leaves, and none while more than half is taken and some wait`() {
        var desk = DeliveryQueue(capacity: 8, clerksMax: 2)
        #expect(desk.room == 8)
        desk.put(waiting(1...4))
        #expect(desk.room == 4)
        desk.put(waiting(5...5))
        #expect(desk.room == 0)
        for _ in 1...5 { _ = desk.take() }
        #expect(desk.room == 3)
    }

    @Test func `clerks are hired up to their number and to the work, and leave when nothing is ready`() {
        var desk = DeliveryQueue(capacity: 8, clerksMax: 2)
        #expect(desk.hire() == 0)
        desk.put(waiting(1...3))
        #expect(desk.hire() == 2)
        #expect(desk.hire() == 0)
        #expect((1...4).map { _ in desk.take()?.id } == [1, 2, 3, nil])
        desk.put(waiting(4...4))
        #expect(desk.hire() == 1)
    }

    @Test func `results stay until they are committed, and those that came meanwhile stay too`() {
        var desk = DeliveryQueue(capacity: 8, clerksMax: 2)
        let two = waiting(1...2)
        desk.put(two)
        _ = desk.take()
        _ = desk.take()
        desk.finish(Settlement(two[0], .sent(answer: "")), hold: nil)
        let seen = desk.results.count
        desk.finish(Settlement(two[1], .sent(answer: "")), hold: nil)
        desk.committed(seen)
        #expect(desk.results.map(\.id) == [2])
    }

    @Test func `a hold lasts until its end, and not through a clock that was set back`() {
        var desk = DeliveryQueue(capacity: 8, clerksMax: 2)
        let one = waiting(1...1)
        desk.finish(Settlement(one[0], .sent(answer: "")), hold: noon + .seconds(9))
        desk.finish(Settlement(one[0], .sent(answer: "")), hold: noon + .seconds(5))
        #expect(desk.hold(at: noon + .seconds(8)) == noon + .seconds(9))
        #expect(desk.hold(at: noon - .hours(2)) == nil)
        #expect(desk.hold(at: noon + .seconds(8)) == nil)
    }

    @Test func `at the end everything in hand is given back, tried or not`() {
        var desk = DeliveryQueue(capacity: 8, clerksMax: 2)
        desk.put(waiting(1...2))
        _ = desk.take()
        let all = desk.close()
        #expect(all.map(\.result) == [.released(wasTried: false), .released(wasTried: true)])
        #expect(desk.close().isEmpty)
    }
}

@Suite struct BellTests {
    @Test(.timeLimit(.minutes(1))) func `a ring before the wait is not lost, and counts once`() async {
        let bell = WakeSignal()
        bell.ring()
        bell.ring()
        await bell.wait(atMost: .seconds(3600))
        let start = ContinuousClock.now
        await bell.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test(.timeLimit(.minutes(1))) func `a ring and a cancellation both end a wait`() async {
        let bell = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(atMost: .seconds(3600)) }
            group.addTask { bell.ring() }
            await group.waitForAll()
            group.addTask { await bell.wait(atMost: .seconds(3600)) }
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a thousand rings from another task are heard without hanging`() async {
        let bell = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<1000 { await bell.wait(atMost: .milliseconds(1)) }
            }
            group.addTask {
                for _ in 0..<1000 {
                    bell.ring()
                    await Task.yield()
                }
            }
        }
    }
}

import Ledger
import Testing
import Timekeeping

@testable import Channels
@testable import Delivery

@Suite struct DeliveryQueueTests {
    func waiting(_ ids: ClosedRange<Int64>) -> [Delivery] {
        ids.map { id in
            var delivery = delivery(entry(id))
            delivery.id = id
            return delivery
        }
    }

    @Test func `room is what the capacity leaves, and none while more than half is taken and some wait`() {
        var queue = DeliveryQueue(capacity: 8, workersMax: 2)
        #expect(queue.room == 8)
        queue.put(waiting(1...4))
        #expect(queue.room == 4)
        queue.put(waiting(5...5))
        #expect(queue.room == 0)
        for _ in 1...5 { _ = queue.take() }
        #expect(queue.room == 3)
    }

    @Test func `workers are started up to their number and to the work, and end when nothing is ready`() {
        var queue = DeliveryQueue(capacity: 8, workersMax: 2)
        #expect(queue.startWorkers() == 0)
        queue.put(waiting(1...3))
        #expect(queue.startWorkers() == 2)
        #expect(queue.startWorkers() == 0)
        #expect((1...4).map { _ in queue.take()?.id } == [1, 2, 3, nil])
        queue.put(waiting(4...4))
        #expect(queue.startWorkers() == 1)
    }

    @Test func `results stay until they are committed, and those that came meanwhile stay too`() {
        var queue = DeliveryQueue(capacity: 8, workersMax: 2)
        let two = waiting(1...2)
        queue.put(two)
        _ = queue.take()
        _ = queue.take()
        queue.finish(Settlement(two[0], .sent(answer: "")), hold: nil)
        let seen = queue.results.count
        queue.finish(Settlement(two[1], .sent(answer: "")), hold: nil)
        queue.committed(seen)
        #expect(queue.results.map(\.id) == [2])
    }

    @Test func `a hold lasts until its end, and not through a clock that was set back`() {
        var queue = DeliveryQueue(capacity: 8, workersMax: 2)
        let one = waiting(1...1)
        queue.finish(Settlement(one[0], .sent(answer: "")), hold: noon + .seconds(9))
        queue.finish(Settlement(one[0], .sent(answer: "")), hold: noon + .seconds(5))
        #expect(queue.hold(at: noon + .seconds(8)) == noon + .seconds(9))
        #expect(queue.hold(at: noon - .hours(2)) == nil)
        #expect(queue.hold(at: noon + .seconds(8)) == nil)
    }

    @Test func `at the end everything in hand is given back, tried or not`() {
        var queue = DeliveryQueue(capacity: 8, workersMax: 2)
        queue.put(waiting(1...2))
        _ = queue.take()
        let all = queue.close()
        #expect(all.map(\.result) == [.released(wasTried: false), .released(wasTried: true)])
        #expect(queue.close().isEmpty)
    }
}

@Suite struct WakeSignalTests {
    @Test(.timeLimit(.minutes(1))) func `a signal before the wait is not lost, and counts once`() async {
        let wakeSignal = WakeSignal()
        wakeSignal.signal()
        wakeSignal.signal()
        await wakeSignal.wait(atMost: .seconds(3600))
        let start = ContinuousClock.now
        await wakeSignal.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test(.timeLimit(.minutes(1))) func `a signal and a cancellation both end a wait`() async {
        let wakeSignal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await wakeSignal.wait(atMost: .seconds(3600)) }
            group.addTask { wakeSignal.signal() }
            await group.waitForAll()
            group.addTask { await wakeSignal.wait(atMost: .seconds(3600)) }
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a thousand signals from another task are heard without hanging`() async {
        let wakeSignal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<1000 { await wakeSignal.wait(atMost: .milliseconds(1)) }
            }
            group.addTask {
                for _ in 0..<1000 {
                    wakeSignal.signal()
                    await Task.yield()
                }
            }
        }
    }
}

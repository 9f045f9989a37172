import DequeModule
import Ledger
import Timekeeping

/// What one channel has in hand: leased deliveries that wait for a worker, those that are being sent, and results that
/// are not yet in the ledger. A plain value; its owner holds the lock. Bounded by `capacity`.
struct DeliveryQueue {
    /// Deliveries and results together that may be in hand.
    let capacity: Int
    /// Requests that may run at once.
    let workersMax: Int
    private(set) var ready: Deque<Delivery> = []
    private(set) var atWork: [Int64: Delivery] = [:]
    private(set) var results: [Settlement] = []
    private var workers = 0
    /// The platform asked for quiet until then.
    private(set) var heldUntil: Instant?

    init(capacity: Int, workersMax: Int) {
        self.capacity = max(capacity, 1)
        self.workersMax = max(workersMax, 1)
    }

    /// How many deliveries to lease. Nothing while more than half of the capacity is taken and some still wait here, so
    /// that leases come in few large steps. Results do not count: the same commit that leases takes them away.
    var room: Int {
        let free = capacity - ready.count - atWork.count
        return ready.isEmpty || free * 2 >= capacity ? max(free, 0) : 0
    }

    mutating func put(_ leased: [Delivery]) { ready.append(contentsOf: leased) }

    /// How many more workers are to start now; they are counted as started.
    mutating func startWorkers() -> Int {
        let more = max(min(workersMax - workers, ready.count), 0)
        workers += more
        return more
    }

    /// The next delivery for a worker; nil ends the worker.
    mutating func take() -> Delivery? {
        guard let delivery = ready.popFirst() else {
            workers -= 1
            return nil
        }
        atWork[delivery.id] = delivery
        return delivery
    }

    mutating func finish(_ settlement: Settlement, hold: Instant?) {
        atWork[settlement.id] = nil
        results.append(settlement)
        if let hold { heldUntil = max(hold, heldUntil ?? hold) }
    }

    /// The first `count` results are in the ledger. They stay in hand until then, since it may refuse.
    mutating func committed(_ count: Int) { results.removeFirst(min(count, results.count)) }

    /// The end of the pause that holds at a moment. A pause longer than any that is honoured belongs to a clock that
    /// was set back, and is over.
    mutating func hold(at now: Instant) -> Instant? {
        guard let until = heldUntil, until > now, until <= now + Ledger.delayMax else {
            heldUntil = nil
            return nil
        }
        return until
    }

    /// Everything in hand as settlements, at the end: what was not tried goes back untouched.
    mutating func close() -> [Settlement] {
        let all =
            results + ready.map { Settlement($0, .released(wasTried: false)) }
            + atWork.values.map { Settlement($0, .released(wasTried: true)) }
        ready = []
        atWork = [:]
        results = []
        return all
    }
}

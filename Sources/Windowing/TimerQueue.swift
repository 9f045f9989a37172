import HeapModule
package import Timekeeping

/// All timers of all windows, fired in the order of their deadlines.
///
/// Intuition: an elder's deadline moves with every movement, and nearly always to later. So arming writes one number;
/// the heap is told only of deadlines earlier than the entry it already holds. An entry that comes up too early is put
/// back at the true deadline. A timer is named by its owner (a window) and a key (dense, from 0).
///
/// Law: `pop` returns armed timers in the order (deadline, owner, key), each once an arming, whatever the order in
/// which they were armed. Cost: arming to later O(1); to earlier and firing O(log n). 16 B a timer, and at most one
/// heap entry of 16 B for each timer plus as many stale ones again (the heap is rebuilt when there are more).
package struct TimerQueue: Sendable {
    /// The name of a timer: whose it is, and for which key.
    package struct Timer: Hashable, Sendable {
        package var owner: Int32
        package var key: Int32

        package init(owner: Int32, key: Int32) {
            self.owner = owner
            self.key = key
        }
    }

    struct Entry: Comparable, Sendable {
        var at: Int64
        var owner: Int32
        var key: Int32

        static func < (a: Entry, b: Entry) -> Bool {
            if a.at != b.at { return a.at < b.at }
            if a.owner != b.owner { return a.owner < b.owner }
            return a.key < b.key
        }
    }

    static let none = Int64.max

    /// By owner and key: when the timer is due; and the heap entry that stands for it, which is never later.
    var deadlines: [Paged<Int64>] = []
    var scheduled: [Paged<Int64>] = []
    var heap = Heap<Entry>()
    private var armed = 0

    package init() {}

    /// Makes room for a window with `keys` timers; more are made when they are armed.
    package mutating func addOwner(keys: Int) -> Int32 {
        deadlines.append(Paged(repeating: TimerQueue.none, count: keys))
        scheduled.append(Paged(repeating: TimerQueue.none, count: keys))
        return Int32(deadlines.count - 1)
    }

    /// Sets when a timer is due, in place of an earlier setting.
    package mutating func arm(_ timer: Timer, at instant: Instant) {
        let owner = Int(timer.owner)
        let key = Int(timer.key)
        let at = instant.milliseconds
        if key >= deadlines[owner].count { grow(owner, to: key + 1) }
        if deadlines[owner][key] == TimerQueue.none { armed += 1 }
        deadlines[owner][key] = at
        if at < scheduled[owner][key] {
            scheduled[owner][key] = at
            heap.insert(Entry(at: at, owner: timer.owner, key: timer.key))
            if heap.count > 2 * armed + 1024 { rebuild() }
        }
    }

    /// Makes sure that a timer does not fire. O(1); one that is not armed is left as it is.
    package mutating func disarm(_ timer: Timer) {
        let owner = Int(timer.owner)
        let key = Int(timer.key)
        guard key < deadlines[owner].count, deadlines[owner][key] != TimerQueue.none else { return }
        deadlines[owner][key] = TimerQueue.none
        armed -= 1
    }

    /// When a timer is due; nil where it is not armed.
    package func deadline(of timer: Timer) -> Instant? {
        let owner = Int(timer.owner)
        let key = Int(timer.key)
        guard key < deadlines[owner].count, deadlines[owner][key] != TimerQueue.none else { return nil }
        return Instant(milliseconds: deadlines[owner][key])
    }

    /// The earliest deadline of all. Amortised O(log n).
    package mutating func earliest() -> Instant? {
        settle()
        return heap.min.map { Instant(milliseconds: $0.at) }
    }

    /// Takes the first timer that is due at or before an instant; it is then not armed.
    package mutating func pop(upTo instant: Instant) -> (timer: Timer, deadline: Instant)? {
        // The common case, nothing due, costs one comparison: no entry is later than its timer's deadline.
        guard let first = heap.min, first.at <= instant.milliseconds else { return nil }
        settle()
        guard let due = heap.min, due.at <= instant.milliseconds else { return nil }
        heap.removeMin()
        deadlines[Int(due.owner)][Int(due.key)] = TimerQueue.none
        scheduled[Int(due.owner)][Int(due.key)] = TimerQueue.none
        armed -= 1
        return (Timer(owner: due.owner, key: due.key), Instant(milliseconds: due.at))
    }

    /// Brings an entry to the top that stands at its timer's true deadline.
    private mutating func settle() {
        while let top = heap.min {
            let owner = Int(top.owner)
            let key = Int(top.key)
            guard scheduled[owner][key] == top.at else {
                heap.removeMin()  // A later arming was to earlier: another entry stands for it.
                continue
            }
            let due = deadlines[owner][key]
            if due == top.at { return }
            heap.removeMin()
            scheduled[owner][key] = due
            if due != TimerQueue.none { heap.insert(Entry(at: due, owner: top.owner, key: top.key)) }
        }
    }

    private mutating func grow(_ owner: Int, to count: Int) {
        let larger = max(count, deadlines[owner].count * 2)
        let more = larger - deadlines[owner].count
        deadlines[owner].append(more, of: TimerQueue.none)
        scheduled[owner].append(more, of: TimerQueue.none)
    }

    /// Leaves the entries that stand for an armed timer: those of disarmed ones would make each arming rebuild again.
    private mutating func rebuild() {
        var live: [Entry] = []
        for entry in heap.unordered where scheduled[Int(entry.owner)][Int(entry.key)] == entry.at {
            if deadlines[Int(entry.owner)][Int(entry.key)] == TimerQueue.none {
                scheduled[Int(entry.owner)][Int(entry.key)] = TimerQueue.none
            } else {
                live.append(entry)
            }
        }
        heap = Heap(live)
    }
}

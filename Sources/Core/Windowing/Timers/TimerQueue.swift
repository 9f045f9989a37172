import HeapModule
package import Timekeeping

/// All timers of all windows, fired in the order of their deadlines.
///
/// Intuition: an elder's deadline moves with every movement, and nearly always to later. So arming writes one number:
/// what holds the timer needs only never to be later than the deadline. That is a hierarchical wheel (Varghese and
/// Lauck 1987): buckets of 65 s, and of 256, 256² and 256³ times that, each a list through the timers themselves. A
/// bucket is opened when its time comes, and each of its timers goes where its true deadline says: into a bucket that
/// is finer or later, or into the heap, which orders those of the opened buckets to the millisecond. A timer is named
/// by its owner (a window) and a key (dense, from 0).
///
/// Law: `pop` returns armed timers in the order (deadline, owner, key), each once an arming, whatever the order in
/// which they were armed. Cost: arming O(1), or O(log k) for one of the k timers that are due before the buckets not
/// opened yet; firing O(log k). 20 B a timer, 16 B more for those k, 4 KiB an owner.
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

    /// By owner and key: when the timer is due.
    private(set) var deadlines: [Paged<Int64>] = []
    /// By owner: where each timer is held. A timer that is not armed may still be.
    private var wheels: [TimerWheel] = []
    /// Which buckets may hold a timer of any owner.
    private var occupied = TimerWheel.Occupied()
    /// The first tick whose bucket was not opened: what is due before is in the heap, all else in the wheels.
    private var opened: Int64 = 0
    private var heap = Heap<Entry>()
    /// The heap is let grow so far; see ``relieve()``.
    private var heapMax = TimerQueue.heapMaxLeast
    private static let heapMaxLeast = 4096
    private var armed = 0

    package init() {}

    /// Makes room for a window with `keys` timers; more are made when they are armed.
    package mutating func addOwner(keys: Int) -> Int32 {
        deadlines.append(Paged(repeating: TimerQueue.none, count: keys))
        wheels.append(TimerWheel(keys: keys))
        return Int32(deadlines.count - 1)
    }

    /// How many owners there are.
    package var ownerCount: Int { deadlines.count }

    /// Sets when a timer is due, in place of an earlier setting.
    package mutating func arm(_ timer: Timer, at instant: Instant) {
        let owner = Int(timer.owner)
        let key = Int(timer.key)
        let at = instant.milliseconds
        if key >= deadlines[owner].count { grow(owner, to: key + 1) }
        let before = deadlines[owner][key]
        deadlines[owner][key] = at
        if before == TimerQueue.none {
            armed += 1
        } else if at >= before {
            return
        }
        let place = wheels[owner].place(of: key)
        if place == TimerWheel.nowhere || place == TimerWheel.inHeap {
            hold(owner, key, until: at)
        } else if at >> TimerWheel.tickBits < TimerWheel.start(of: place, opened: opened) {
            wheels[owner].remove(key)
            hold(owner, key, until: at)
        }
        if heap.count > heapMax { relieve() }
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

    /// The earliest deadline of all. O(1) where it has not changed; amortised O(log k).
    package mutating func earliest() -> Instant? {
        if armed == 0 { return nil }
        settle()
        while heap.isEmpty, openNext(upTo: Int64.max) { settle() }
        return heap.min.map { Instant(milliseconds: $0.at) }
    }

    /// Whether a timer is due at or before an instant. Asked for each record: the common case, none, is O(1).
    package mutating func isDue(at instant: Instant) -> Bool {
        if armed == 0 { return false }
        let tick = instant.milliseconds >> TimerWheel.tickBits
        if tick >= opened {
            while openNext(upTo: tick) {}
            opened = max(opened, tick + 1)
        }
        // No entry is later than its timer's deadline.
        guard let first = heap.min, first.at <= instant.milliseconds else { return false }
        settle()
        guard let due = heap.min else { return false }
        return due.at <= instant.milliseconds
    }

    /// Takes the first timer that is due at or before an instant; it is then not armed.
    package mutating func pop(upTo instant: Instant) -> (timer: Timer, deadline: Instant)? {
        guard isDue(at: instant), let due = heap.min else { return nil }
        heap.removeMin()
        deadlines[Int(due.owner)][Int(due.key)] = TimerQueue.none
        wheels[Int(due.owner)].set(Int(due.key), TimerWheel.nowhere)
        armed -= 1
        return (Timer(owner: due.owner, key: due.key), Instant(milliseconds: due.at))
    }

    /// Moves every deadline, as if the clock had always shown that much more. O(timers).
    package mutating func shift(by length: Milliseconds) {
        for owner in deadlines.indices {
            for key in deadlines[owner].indices where deadlines[owner][key] != TimerQueue.none {
                let moved = Instant(milliseconds: deadlines[owner][key]).shifted(by: length).milliseconds
                deadlines[owner][key] = moved
            }
        }
        let start = Instant(milliseconds: opened << TimerWheel.tickBits)
        holdAll(from: start.shifted(by: length).milliseconds >> TimerWheel.tickBits)
    }

    /// Puts a timer that nothing holds where its deadline says, and an entry of the heap beside what the heap holds.
    private mutating func hold(_ owner: Int, _ key: Int, until at: Int64) {
        let tick = at >> TimerWheel.tickBits
        if tick < opened {
            heap.insert(Entry(at: at, owner: Int32(owner), key: Int32(key)))
            wheels[owner].set(key, TimerWheel.inHeap)
        } else {
            let place = TimerWheel.place(for: tick, opened: opened)
            wheels[owner].insert(key, at: place)
            occupied.insert(place)
        }
    }

    /// Brings an entry to the top of the heap that stands at its timer's true deadline, or empties it.
    private mutating func settle() {
        while let top = heap.min {
            let owner = Int(top.owner)
            let key = Int(top.key)
            let due = deadlines[owner][key]
            if due == top.at { return }
            heap.removeMin()
            // Where the timer is due earlier, or in a bucket, something else holds it.
            guard wheels[owner].place(of: key) == TimerWheel.inHeap, due > top.at else { continue }
            if due == TimerQueue.none {
                wheels[owner].set(key, TimerWheel.nowhere)
            } else {
                hold(owner, key, until: due)
            }
        }
    }

    /// Opens the earliest bucket, if it begins no later than a tick.
    private mutating func openNext(upTo tick: Int64) -> Bool {
        guard let (place, start) = occupied.first(opened: opened), start <= tick else { return false }
        occupied.remove(place)
        // The timers of a coarse bucket go to finer ones, counted from its start; those of the finest to the heap.
        opened = max(opened, place < TimerWheel.slots ? start + 1 : start)
        for owner in wheels.indices {
            var next = wheels[owner].take(place)
            while next >= 0 {
                let key = Int(next)
                next = wheels[owner].next(after: key)
                let due = deadlines[owner][key]
                if due == TimerQueue.none {
                    wheels[owner].set(key, TimerWheel.nowhere)
                } else {
                    hold(owner, key, until: due)
                }
            }
        }
        return true
    }

    private mutating func grow(_ owner: Int, to count: Int) {
        let larger = max(count, deadlines[owner].count * 2)
        let more = larger - deadlines[owner].count
        deadlines[owner].append(more, of: TimerQueue.none)
        wheels[owner].grow(more)
    }

    /// The heap has grown: by entries that stand for nothing, or since ``earliest()`` opened a bucket far ahead when
    /// there was little to do. All is put in its place again: O(timers), so not before a sixteenth of them was armed.
    private mutating func relieve() {
        let timers = deadlines.reduce(0) { $0 + $1.count }
        var live = 0
        var earliest = TimerQueue.none
        if heap.count > timers / 16 {
            for entry in heap.unordered where deadlines[Int(entry.owner)][Int(entry.key)] == entry.at {
                live += 1
                earliest = min(earliest, entry.at)
            }
            holdAll(from: live > 0 ? earliest >> TimerWheel.tickBits : opened)
        }
        heapMax = max(TimerQueue.heapMaxLeast, 2 * live, timers / 16)
    }

    private mutating func holdAll(from tick: Int64) {
        opened = tick
        heap = Heap()
        occupied = TimerWheel.Occupied()
        for owner in deadlines.indices {
            wheels[owner] = TimerWheel(keys: deadlines[owner].count)
            for key in deadlines[owner].indices where deadlines[owner][key] != TimerQueue.none {
                hold(owner, key, until: deadlines[owner][key])
            }
        }
    }
}

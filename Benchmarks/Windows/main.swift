import CMallocCount
import Timekeeping
import Windowing

// The state of so many people, each with a 72 h absence, its timer, and two sliding counts: bytes a person as growth of
// resident memory, and nanoseconds of processor time a record where each record is of a random person, the median of
// five runs with the least and the most. CMallocCount counts the calls of malloc and its kin.
//
//   Windows [PEOPLE…]      10,000 100,000 1,000,000 10,000,000 unless told otherwise

/// SplitMix64.
struct Random {
    var state: UInt64 = 20_260_305

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}

struct People {
    var absence = Absence(plans: [[.hours(72)]])
    var timers = TimerQueue()
    var corroboration: SlidingCount
    var denials: SlidingCount
    let owner: Int32
    var fired = 0

    init(_ count: Int, from start: Instant) {
        corroboration = SlidingCount(length: .minutes(15), atLeast: 3, keys: count)
        denials = SlidingCount(length: .days(7), atLeast: 3, keys: count)
        owner = timers.addOwner(keys: count)
        var random = Random()
        for person in 0..<count {
            _ = absence.addKey(from: start, plan: 0)
            // As after 72 h and more: at any time as many timers come as at any other, and are put off.
            let due = start + Milliseconds(Int64(random.next(below: 72 * 3_600_000)))
            timers.arm(.init(owner: owner, key: Int32(person)), at: due)
        }
    }

    /// Of a person whose record comes soon, as the pipeline does.
    @inline(__always) func prefetch(_ person: Int) {
        corroboration.prefetch(person)
        denials.prefetch(person)
        absence.prefetch(person)
    }

    /// What a rule does with a record, and what the pipeline does before it.
    @inline(never) mutating func step(_ person: Int, at now: Instant) {
        while let due = timers.pop(upTo: now) {
            let key = Int(due.timer.key)
            if let deadline = absence.deadline(key), deadline > due.deadline {
                // Somebody moved since the timer was set.
                timers.arm(due.timer, at: deadline)
            } else {
                _ = absence.expire(key, at: due.deadline)
                fired += 1
            }
        }
        _ = corroboration.add(person, at: now)
        _ = denials.add(person, at: now)
        _ = absence.evidence(person, at: now, now: now)
    }
}

/// So many records ahead their people are asked for. The pipeline asks for 4 ahead, of which each takes five times as
/// long as one here.
let ahead = 16
let asked = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let sizes = asked.isEmpty ? [10_000, 100_000, 1_000_000, 10_000_000] : asked
let baseline = resident_bytes()
let start = Instant(seconds: 1_700_000_000)
var known: (people: Int, bytes: Int)?
for count in sizes {
    var random = Random()
    var people = People(count, from: start)
    // A person is heard of every 4 h or so: nobody is silent for 72 h.
    let gap = Double(4 * 3_600_000) / Double(count)
    var records = 0
    var now = start
    var coming = [Int](repeating: 0, count: ahead)
    func run(_ more: Int) {
        for _ in 0..<more {
            let place = records & (ahead - 1)
            let person = coming[place]
            coming[place] = random.next(below: count)
            people.prefetch(coming[place])
            records += 1
            now = start + Milliseconds(Int64(Double(records) * gap))
            people.step(person, at: now)
        }
    }
    run(max(2_000_000, 3 * count))
    let bytes = resident_bytes() - baseline
    var times: [Double] = []
    times.reserveCapacity(5)
    let firedBefore = people.fired
    let calls = malloc_count()
    for _ in 0..<5 {
        let began = processor_nanoseconds()
        run(1_000_000)
        times.append(Double(processor_nanoseconds() - began) / 1_000_000)
    }
    let allocations = malloc_count() - calls
    let copyBegan = processor_nanoseconds()
    let copy = people
    people.step(0, at: now)
    let copied = processor_nanoseconds() - copyBegan
    let growth = known.map { Double(bytes - $0.bytes) / Double(count - $0.people) }
    known = (count, bytes)
    times.sort()
    print(
        "\(count) people: \(times[2].rounded()) ns a record (\(times[0].rounded())–\(times[4].rounded())), "
            + "\(bytes / count) B a person, growth \(growth.map { "\($0.rounded()) B" } ?? "–"), "
            + "\(allocations) allocations in 5,000,000 records, \(people.fired - firedBefore) fired; "
            + "a copy and a change in it \(copied / 1000) µs of \(copy.absence.keys.count)")
}

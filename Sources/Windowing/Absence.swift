package import Timekeeping

/// No evidence of a key for a length of time, in stages, with evidence that may come late.
///
/// Intuition: a key has one start, the latest evidence (or what stands for it: enrolment, the end of an absence), and
/// each stage is due at start + its length. Late evidence is of two kinds. Young one (younger than the first stage at
/// its arrival, and after the deadline or less than an hour old) says that there is life now: the episode ends. Old one
/// only moves the start, and with it the next stage; it neither ends the episode nor begins another, so a hub that
/// hands in two weeks of history makes no flapping and gives no false comfort. The first stage, not the one reached: an
/// end by evidence as old as the first stage would begin the next episode in the same moment.
///
/// Law: the start never moves back. An episode begins at a deadline and at no other time; between two beginnings of a
/// key lies an end. The window holds no timer of its own: its owner arms ``deadline(_:)`` after each call.
/// Cost: 56 B a key, O(1) a call.
package struct Absence: Sendable {
    /// Evidence under this age at arrival is "now", also where it lies before the deadline (docs/rules.md: 1 h).
    package static let freshAge = Milliseconds.hours(1)

    /// What is kept of one key.
    package struct Key: Equatable, Sendable {
        /// What the next stage is counted from.
        package var start: Instant
        /// The last evidence itself; the distant past where there was none.
        package var evidence: Instant
        /// Of the episode that is open: its start, frozen.
        package var started: Instant
        /// Of the episode that is open: when its first stage was due.
        package var began: Instant
        /// When the stage that was reached last was due.
        package var reachedAt: Instant
        /// Stages reached; 0 where no episode is open.
        package var reached: Int32
        /// Which of `plans` holds for this key.
        package var plan: Int32
    }

    /// What evidence did.
    package enum Outcome: Equatable, Sendable {
        /// Not later than the evidence that is known: nothing changed.
        case stale
        /// No episode was open; the start moved.
        case renewed
        /// The open episode ended.
        /// How many stages it had reached.
        case ended(reached: Int)
        /// The episode goes on; the start moved.
        case moved
    }

    /// The stages' lengths, ascending; several plans, since a key may have its own limit.
    package private(set) var plans: [[Milliseconds]]
    package internal(set) var keys = Paged<Key>()

    package init(plans: [[Milliseconds]]) {
        precondition(plans.allSatisfy { !$0.isEmpty && $0 == $0.sorted() }, "stages ascend, and there is one at least")
        self.plans = plans
    }

    /// Adds a key that is counted from `start`; returns its number.
    package mutating func addKey(from start: Instant, plan: Int) -> Int {
        keys.append(
            Key(
                start: start, evidence: .distantPast, started: start, began: .distantPast, reachedAt: .distantPast,
                reached: 0, plan: Int32(plan)))
        return keys.count - 1
    }

    /// When the next stage of a key is due; nil where all were reached.
    package func deadline(_ key: Int) -> Instant? {
        let stages = plans[Int(keys[key].plan)]
        let next = Int(keys[key].reached)
        return next < stages.count ? keys[key].start + stages[next] : nil
    }

    /// Takes evidence of time `t` that arrived at `now`.
    package mutating func evidence(_ key: Int, at t: Instant, now: Instant) -> Outcome {
        guard t > keys[key].evidence else { return .stale }
        let isLater = t > keys[key].start
        keys[key].evidence = t
        guard keys[key].reached > 0 else {
            if isLater { keys[key].start = t }
            return isLater ? .renewed : .stale
        }
        guard isLater else { return .stale }
        let age = now - t
        let tellsOfNow = age < plans[Int(keys[key].plan)][0] && (t > keys[key].reachedAt || age < Absence.freshAge)
        keys[key].start = t
        guard tellsOfNow else { return .moved }
        defer { keys[key].reached = 0 }
        return .ended(reached: Int(keys[key].reached))
    }

    /// Moves the start for another reason than evidence (the end of an absence that was told); never back.
    package mutating func postpone(_ key: Int, until instant: Instant) {
        if instant > keys[key].start, keys[key].reached == 0 { keys[key].start = instant }
    }

    /// Reaches the next stage, whose deadline has come.
    /// - Returns: how many stages are reached now; 1 means that an episode began.
    package mutating func expire(_ key: Int, at deadline: Instant) -> Int {
        if keys[key].reached == 0 {
            keys[key].started = keys[key].start
            keys[key].began = deadline
        }
        keys[key].reachedAt = deadline
        keys[key].reached += 1
        return Int(keys[key].reached)
    }
}

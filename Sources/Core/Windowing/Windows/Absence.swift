package import StateCoding
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
/// Cost: 16 B a key, some 50 B more for one with an open episode or whose start is not its last evidence; O(1) a call.
package struct Absence: Sendable {
    /// Evidence under this age at arrival is "now", also where it lies before the deadline (docs/rules.md: 1 h).
    package static let freshAge = Milliseconds.hours(1)

    /// What is known of one key.
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

    /// The keys as they are read. Of an episode that has ended, what it was is told until the next one ends.
    package struct Keys: Sendable {
        fileprivate let stored: Paged<Stored>
        fileprivate let aside: Aside

        package var count: Int { stored.count }
        package var indices: Range<Int> { stored.indices }

        package subscript(key: Int) -> Key {
            let dense = stored[key]
            var known = Key(
                start: dense.start, evidence: dense.start, started: dense.start, began: .distantPast,
                reachedAt: .distantPast, reached: Int32(dense.reached), plan: dense.plan)
            switch dense.evidence {
            case .isStart: break
            case .never: known.evidence = .distantPast
            case .isAside: known.evidence = aside.evidence[Int32(key)] ?? .distantPast
            }
            let isLast = dense.reached == 0 && aside.lastKey == key
            if let episode = isLast ? aside.last : dense.reached > 0 ? aside.episodes[Int32(key)] : nil {
                known.started = episode.started
                known.began = episode.began
                known.reachedAt = episode.reachedAt
            }
            return known
        }
    }

    /// What nearly every key needs no more of.
    fileprivate struct Stored: Sendable {
        enum Evidence: UInt8 { case never, isStart, isAside }

        var start: Instant
        var plan: Int32
        var reached: Int16 = 0
        var evidence = Evidence.never
    }

    fileprivate struct Episode: Sendable {
        var started: Instant
        var began: Instant
        var reachedAt: Instant
    }

    /// What few keys have.
    fileprivate struct Aside: Sendable {
        var episodes: [Int32: Episode] = [:]
        var evidence: [Int32: Instant] = [:]
        var last = Episode(started: .distantPast, began: .distantPast, reachedAt: .distantPast)
        var lastKey = -1
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
    private var stored = Paged<Stored>()
    private var aside = Aside()

    /// O(1), and O(1) each key that is read.
    package var keys: Keys { Keys(stored: stored, aside: aside) }

    package init(plans: [[Milliseconds]]) {
        precondition(
            plans.allSatisfy { (1...1000).contains($0.count) && $0 == $0.sorted() }, "1…1000 stages, and they ascend")
        self.plans = plans
    }

    /// Adds a key that is counted from `start`; returns its number.
    package mutating func addKey(from start: Instant, plan: Int) -> Int {
        stored.append(Stored(start: start, plan: Int32(plan)))
        return stored.count - 1
    }

    /// Asks for the memory of a key that evidence will come of soon; see `Span.prefetch`.
    package func prefetch(_ key: Int) { stored.prefetch(key) }

    /// When the next stage of a key is due; nil where all were reached.
    package func deadline(_ key: Int) -> Instant? {
        let dense = stored[key]
        let stages = plans[Int(dense.plan)]
        let next = Int(dense.reached)
        return next < stages.count ? dense.start + stages[next] : nil
    }

    /// Takes evidence of time `t` that arrived at `now`.
    package mutating func evidence(_ key: Int, at t: Instant, now: Instant) -> Outcome {
        let before = stored[key]
        guard t > before.start else {
            if t > keys[key].evidence { setEvidence(key, t) }
            return .stale
        }
        if before.evidence == .isAside { aside.evidence[Int32(key)] = nil }
        var after = before
        after.start = t
        after.evidence = .isStart
        stored[key] = after
        guard before.reached > 0 else { return .renewed }
        let episode = aside.episodes[Int32(key)]
        let age = now - t
        let isYoung = age < plans[Int(before.plan)][0]
        guard isYoung, age < Absence.freshAge || t > episode?.reachedAt ?? .distantPast else { return .moved }
        if let episode { (aside.last, aside.lastKey) = (episode, key) }
        unfire(key)
        return .ended(reached: Int(before.reached))
    }

    /// Moves the start for another reason than evidence (the end of an absence that was told); never back.
    package mutating func postpone(_ key: Int, until instant: Instant) {
        guard instant > stored[key].start, stored[key].reached == 0 else { return }
        let evidence = keys[key].evidence
        stored[key].start = instant
        setEvidence(key, evidence)
    }

    /// Reaches the next stage, whose deadline has come.
    /// - Returns: how many stages are reached now; 1 means that an episode began.
    package mutating func expire(_ key: Int, at deadline: Instant) -> Int {
        let reached = stored[key].reached + 1
        stored[key].reached = reached
        if reached == 1 {
            aside.episodes[Int32(key)] = Episode(started: stored[key].start, began: deadline, reachedAt: deadline)
        } else {
            aside.episodes[Int32(key)]?.reachedAt = deadline
        }
        return Int(reached)
    }

    /// Takes an open episode back as if its first deadline had not come yet; it is then overdue, and comes once.
    package mutating func unfire(_ key: Int) {
        if stored[key].reached > 0 { aside.episodes[Int32(key)] = nil }
        stored[key].reached = 0
    }

    /// Keeps the last evidence of a key where it takes least room; its start is set.
    private mutating func setEvidence(_ key: Int, _ t: Instant) {
        let place: Stored.Evidence = t == .distantPast ? .never : t == stored[key].start ? .isStart : .isAside
        if place == .isAside {
            aside.evidence[Int32(key)] = t
        } else if stored[key].evidence == .isAside {
            aside.evidence[Int32(key)] = nil
        }
        stored[key].evidence = place
    }
}

extension Absence {
    /// An open episode keeps the start and the beginning that were told. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in stored.indices { stored[key].start = stored[key].start.shifted(by: length) }
        for key in aside.evidence.keys { aside.evidence[key] = aside.evidence[key]?.shifted(by: length) }
        for key in aside.episodes.keys {
            guard let at = aside.episodes[key]?.reachedAt else { continue }
            aside.episodes[key]?.reachedAt = at.shifted(by: length)
        }
    }
}

// Windows are written and read key by key, because the numbers of keys may be others when they are read. Timers are not
// written: their owners arm them again.

extension Absence {
    /// Writes one key; what its plan says is the configuration's and stays out.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let key = keys[key]
        writer.instant(key.start)
        writer.instant(key.evidence)
        writer.integer(key.reached)
        guard key.reached > 0 else { return }
        writer.instant(key.started)
        writer.instant(key.began)
        writer.instant(key.reachedAt)
    }

    /// - Returns: a key without a plan; ``put(_:at:)`` gives it the one of its place.
    package static func read(from reader: inout StateReader) throws(StateError) -> Key {
        let start = try reader.instant()
        var key = Key(
            start: start, evidence: try reader.instant(), started: start, began: .distantPast, reachedAt: .distantPast,
            reached: try reader.integer32(), plan: 0)
        guard key.reached >= 0 else { throw reader.damaged("stages reached") }
        guard key.reached > 0 else { return key }
        key.started = try reader.instant()
        key.began = try reader.instant()
        key.reachedAt = try reader.instant()
        return key
    }

    /// Sets what is known of a key. Its plan stays, and what the other had reached is cut to the stages of this one.
    package mutating func put(_ other: Key, at key: Int) {
        unfire(key)
        stored[key].start = other.start
        setEvidence(key, other.evidence)
        guard other.reached > 0 else { return }
        stored[key].reached = Int16(clamping: min(Int(other.reached), plans[Int(stored[key].plan)].count))
        aside.episodes[Int32(key)] = Episode(
            started: other.started, began: other.began, reachedAt: other.reachedAt)
    }
}

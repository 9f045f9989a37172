import Timekeeping

/// The time after a (re)connect in which the broker hands over its backlog (docs/architecture.md, "Time"): from the
/// session's record to the probe's return, at most 60 s. What comes in it counts at its own time, and absence timers
/// wait for its end; but they wait at most 60 s in any 10 minutes, so that a flapping line, or a box that crashes again
/// and again, cannot silence them.
struct Settling: Sendable {
    static let lengthMax = Milliseconds.seconds(60)
    static let budgetSpan = Milliseconds.minutes(10)

    /// The end at the latest.
    var until: Instant?
    /// Absence timers wait until then; nil where they do not, or no more.
    var holdsUntil: Instant?
    var began = Instant.distantPast
    /// When absence timers last ceased to wait: what they waited for is told as of then.
    var releasedAt = Instant.distantPast
    /// Stretches within the last ten minutes in which timers waited: when they began and how long they lasted.
    var spent: [(began: Instant, length: Milliseconds)] = []

    var isOn: Bool { until != nil }
    var holdsTimers: Bool { holdsUntil != nil }

    mutating func begin(at now: Instant) {
        end(at: now)
        spent.removeAll { now - $0.began >= Settling.budgetSpan }
        let used = spent.reduce(Milliseconds.zero) { $0 + $1.length }
        let left = Settling.lengthMax - used
        began = now
        until = now + Settling.lengthMax
        holdsUntil = left > .zero ? now + left : nil
    }

    mutating func end(at now: Instant) {
        releaseTimers(at: now)
        until = nil
    }

    /// Absence timers wait no longer.
    mutating func releaseTimers(at now: Instant) {
        guard let limit = holdsUntil else { return }
        // What lies behind the limit (the box was down) was not spent.
        spent.append((began, min(now, limit) - began))
        releasedAt = min(now, limit)
        holdsUntil = nil
    }
}

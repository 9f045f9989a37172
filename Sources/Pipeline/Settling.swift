import Timekeeping

/// The time after a (re)connect in which the broker hands over its backlog (docs/architecture.md, "Time"): from the
/// session's record to the probe's return, at most 60 s, and at most 60 s in any 10 minutes, so that a flapping line
/// cannot silence the absence timers.
struct Settling: Sendable {
    static let lengthMax = Milliseconds.seconds(60)
    static let budgetSpan = Milliseconds.minutes(10)

    private(set) var until: Instant?
    private var began = Instant.distantPast
    /// Stretches that lie within the last ten minutes: when they began and how long they lasted.
    private var spent: [(began: Instant, length: Milliseconds)] = []

    var isOn: Bool { until != nil }

    mutating func begin(at now: Instant) {
        end(at: now)
        spent.removeAll { now - $0.began >= Settling.budgetSpan }
        let used = spent.reduce(Milliseconds.zero) { $0 + $1.length }
        let left = Settling.lengthMax - used
        guard left > .zero else { return }
        began = now
        until = now + left
    }

    mutating func end(at now: Instant) {
        guard let limit = until else { return }
        // What lies behind the limit (the box was down) was not spent.
        spent.append((began, min(now, limit) - began))
        until = nil
    }
}

import Feeds
import Rules
import StateCoding
import Timekeeping
import Windowing

/// The time after a (re)connect in which the broker hands over its backlog (docs/architecture.md, "What the broker kept
/// comes in first"): from the session's record to the probe's return, at most 60 s. What comes in it counts at its own
/// time, and absence timers wait for its end; but they wait at most 60 s in any 10 minutes, so that a flapping line, or
/// a box that crashes again and again, cannot silence them.
struct BacklogPeriod: Sendable {
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
        spent.removeAll { now - $0.began >= BacklogPeriod.budgetSpan }
        let used = spent.reduce(Milliseconds.zero) { $0 + $1.length }
        let left = BacklogPeriod.lengthMax - used
        began = now
        until = now + BacklogPeriod.lengthMax
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

extension BacklogPeriod {
    func write(to writer: inout StateWriter) {
        writer.instant(ifAny: until)
        writer.instant(ifAny: holdsUntil)
        writer.instant(began)
        writer.array(spent) { writer, stretch in
            writer.instant(stretch.began)
            writer.word(stretch.length.count)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        until = try reader.instantIfAny()
        holdsUntil = try reader.instantIfAny()
        began = try reader.instant()
        spent = try reader.array(ofSize: 16) { (reader) throws(StateError) in
            let began = try reader.instant()
            let length = Milliseconds(try reader.signedWord())
            guard length >= .zero, length <= BacklogPeriod.lengthMax else {
                throw reader.damaged("a time spent settling")
            }
            return (began: began, length: length)
        }
    }

    mutating func shift(by length: Milliseconds) {
        until = until?.shifted(by: length)
        holdsUntil = holdsUntil?.shifted(by: length)
        began = began.shifted(by: length)
        releasedAt = releasedAt.shifted(by: length)
        for index in spent.indices { spent[index].began = spent[index].began.shifted(by: length) }
    }
}

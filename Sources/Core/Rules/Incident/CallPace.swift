import Community
import Feeds
import SiteConfiguration
import StateCoding
import Timekeeping
import Windowing

/// At which pace a device calls for help, and what became of its last call.
///
/// Intuition: nobody presses a button ten times at even gaps over ten minutes. A device that does is stuck in alarm: it
/// is told once, as an alert like any other, and what it goes on telling joins that alert.
///
/// Law: stuck from the tenth call of a run of gaps that differ by at most ``slack`` or ``share``, whichever is more,
/// once the run is ``lengthLeast`` long; until a gap that differs. An uneven call raises as ever. Cost: O(9) a call,
/// about 500 B a device that called.
struct CallPace: Sendable {
    /// A hub may call for many: each of their calls has a pace of its own.
    struct Key: Hashable, Comparable, Sendable {
        var device: Int32
        var key: Int32

        static func < (a: Key, b: Key) -> Bool { (a.device, a.key) < (b.device, b.key) }
    }

    /// Of so many alerts that it called is known whether they are open.
    static let episodesMax = 12
    private static let callsLeast = 10
    private static let lengthLeast = Milliseconds.minutes(10)
    private static let slack = Milliseconds.seconds(5)
    private static let share: Int64 = 10
    /// What it goes on telling is told to people once in so long, …
    static let toldEvery = Milliseconds.hours(1)
    /// … and when somebody has closed its alert, the next is raised no sooner after the last.
    static let raisedEvery = Milliseconds.hours(1)
    /// Of so many devices a pace is kept; the half that called longest ago goes first.
    static let devicesMax = 4096

    /// The last call.
    var last: Instant
    /// The last gaps of the run, at most nine, in ms.
    var gaps: [Int64] = []
    /// When the run began.
    var since: Instant
    /// The alerts that it called and nobody has closed, the newest last.
    var episodes: [IncidentRule.Episode] = []
    /// Calls of the newest.
    var count = 0
    /// When it raised an alert last, and when people were told of one.
    var raised = Instant.distantPast
    var told = Instant.distantPast

    init(at instant: Instant) {
        last = instant
        since = instant
    }

    var isStuck: Bool { gaps.count >= CallPace.callsLeast - 1 && last - since >= CallPace.lengthLeast }

    /// The mean of the last gaps.
    var pace: Milliseconds { Milliseconds(gaps.isEmpty ? 0 : gaps.reduce(0, +) / Int64(gaps.count)) }

    /// Takes in a call.
    mutating func call(at instant: Instant) {
        let gap = abs((instant - last).count)
        let all = gaps + [gap]
        let most = all.max() ?? gap
        let least = all.min() ?? gap
        if most - least <= max(CallPace.slack.count, most / CallPace.share) {
            gaps.append(gap)
            if gaps.count >= CallPace.callsLeast { gaps.removeFirst() }
        } else {
            gaps = [gap]
            since = last
        }
        last = max(last, instant)
    }
}

extension CallPace {
    func write(raisedBy name: String, _ context: RuleContext, to writer: inout StateWriter) {
        for instant in [last, since, raised, told] { writer.instant(instant) }
        writer.array(gaps) { $0.word($1) }
        writer.integer(count)
        writer.array(episodes) { $1.write(raisedBy: name, context, to: &$0) }
    }

    init(from reader: inout StateReader, _ numbers: inout Renumbering, name: String) throws(StateError) {
        self.init(at: try reader.instant())
        since = try reader.instant()
        raised = try reader.instant()
        told = try reader.instant()
        gaps = try reader.array(ofSize: 8) { (reader) throws(StateError) in try reader.naturalWord() }
        guard gaps.count < CallPace.callsLeast else { throw reader.damaged("the gaps of a device's calls") }
        count = try reader.natural()
        episodes = try reader.array(ofSize: 30) { (reader) throws(StateError) in
            try IncidentRule.Episode(from: &reader, &numbers, name: name, 2)
        }
        guard episodes.count <= CallPace.episodesMax else { throw reader.damaged("the alerts of a device") }
    }

    mutating func shift(by length: Milliseconds) {
        last = last.shifted(by: length)
        since = since.shifted(by: length)
        raised = raised.shifted(by: length)
        told = told.shifted(by: length)
        for index in episodes.indices { episodes[index].shift(by: length) }
    }
}

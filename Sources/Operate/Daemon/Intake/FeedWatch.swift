import Feeds
import FileIO
import RecordLog
import SiteConfiguration
import Vocabulary

/// Which feeds are silent: granted by the broker, and nothing comes, while others bring something. A topic that is
/// mistyped, a bridge that is down, or an ACL that hides messages without refusing the subscription look like this.
///
/// Silence is counted in steps, only while the broker is there, and kept in the store, so that a box that starts every
/// night tells of it too. Cost: while a feed has brought nothing in this step, a match of its filters a record; else
/// none. Times are milliseconds of CLOCK_BOOTTIME.
struct FeedWatch {
    static let step: Int64 = 600_000
    /// A feed is silent after so long.
    static let silentAfter: Int64 = 86_400_000
    /// The store is written each so many steps: flash must last.
    private static let keepEvery = 6

    struct Feed {
        var topic: String
        var filters: [TopicFilter]
        /// How long nothing has come, up to the last step.
        var silence: Int64 = 0
        /// Something has come in this step.
        var isHeard = false
        var isTold = false
    }

    /// Under this name a feed's silence is told; a refused filter's is the filter itself.
    static func silence(of topic: String) -> String { "silent " + topic }

    /// The names of every trouble that a feed of this configuration can have.
    static func troubles(_ settings: Settings) -> Set<String> {
        Set(Daemon.filters(settings) + settings.feeds.map { silence(of: $0.topic) })
    }

    /// What a step found out about a feed.
    enum News: Equatable {
        case silent(topic: String)
        /// In each step that brings something: that it was silent may have been told by a watch before this one.
        case heard(topic: String)
    }

    private(set) var feeds: [Feed]
    /// Whether a feed has brought nothing in this step.
    private(set) var isWaiting: Bool
    private(set) var due: Int64
    private var steps = 0
    private let path: String?

    init(settings: Settings, at now: Int64) {
        self.init(
            topics: settings.feeds.map { ($0.topic, FeedPlan.subscriptions(of: $0)) },
            path: settings.store.path + "/feeds", at: now)
    }

    /// - Parameters:
    ///   - topics: each feed's filter as people know it, and the filters that it is subscribed by.
    ///   - path: where the silence is kept; nil: nowhere.
    init(topics: [(topic: String, filters: [String])], path: String?, at now: Int64) {
        self.path = path
        let kept = FeedWatch.read(path)
        feeds = topics.map { topic, filters in
            let parsed = filters.compactMap { text -> TopicFilter? in
                // The configuration's check has refused what is no filter.
                do throws(TopicFilter.Problem) { return try TopicFilter(text) } catch { return nil }
            }
            return Feed(topic: topic, filters: parsed, silence: kept[topic] ?? 0)
        }
        isWaiting = !topics.isEmpty
        due = now + FeedWatch.step
    }

    /// A live record has come. Only to be asked while ``isWaiting``.
    @inline(never)
    mutating func heard(_ topic: UnsafeBufferPointer<UInt8>) {
        var isWaiting = false
        for index in feeds.indices where !feeds[index].isHeard {
            var isHeard = false
            for filter in feeds[index].filters where unsafe filter.matches(topic) { isHeard = true }
            if isHeard { feeds[index].isHeard = true } else { isWaiting = true }
        }
        self.isWaiting = isWaiting
    }

    /// - Parameter isConnected: whether the broker was there; a step in which it was not says nothing.
    /// - Returns: what has become silent in this step, and what has brought something.
    mutating func look(_ now: Int64, isConnected: Bool) -> [News] {
        guard now >= due else { return [] }
        due = now + FeedWatch.step
        var news: [News] = []
        for index in feeds.indices {
            if feeds[index].isHeard {
                feeds[index].silence = 0
                feeds[index].isTold = false
                news.append(.heard(topic: feeds[index].topic))
            } else if isConnected {
                feeds[index].silence += FeedWatch.step
            }
            feeds[index].isHeard = false
        }
        isWaiting = !feeds.isEmpty
        let isAnyAlive = feeds.contains { $0.silence < FeedWatch.silentAfter }
        for index in feeds.indices where isAnyAlive {
            guard feeds[index].silence >= FeedWatch.silentAfter, !feeds[index].isTold else { continue }
            feeds[index].isTold = true
            news.append(.silent(topic: feeds[index].topic))
        }
        steps += 1
        if steps.isMultiple(of: FeedWatch.keepEvery) { keep() }
        return news
    }

    /// Writes the silence down; where that fails, it is counted anew after the next start.
    func keep() {
        guard let path else { return }
        let lines = feeds.map { "\($0.silence) \($0.topic)" }.joined(separator: "\n")
        _ = FileWriting.replace(path, with: Array(lines.utf8))
    }

    private static func read(_ path: String?) -> [String: Int64] {
        guard let bytes = path.flatMap(FileReading.all) else { return [:] }
        var kept: [String: Int64] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let silence = Int64(parts[0]), silence >= 0 else { continue }
            kept[String(parts[1])] = silence
        }
        return kept
    }
}

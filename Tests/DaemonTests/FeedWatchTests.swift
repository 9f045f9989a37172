import Diagnostics
import Foundation
import SiteConfiguration
import Testing

@testable import Daemon
@testable import SiteLoading
import Vocabulary

@Suite struct FeedWatchTests {
    private static let topics = [
        (topic: "community/+/+/+", filters: ["community/+/+/+", "community/+/+/+/status"]),
        (topic: "nears/#", filters: ["nears/#"]),
    ]
    private static let stepsOfDay = Int(FeedWatch.silentAfter / FeedWatch.step)

    private static func hear(_ watch: inout FeedWatch, _ topic: String) {
        var topic = topic
        topic.withUTF8 { bytes in if watch.isWaiting { unsafe watch.heard(bytes) } }
    }

    /// Steps in which these topics bring something.
    private static func pass(
        _ watch: inout FeedWatch, _ steps: Int, from now: inout Int64, _ heard: [String], isConnected: Bool = true
    ) -> [FeedWatch.News] {
        var news: [FeedWatch.News] = []
        for _ in 0..<steps {
            for topic in heard { hear(&watch, topic) }
            now += FeedWatch.step
            news += watch.look(now, isConnected: isConnected)
        }
        if steps > 1 { news.removeAll { if case .heard = $0 { true } else { false } } }
        return news
    }

    @Test func `a feed that brings nothing for a day while another does is told by its filter, once, and its end`() {
        var now: Int64 = 0
        var watch = FeedWatch(topics: FeedWatchTests.topics, at: now)
        let live = ["community/hgs/elder/pir-1"]
        #expect(FeedWatchTests.pass(&watch, FeedWatchTests.stepsOfDay - 1, from: &now, live) == [])
        let alive = FeedWatch.News.heard(topic: "community/+/+/+")
        #expect(FeedWatchTests.pass(&watch, 1, from: &now, live) == [alive, .silent(topic: "nears/#")])
        #expect(FeedWatchTests.pass(&watch, FeedWatchTests.stepsOfDay * 2, from: &now, live) == [])
        #expect(FeedWatchTests.pass(&watch, 1, from: &now, live + ["nears/a"]) == [alive, .heard(topic: "nears/#")])
        #expect(FeedWatchTests.pass(&watch, 5, from: &now, live) == [])
    }

    @Test func `where nothing comes at all, no feed is told`() {
        var now: Int64 = 0
        var watch = FeedWatch(topics: FeedWatchTests.topics, at: now)
        #expect(FeedWatchTests.pass(&watch, FeedWatchTests.stepsOfDay * 3, from: &now, []) == [])
        // When the first comes back, the other is told.
        #expect(
            FeedWatchTests.pass(&watch, 1, from: &now, ["nears/a"])
                == [.heard(topic: "nears/#"), .silent(topic: "community/+/+/+")])
    }

    @Test func `one message a day is enough, a status as well, and time without the broker does not count`() {
        var now: Int64 = 0
        var watch = FeedWatch(topics: FeedWatchTests.topics, at: now)
        for _ in 0..<3 {
            #expect(FeedWatchTests.pass(&watch, 100, from: &now, ["nears/a"]) == [])
            #expect(
                FeedWatchTests.pass(&watch, 1, from: &now, ["community/hgs/elder/pir-1/status"])
                    == [.heard(topic: "community/+/+/+")])
        }
        #expect(FeedWatchTests.pass(&watch, 1000, from: &now, [], isConnected: false) == [])
        #expect(FeedWatchTests.pass(&watch, 100, from: &now, ["nears/a"]) == [])
    }

    @Test func `nothing is matched once each feed has brought something`() {
        var watch = FeedWatch(topics: FeedWatchTests.topics, at: 0)
        #expect(watch.isWaiting)
        FeedWatchTests.hear(&watch, "community/hgs/elder/pir-1")
        #expect(watch.isWaiting)
        FeedWatchTests.hear(&watch, "nears/x")
        #expect(!watch.isWaiting)
        _ = watch.look(FeedWatch.step, isConnected: true)
        #expect(watch.isWaiting)
    }

    @Test func `silence goes on counting after a start`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/feeds-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/feeds"
        let silences = FeedSilences(store: folder)
        var news: [FeedWatch.News] = []
        // A box that starts again every eight hours.
        for _ in 0..<3 {
            var now: Int64 = 0
            var watch = FeedWatch(topics: FeedWatchTests.topics, silences: silences.read(), at: now)
            news += FeedWatchTests.pass(
                &watch, FeedWatchTests.stepsOfDay / 3, from: &now, ["community/hgs/elder/pir-1"])
            silences.write(watch.feeds)
        }
        #expect(news == [.silent(topic: "nears/#")])
        // The next watch, of a reload say, knows nothing of what was told: what is heard ends it all the same.
        var next = FeedWatch(topics: FeedWatchTests.topics, silences: silences.read(), at: 0)
        #expect(next.feeds[1].silence == FeedWatch.silentAfter && !next.feeds[1].isTold)
        var later: Int64 = 0
        #expect(FeedWatchTests.pass(&next, 1, from: &later, ["nears/a"]) == [.heard(topic: "nears/#")])
        try Data("x\n-5 nears/#\n99999999999999999999 nears/#\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(
            FeedWatch(topics: FeedWatchTests.topics, silences: silences.read(), at: 0).feeds.map(\.silence) == [0, 0])
    }

    @Test func `what a feed was told of ends where the next configuration does not have it`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/feeds-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            site: {id: hgs, name: Site, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}, {topic: "nears/+/+/+", format: native}]
            store: {path: state}
            rules: {quiet: {kind: no_movement, after: 24h}}

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/shouwang.yaml"))
        var read = Settings.SourceFiles()
        let loaded = Settings.load(file: folder + "/shouwang.yaml", keeping: &read).0
        let settings = try #require(loaded)
        let faults = BoxFaults()
        let words = LocalizedText(zh: "无消息。", en: "silent.")
        let kept = ["community/+/+/+", "nears/+/+/+/status", "shouwang/hgs/probe", "silent nears/+/+/+"]
        for name in kept + ["communty/#", "silent communty/#"] { faults.raise(.feed, name: name, .medium, words) }
        faults.raise(.probe, .medium, words)
        Daemon.endFeedTroubles(faults, settings)
        #expect(Set(faults.standing.map(\.name)) == Set(kept + [""]))
        #expect(faults.stands(.probe) && faults.stands(.feed, name: "silent nears/+/+/+"))
    }
}

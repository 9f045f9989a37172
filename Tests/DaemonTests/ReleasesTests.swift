import MQTTIntake
import Testing
import Timekeeping

@testable import Daemon
@testable import Rules

@Suite struct ReleasesTests {
    private static let release = Actuation(topic: "lift/1/cmd", payload: "{\"hold\":false}", freshUntil: nil)

    @Test func `a release is published until the broker has it`() throws {
        var releases = PendingReleases()
        releases.add(ReleasesTests.release)
        let first = try #require(releases.due(at: 0).first)
        #expect(first.topic == "lift/1/cmd" && releases.due(at: 1).isEmpty, "one is under way")
        first.answers.add(first.topic, first.payload, .acknowledged)
        #expect(releases.due(at: 2).isEmpty && releases.isEmpty)
    }

    @Test func `a release that the broker refuses is tried again after a pause, and not twenty times a second`() throws
    {
        var releases = PendingReleases()
        releases.add(ReleasesTests.release)
        let first = try #require(releases.due(at: 0).first)
        first.answers.add(first.topic, first.payload, .refused("not authorised"))
        var tried: [Int64] = []
        for now in stride(from: 100, to: 12_000, by: 100) as StrideTo<Int64> {
            for due in releases.due(at: now) {
                tried.append(now)
                due.answers.add(due.topic, due.payload, .refused("not authorised"))
            }
        }
        #expect(tried == [5100, 10_200])
        #expect(!releases.isEmpty)
    }

    @Test func `a new release of the same machine waits for no pause`() throws {
        var releases = PendingReleases()
        releases.add(ReleasesTests.release)
        let first = try #require(releases.due(at: 0).first)
        first.answers.add(first.topic, first.payload, .refused("not authorised"))
        #expect(releases.due(at: 10).isEmpty)
        releases.add(ReleasesTests.release)
        #expect(releases.due(at: 20).count == 1)
    }

    @Test func `after a broken connection a release waits for nothing`() throws {
        var releases = PendingReleases()
        releases.add(ReleasesTests.release)
        let first = try #require(releases.due(at: 0).first)
        first.answers.add(first.topic, first.payload, .notConnected)
        #expect(releases.due(at: 1).count == 1)
    }
}

import Community
import Feeds
import SiteConfiguration
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

/// How the silences of a real home are to be read, against what the raw log itself says.
@Suite struct VerdictTests {
    private static let motion: [ObservationKind] = [.motion]

    @Test(
        .enabled(if: RealHomes.hasHome0104, "the data of home 0104 is not beside the repository"),
        arguments: [Int64(24), 12])
    func `in a real home no silence is taken for somebody who does not move`(_ hours: Int64) throws {
        // The oracle: the stretches in which nothing at all arrived, worked out from the arrivals alone.
        var arrivals: [Instant] = []
        let bench = try RealHomes.replay0104([CoverageBench.noMovement([hours], kinds: VerdictTests.motion)]) {
            arrivals.append($0)
        }
        let sorted = arrivals.sorted()
        let gaps = zip(sorted, sorted.dropFirst()).filter { $1 - $0 > .hours(3) }
        let raised = bench.output.findings.filter { $0.change == .raised }
        #expect(raised.count == (hours == 24 ? 4 : 9))
        for found in raised {
            let verdict = try #require(found.verdict)
            #expect([.boxBlind, .sensorDead].contains(verdict))
            guard case .absence(_, let after, let cover?) = found.detail else {
                Issue.record("the alert has no cover")
                continue
            }
            let end = found.started + after
            let quiet = gaps.reduce(Milliseconds.zero) { sum, gap in
                sum + max(.zero, min(gap.1, end) - max(gap.0, found.started))
            }
            let share = 1 - Double(quiet.count) / Double(after.count)
            // A report every hour: the last before the hub died may be an hour old.
            #expect(cover.watched <= share + 0.001 && cover.watched >= share - 1.01 / Double(hours))
            // What nobody vouches for is neither: here what lies between a heartbeat and two and a half.
            let sum = cover.blind + cover.watched + cover.dead
            #expect(sum <= 1 + 1e-9 && sum > 1 - 2.5 / Double(hours))
        }
    }
}

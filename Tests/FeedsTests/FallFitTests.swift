import Simulation
import TestSupport
import Testing

@testable import Feeds

/// Which paths fall (docs/rules.md, `thrown_object`).
@Suite struct FallFitTests {
    private static let gravity = 9.81

    /// A fall without drag from a height, at 25 frames a second.
    private static func fall(_ drop: Double, gravity: Double = gravity, startSpeed: Double = 0) -> FallFit? {
        path { drop - startSpeed * $0 - gravity / 2 * $0 * $0 }
    }

    /// What stands at the heights that a law tells, until it comes to the ground or for eight seconds.
    private static func path(_ height: (Double) -> Double) -> FallFit? {
        var times: ContiguousArray<Double> = []
        var heights: ContiguousArray<Double> = []
        for frame in 0..<200 {
            let seconds = Double(frame) * 0.04
            guard height(seconds) >= 0 else { break }
            times.append(1000 * seconds)
            heights.append(height(seconds))
        }
        return FallFit(milliseconds: times, heights: heights)
    }

    /// Of what composes 10,000 others: a fifth of each kind, with balls in the place of some.
    @Test func `of 10,000 falls 95 in 100 are known, and of 10,000 others one in 100 is taken for one`() {
        let shares: [(FallTracks.Kind, Int)] = [
            (.fall, 10_000), (.bird, 2000), (.leaf, 2000), (.rain, 2000), (.laundry, 1750), (.insect, 1750),
            (.ball, 500),
        ]
        var random = SeededRandom(for: "FallFitTests")
        var known = 0
        var mistaken = 0
        let seeds = (0..<3).map { _ in random.next() }
        for seed in seeds {
            var tracks = FallTracks(seed: seed)
            var matrix = ""
            for (kind, count) in shares {
                let taken = (0..<count).count { _ in
                    let track = tracks.track(kind)
                    return FallFit(milliseconds: track.milliseconds, heights: track.heights)?.falls ?? false
                }
                if kind == .fall { known += taken } else { mistaken += taken }
                matrix += " \(kind) \(taken) of \(count),"
            }
            print("Taken for falls, seed \(seed):\(matrix)")
        }
        #expect(known >= seeds.count * 9500, "seed \(random.seed)")
        #expect(mistaken <= seeds.count * 100, "seed \(random.seed)")
    }

    @Test func `a stone is told with gravity, its drop and its time`() throws {
        let fit = try #require(FallFitTests.fall(45))
        #expect(fit.falls)
        #expect(abs(Double(fit.acceleration) - FallFitTests.gravity) < 0.01)
        #expect(fit.descending == 1)
        #expect(abs(fit.duration - 3) < 0.05)
        #expect(abs(fit.drop - 44.2) < 1)
        #expect(fit.points == 76)
    }

    @Test(
        arguments: [(0.3, false), (0.7, false), (0.92, true), (1, true), (1.08, true), (1.4, false), (2.5, false)]
            as [(Double, Bool)])
    func `without drag only gravity is a fall, as far as a camera's scale may be off`(_ share: Double, _ falls: Bool) {
        // A drag explains less than gravity only where there is speed; from rest over two storeys there is little.
        #expect(FallFitTests.fall(20, gravity: share * FallFitTests.gravity)?.falls == falls)
    }

    @Test func `what is thrown up a little falls, what leaps from the ground does not`() {
        #expect(FallFitTests.fall(30, startSpeed: -3)?.falls == true)
        #expect(FallFitTests.fall(0, startSpeed: -9)?.falls == false)
    }

    @Test(arguments: [4.0, 9, 16, 40])
    func `what keeps its speed is rain, however fast it shows`(_ speed: Double) {
        #expect(FallFitTests.path { 60 - speed * $0 }?.falls == false)
    }

    @Test func `a path under one storey tells nothing`() {
        #expect(FallFitTests.fall(2.8)?.falls == false)
        #expect(FallFitTests.fall(3.6)?.falls == true)
    }

    @Test func `what lies on the ground after its fall has fallen`() {
        #expect(FallFitTests.path { max(0, 30 - FallFitTests.gravity / 2 * $0 * $0) }?.falls == true)
    }

    @Test func `too few points, no order and no numbers are no path`() {
        func fit(_ times: ContiguousArray<Double>, _ heights: ContiguousArray<Double>) -> FallFit? {
            FallFit(milliseconds: times, heights: heights)
        }
        #expect(fit([], []) == nil)
        #expect(fit([0, 40, 80], [9, 8, 7]) == nil)
        #expect(fit([0, 40, 80, 120], [9, 8, 7]) == nil)
        #expect(fit([0, 40, 80, 120], [9, 8, 7, 6]) != nil)
        #expect(fit([0, 0, 0, 0], [9, 8, 7, 6]) == nil)
        #expect(fit([160, 120, 80, 40, 0], [9, 8, 7, 6, 5]) == nil)
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(fit([0, 40, bad, 120], [9, 8, 7, 6]) == nil)
            #expect(fit([0, 40, 80, 120], [9, 8, 7, bad]) == nil)
        }
    }

    @Test func `one frame in ten may be told twice, and is counted once`() {
        var times = ContiguousArray((0..<20).map { Double($0) * 40 })
        let heights = ContiguousArray((0..<20).map { 30 - FallFitTests.gravity / 2 * Double($0 * $0) * 0.0016 })
        times[10] = times[9]
        times[15] = times[14]
        #expect(FallFit(milliseconds: times, heights: heights)?.points == 18)
        times[5] = times[4]
        #expect(FallFit(milliseconds: times, heights: heights) == nil)
    }

    @Test func `numbers as large as they come crash nothing and fall nowhere`() {
        var random = SeededRandom(for: "FallFitTests, any numbers")
        let values = [0, -0.0, 1, -1, 1e-300, 1e9, -1e18, 1e300, -1e300, .greatestFiniteMagnitude]
        for _ in 0..<5000 {
            let count = random.int(0...20)
            let times = ContiguousArray((0..<count).map { random.chance(70) ? Double($0) : random.pick(values) })
            let heights = ContiguousArray((0..<count).map { _ in random.pick(values) })
            let fit = FallFit(milliseconds: times, heights: heights)
            #expect(fit?.falls != true || (fit?.drop ?? 0) < 1000, "seed \(random.seed)")
        }
    }
}

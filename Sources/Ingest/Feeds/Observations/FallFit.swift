/// Does a camera's path fall (docs/rules.md, `thrown_object`)?
///
/// Intuition: an object that is let go obeys y″ = g − k·y′·|y′|: gravity, and a drag that grows with the square of its
/// speed. The path is fitted with the best start, start speed and k, and falls if that tells it as well as its own
/// noise allows, and much better than a straight line does. A plain quadratic would not do: what is light reaches half
/// its end speed within a storey or two, so over 100 m a bottle's quadratic shows 0.1 g and is lost, and what is seen
/// only in the lower half of its fall is far too fast for √(2h/g). Birds that dive and pull out, leaves, laundry and
/// insects have accelerations that no start speed and no drag explain; rain has none.
///
/// Cannot be told apart, since the motion is the same: a bird with folded wings whose track ends before it pulls out,
/// the descending half of a ball kicked high, and (lost as a fall) what the camera sees only at its end speed, or
/// flutters down at under ``endSpeedMin``. Confidence and confirmation decide on those.
/// Cost: O(points), about 0.3 µs a point; no allocation.
package struct FallFit: Equatable, Sendable {
    /// m/s², downwards; the least-squares quadratic fit of height over time.
    package private(set) var acceleration: Float
    /// 0…1: how many of the points after the highest one lie no higher than all before them, but for noise.
    package private(set) var descending: Float
    /// s, from the first to the last point.
    package private(set) var duration: Float
    /// m, from the highest to the lowest point.
    package private(set) var drop: Float
    /// Points that were used; those not later than the one before are left out.
    package private(set) var points: Int32
    /// Whether the path is that of an object that falls.
    package private(set) var falls: Bool

    private static let gravity = 9.81
    /// Less than one storey is no throw from a building, and too short to measure an acceleration in.
    private static let dropMin = 3.0
    /// A quarter of a second at 25 frames a second: what noise does to an acceleration grows with duration⁻².
    private static let pointsMin = 7
    /// 100 m at the slowest end speed take 9 s; longer paths are not worth the work.
    private static let durationMax = 12.0
    /// docs/rules.md, `thrown_object`.
    private static let descendingMin = 0.95
    /// What is thrown up from a window rises a little; a ball that bounces rises as far as it falls.
    private static let riseShareMax = 0.25
    /// m/s. Rain ends at 9 m/s (Gunn and Kinzer 1949), empty bottles and boxes at 12–15.
    private static let endSpeedMin = 12.0
    /// m/s at the first point: thrown up by hand at most so fast; 65 m fallen out of the camera's sight at the most.
    private static let startSpeeds = -8.0...36.0
    /// Of the end speed, and in m/s, what is gained over the path at the least. Rain that the wind carries towards the
    /// lens seems to gain, and so does one that is noisy.
    private static let gainShareMin = 0.2
    private static let gainMin = 2.0
    /// Of what a camera tells as metres, how far the scale may be off: ±10 %.
    private static let scales = (first: 0.9, step: 0.05, count: 5)
    /// The misfit allowed, as a multiple of the noise and a share of the drop: the scale between the steps tried leaves
    /// up to 0.2 % of a fall from rest. Over the short paths of what is seen only when it is already fast it leaves
    /// nothing, and rain in the wind is like them but for its misfit.
    private static let misfitMax = (noise: 1.2, share: 0.001)
    private static let misfitMaxFast = (noise: 1.05, share: 0.0)
    /// m/s.
    private static let fastSpeed = 5.0
    /// m; a pixel is 1–9 cm on a facade.
    private static let resolution = 0.02
    /// m; a path noisier than this hides whatever it does.
    private static let noiseMax = 0.35
    /// How much more the best straight line leaves than the fall, in variances of the noise: five standard deviations.
    private static let lineMin = 25.0

    /// - Parameters:
    ///   - milliseconds: the points' times.
    ///   - heights: in metres, upwards; as many as there are times.
    /// - Returns: nil where there are fewer than four points in ascending order, more than one in ten is not later
    ///   than the one before, or a value is not finite.
    package init?(milliseconds: ContiguousArray<Double>, heights: ContiguousArray<Double>) {
        let total = min(milliseconds.count, heights.count)
        guard total >= 4 else { return nil }
        let path = Path(milliseconds: milliseconds, heights: heights)
        var last = -Double.infinity
        var ascending = 0
        var highest = 0
        var lowest = 0
        for index in 0..<total {
            guard milliseconds[index].isFinite, heights[index].isFinite else { return nil }
            guard milliseconds[index] > last else { continue }
            last = milliseconds[index]
            ascending += 1
            if heights[index] > heights[highest] { highest = index }
            if heights[index] <= heights[lowest] { lowest = index }
        }
        guard ascending >= 4, ascending * 10 >= total * 9 else { return nil }
        let drop = heights[highest] - heights[lowest]
        let duration = (last - milliseconds[0]) / 1000
        let noise = path.noise()
        let tolerance = min(3 * noise, FallFit.noiseMax)
        let descending = path.descending(from: highest, tolerance: tolerance)
        // What lies on the ground after its fall, or leaps from it, is not fitted.
        let end = path.firstIndex(atMost: heights[lowest] + tolerance, from: highest)
        let quadratic = path.quadratic(upTo: end)
        acceleration = Float(-quadratic.acceleration)
        self.descending = Float(descending)
        self.duration = Float(duration)
        self.drop = Float(drop)
        points = Int32(clamping: ascending)
        falls = false
        guard drop >= FallFit.dropMin, quadratic.points >= FallFit.pointsMin, duration <= FallFit.durationMax,
            descending >= FallFit.descendingMin, heights[highest] - heights[0] <= FallFit.riseShareMax * drop
        else { return }
        falls = FallFit.isFall(path, upTo: end, quadratic, noise: min(noise, FallFit.noiseMax), drop: drop)
    }

    private static func isFall(
        _ path: Path, upTo end: Int, _ quadratic: Path.Quadratic, noise: Double, drop: Double
    ) -> Bool {
        var best = Path.Fall(gravity: gravity, startSpeed: 0)
        for step in 0..<scales.count {
            let scaled = gravity * (scales.first + scales.step * Double(step))
            let tried = path.fall(
                upTo: end, gravity: scaled, startSpeed: -quadratic.startSpeed,
                dragMax: scaled / (endSpeedMin * endSpeedMin))
            if tried.squares < best.squares { best = tried }
        }
        let variance = best.squares / Double(quadratic.points)
        let allowed = best.startSpeed < fastSpeed ? misfitMax : misfitMaxFast
        return startSpeeds.contains(best.startSpeed)
            && best.endSpeed - best.startSpeed >= max(gainMin, gainShareMin * best.endSpeed)
            && variance.squareRoot() <= resolution + allowed.noise * noise + allowed.share * drop
            && quadratic.squaresOfLine - best.squares >= lineMin * (variance + resolution * resolution)
    }
}

/// The points of a path, and what is computed of them. Points that are not later than all before are passed over.
private struct Path {
    /// What a quadratic by least squares tells, and how well a straight line would do.
    struct Quadratic {
        var points = 0
        /// m/s² and, at the first point, m/s; upwards.
        var acceleration = 0.0
        var startSpeed = 0.0
        /// m²: the sum of the squares that the best straight line leaves.
        var squaresOfLine = 0.0
    }

    /// A fall with drag, fitted by Gauss and Newton's method. Downwards is positive.
    struct Fall {
        var gravity: Double
        /// m/s at the first point and at the last.
        var startSpeed: Double
        var endSpeed = 0.0
        /// 1/m: y″ = gravity − drag·y′·|y′|.
        var drag = 0.0
        /// m: how far the first point lies beside the fit.
        var offset = 0.0
        /// m²: the sum of the squares that the fit leaves.
        var squares = Double.infinity
    }

    let milliseconds: ContiguousArray<Double>
    let heights: ContiguousArray<Double>

    private var count: Int { min(milliseconds.count, heights.count) }

    /// Calls `body` with each point's index and its time in seconds after the first.
    @inline(__always) private func each(upTo end: Int, _ body: (Int, Double) -> Void) {
        var last = -Double.infinity
        for index in 0...min(end, count - 1) where milliseconds[index] > last {
            last = milliseconds[index]
            body(index, (last - milliseconds[0]) / 1000)
        }
    }

    /// Standard deviation of what is not smooth, m: third differences of noise have 20 times its variance (1, 3, 3, 1),
    /// and those of any steady motion none.
    func noise() -> Double {
        var a = 0.0
        var b = 0.0
        var c = 0.0
        var seen = 0
        var squares = 0.0
        each(upTo: count - 1) { index, _ in
            let d = heights[index]
            if seen >= 3 {
                let third = d - 3 * c + 3 * b - a
                squares += third * third
            }
            (a, b, c) = (b, c, d)
            seen += 1
        }
        return (squares / (20 * Double(max(seen - 3, 1)))).squareRoot()
    }

    /// How many of the points after one lie no higher than the lowest before, but for the tolerance; 0…1.
    func descending(from highest: Int, tolerance: Double) -> Double {
        var lowest = heights[highest]
        var steps = 0
        var down = 0
        each(upTo: count - 1) { index, _ in
            guard index > highest else { return }
            steps += 1
            if heights[index] <= lowest + tolerance { down += 1 }
            lowest = min(lowest, heights[index])
        }
        return steps == 0 ? 0 : Double(down) / Double(steps)
    }

    func firstIndex(atMost height: Double, from start: Int) -> Int {
        (start..<count).first { heights[$0] <= height } ?? count - 1
    }

    func quadratic(upTo end: Int) -> Quadratic {
        var n = 0.0
        var time = 0.0
        var height = 0.0
        each(upTo: end) { index, t in
            n += 1
            time += t
            height += heights[index]
        }
        let middle = time / n
        let level = height / n
        // About the middle, so that the sums stay small and the odd ones of even frames vanish.
        var (t2, t3, t4, h1, h2, hh) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        each(upTo: end) { index, t in
            let x = t - middle
            let y = heights[index] - level
            t2 += x * x
            t3 += x * x * x
            t4 += x * x * x * x
            h1 += x * y
            h2 += x * x * y
            hh += y * y
        }
        var result = Quadratic(points: Int(n))
        guard t2 > 0 else { return result }
        result.squaresOfLine = hh - h1 * h1 / t2
        let spread = t4 - t2 * t2 / n - t3 * t3 / t2
        // Three points or fewer have no acceleration.
        let curvature = spread > 0 ? (h2 - t3 * h1 / t2) / spread : 0
        let slope = (h1 - t3 * curvature) / t2
        result.acceleration = 2 * curvature
        result.startSpeed = slope - 2 * curvature * middle
        return result
    }

    /// The best fall with a drag of 0…`dragMax`.
    func fall(upTo end: Int, gravity: Double, startSpeed: Double, dragMax: Double) -> Fall {
        var fall = Fall(gravity: gravity, startSpeed: min(max(startSpeed, -10), 60))
        for _ in 0..<7 {
            let sums = run(fall, upTo: end)
            fall.squares = sums.squares
            fall.endSpeed = sums.endSpeed
            guard sums.speedSpeed > 0 else { break }
            let determinant = sums.speedSpeed * sums.dragDrag - sums.speedDrag * sums.speedDrag
            var more = 0.0
            if determinant > 1e-6 * sums.speedSpeed * sums.dragDrag {
                more = (sums.speedSpeed * sums.restDrag - sums.speedDrag * sums.restSpeed) / determinant
            }
            // At a bound the drag stays there, and the start speed is the best one for it.
            let drag = min(max(fall.drag + more, 0), dragMax)
            more = drag - fall.drag
            let faster = (sums.restSpeed - sums.speedDrag * more) / sums.speedSpeed
            // Three or four rounds; a last step of a centimetre a second would change nothing that is asked.
            if abs(faster) < 0.01, abs(more) < 1e-3 * dragMax { break }
            fall.drag = drag
            fall.startSpeed += faster
            fall.offset += sums.rest - sums.speed * faster - sums.drag * more
        }
        return fall
    }

    /// What one round sums up: means, and covariances × n, of how the way answers to the start speed and to the drag.
    private struct Sums {
        var (speed, drag, rest) = (0.0, 0.0, 0.0)
        var (speedSpeed, speedDrag, dragDrag, restSpeed, restDrag, squares) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        var endSpeed = 0.0
    }

    /// Follows a fall along the points, with the derivatives of its way by start speed and drag.
    private func run(_ fall: Fall, upTo end: Int) -> Sums {
        var state = Motion(speed: fall.startSpeed)
        var sums = Sums()
        var n = 0.0
        var before = 0.0
        each(upTo: end) { index, t in
            state.advance(by: t - before, fall)
            before = t
            let rest = heights[0] - heights[index] - fall.offset - state.way
            n += 1
            sums.speed += state.wayBySpeed
            sums.drag += state.wayByDrag
            sums.rest += rest
            sums.speedSpeed += state.wayBySpeed * state.wayBySpeed
            sums.speedDrag += state.wayBySpeed * state.wayByDrag
            sums.dragDrag += state.wayByDrag * state.wayByDrag
            sums.restSpeed += rest * state.wayBySpeed
            sums.restDrag += rest * state.wayByDrag
            sums.squares += rest * rest
        }
        sums.speedSpeed -= sums.speed * sums.speed / n
        sums.speedDrag -= sums.speed * sums.drag / n
        sums.dragDrag -= sums.drag * sums.drag / n
        sums.restSpeed -= sums.rest * sums.speed / n
        sums.restDrag -= sums.rest * sums.drag / n
        sums.speed /= n
        sums.drag /= n
        sums.rest /= n
        sums.endSpeed = state.speed
        return sums
    }

    private struct Motion {
        var way = 0.0
        var speed: Double
        var wayBySpeed = 0.0
        var speedBySpeed = 1.0
        var wayByDrag = 0.0
        var speedByDrag = 0.0

        init(speed: Double) { self.speed = speed }

        /// Steps of at most 50 ms by the midpoint rule: the error over 100 m is under a centimetre.
        mutating func advance(by seconds: Double, _ fall: Fall) {
            guard seconds > 0 else { return }
            let steps = (seconds / 0.05).rounded(.up)
            let dt = seconds / steps
            for _ in 0..<Int(steps) {
                let middle = speed + dt / 2 * (fall.gravity - fall.drag * speed * abs(speed))
                let damping = 2 * fall.drag * abs(middle)
                let bySpeed = speedBySpeed * (1 - dt / 2 * damping)
                let byDrag = speedByDrag - dt / 2 * (speed * abs(speed) + damping * speedByDrag)
                way += dt * middle
                wayBySpeed += dt * bySpeed
                wayByDrag += dt * byDrag
                speed += dt * (fall.gravity - fall.drag * middle * abs(middle))
                speedBySpeed -= dt * damping * bySpeed
                speedByDrag -= dt * (middle * abs(middle) + damping * byDrag)
            }
        }
    }
}

extension FallFit {
    /// A fit that was written down.
    package init(
        acceleration: Float, descending: Float, duration: Float, drop: Float, points: Int32, falls: Bool
    ) {
        self.acceleration = acceleration
        self.descending = descending
        self.duration = duration
        self.drop = drop
        self.points = points
        self.falls = falls
    }
}

import Glibc

/// Paths as a camera at the foot of a facade tells them, of objects that fall and of all that is taken for them, with
/// the truth beside each; the same for the same seed.
///
/// Physics. The camera takes all for objects at the facade, `distance` away: what moves at the depth d shows at heights
/// that are distance/d times its own, so what is near the lens shows fast. Frames come at 25 a second; some are missed.
/// A height is off by 0.5–2 pixels (standard deviation), and a pixel is what 12–130 m in sight make of 1080, 1440 or
/// 2160 rows. The camera's scale is off by up to 10 %.
package struct FallTracks: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case fall, bird, leaf, rain, laundry, insect, ball
    }

    package struct Track: Sendable {
        package var kind: Kind
        package var milliseconds: ContiguousArray<Double> = []
        /// m, upwards.
        package var heights: ContiguousArray<Double> = []
    }

    private static let gravity = 9.81
    private static let frame = 0.04
    /// m from the camera to the facade.
    private static let distance = 40.0
    private var random: SplitMix

    package init(seed: UInt64) { random = SplitMix(seed: seed) }

    package mutating func track(_ kind: Kind) -> Track {
        while true {
            let track =
                switch kind {
                case .fall: fall()
                case .bird: bird()
                case .leaf: leaf()
                case .rain: rain()
                case .laundry: laundry()
                case .insect: insect()
                case .ball: ball()
                }
            // A tracker makes a path of four points at least.
            if track.heights.count >= 4 { return track }
        }
    }

    private mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + random.unit() * (range.upperBound - range.lowerBound)
    }

    private mutating func chance(_ share: Double) -> Bool { random.unit() < share }

    /// Standard normal, by Box and Muller.
    private mutating func normal() -> Double {
        (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
    }

    /// What the camera tells of heights at the frames' times: with noise, its scale, and frames missed.
    private mutating func seen(_ kind: Kind, _ heights: [Double], view: Double) -> Track {
        var track = Track(kind: kind)
        let rows = [1080.0, 1440, 2160][Int(random.unit() * 3)]
        let noise = uniform(0.5...2) * view / rows
        let scale = uniform(0.9...1.1)
        let missed = chance(0.3) ? uniform(0...0.15) : 0
        for (index, height) in heights.enumerated() where !chance(missed) {
            track.milliseconds.append((Double(index) * 1000 * FallTracks.frame).rounded())
            track.heights.append(height * scale + noise * normal())
        }
        return track
    }

    /// Drag with the square of the speed: none in one of four, else an end speed of 15–60 m/s. It is let go, or thrown
    /// up or down at up to 3 m/s. Three of ten are seen only from some way down (up to half of the drop is out of
    /// sight), two of ten not to the end; some lie on the ground for a few frames or leap from it.
    private mutating func fall() -> Track {
        let drop = uniform(10...100)
        let endSpeed = chance(0.25) ? Double.infinity : uniform(15...60)
        let hidden = chance(0.3) ? uniform(0...0.5) * drop : 0
        let cut = chance(0.2) ? uniform(0...0.2) * drop : 0
        var speed = uniform(-3...3)
        var fallen = 0.0
        var heights: [Double] = []
        while fallen < drop - cut {
            if fallen >= hidden { heights.append(drop - fallen) }
            for _ in 0..<8 {
                speed += FallTracks.frame / 8 * (FallTracks.gravity - acceleration(speed, endSpeed))
                fallen += FallTracks.frame / 8 * speed
            }
        }
        if cut == 0, chance(0.2) {
            let leap = chance(0.5) ? uniform(0...3) : 0
            for frame in 0..<Int(uniform(1...5)) { heights.append(leap * FallTracks.frame * Double(frame)) }
        }
        return seen(.fall, heights, view: uniform(max(drop, 20)...max(1.3 * drop, 40)))
    }

    private func acceleration(_ speed: Double, _ endSpeed: Double) -> Double {
        FallTracks.gravity * speed * abs(speed) / (endSpeed * endSpeed)
    }

    /// Four of ten flap along, three glide, three dive: at 0.3–0.8 g to 8–20 m/s, then pull out at 1–3 g; of the dives
    /// one of seven is lost from sight before it pulls out. At the facade or at half the distance.
    private mutating func bird() -> Track {
        let way = random.unit()
        let frames = way >= 0.7 ? 250 : Int(uniform(15...120))
        let near = uniform(1...2)
        var heights: [Double] = []
        var height = uniform(15...60)
        var speed = uniform(-1.5...1.5)
        let beat = uniform(3...8)
        let bob = uniform(0.02...0.15)
        let dive = uniform(0.3...0.8) * FallTracks.gravity
        let fastest = uniform(8...20)
        let out = uniform(1...3) * FallTracks.gravity
        let isLost = chance(1 / 7.0)
        var isOut = false
        var after = Int(uniform(10...60))
        let sink = uniform(0.5...4)
        for frame in 0..<frames where height > 1 {
            let time = Double(frame) * FallTracks.frame
            if way < 0.4 {
                speed += FallTracks.frame * (-speed + 4 * normal())
            } else if way < 0.7 {
                speed += FallTracks.frame * (-sink - speed + 2 * normal())
            } else if isOut {
                speed = min(speed + FallTracks.frame * out, 2)
                after -= 1
                if after < 0 { break }
            } else {
                speed -= FallTracks.frame * dive
                // Low enough that it just does not touch the ground.
                isOut = speed < -fastest || height < 2 + speed * speed / (2 * out)
                if isOut, isLost { break }
            }
            height += FallTracks.frame * speed
            heights.append(near * (height + bob * sin(2 * .pi * beat * time)))
        }
        return seen(.bird, heights, view: uniform(30...100))
    }

    /// Sinks at 0.8–2.5 m/s, sways, and rides gusts of up to some 6 m/s that come and go within a second; from the
    /// facade to a quarter of the distance.
    private mutating func leaf() -> Track {
        let near = uniform(1...4)
        let sink = uniform(0.8...2.5)
        let sway = uniform(0.05...0.5)
        let beat = uniform(0.5...2)
        let gusts = uniform(0...4)
        let lag = uniform(0.2...0.8)
        var gust = 0.0
        var height = uniform(3...40)
        var heights: [Double] = []
        for frame in 0..<Int(uniform(10...200)) where height > 0 {
            gust += FallTracks.frame * -gust / lag + gusts * (2 * FallTracks.frame / lag).squareRoot() * normal()
            height += FallTracks.frame * (gust - sink)
            heights.append(near * (height + sway * sin(2 * .pi * beat * Double(frame) * FallTracks.frame)))
        }
        return seen(.leaf, heights, view: uniform(30...100))
    }

    /// Drops at their end speed of 4–9 m/s, 1.5–40 m from the lens, drifting with a wind of up to 4 m/s from anywhere:
    /// what is near shows at up to 240 m/s, and what drifts towards the lens or from it with an acceleration.
    private mutating func rain() -> Track {
        var depth = 1.5 * exp(uniform(0...log(FallTracks.distance / 1.5)))
        let drift = uniform(0...4) * cos(uniform(0...2 * .pi))
        let speed = uniform(4...9)
        let view = uniform(30...100)
        var height = view * depth / FallTracks.distance
        var heights: [Double] = []
        while height > 0, depth > 0.5, heights.count < 150 {
            heights.append(height * FallTracks.distance / depth)
            height -= FallTracks.frame * speed
            depth += FallTracks.frame * drift
        }
        return seen(.rain, heights, view: view)
    }

    /// Swings at the facade, by up to 1.5 m, with flutter.
    private mutating func laundry() -> Track {
        let level = uniform(3...60)
        let swing = uniform(0.1...1.5)
        let beat = uniform(0.2...1.2)
        let phase = uniform(0...2 * .pi)
        var flutter = 0.0
        var heights: [Double] = []
        for frame in 0..<Int(uniform(8...200)) {
            flutter += 0.2 * (-flutter + 0.5 * normal())
            let angle = 2 * .pi * beat * Double(frame) * FallTracks.frame + phase
            heights.append(level + swing * (sin(angle) + flutter))
        }
        return seen(.laundry, heights, view: uniform(20...100))
    }

    /// 0.3–3 m from the lens, at 0.3–2 m/s in changing directions: shows at some 4–270 m/s with any acceleration.
    private mutating func insect() -> Track {
        let depth = uniform(0.3...3)
        let speed = uniform(0.3...2)
        let lag = uniform(0.1...1)
        let view = uniform(30...100)
        let near = FallTracks.distance / depth
        var height = uniform(0...1) * view / near
        var way = speed * normal()
        var heights: [Double] = []
        for _ in 0..<150 where height >= 0 && height * near <= view {
            heights.append(height * near)
            way += FallTracks.frame * -way / lag + speed * (2 * FallTracks.frame / lag).squareRoot() * normal()
            height += FallTracks.frame * way
        }
        return seen(.insect, heights, view: view)
    }

    /// Leaps from the ground at 3–9 m/s, one to three times; of one in ten only the way down from the top is seen.
    private mutating func ball() -> Track {
        var speed = uniform(3...9)
        let isHalf = chance(0.1)
        let kept = uniform(0.6...0.8)
        var height = 0.0
        var heights: [Double] = []
        for _ in 0..<(isHalf ? 1 : Int(uniform(1...4))) {
            var now = speed
            height = 0
            repeat {
                if !isHalf || now < 0 { heights.append(height) }
                height += FallTracks.frame * (now - FallTracks.frame / 2 * FallTracks.gravity)
                now -= FallTracks.frame * FallTracks.gravity
            } while height > 0
            speed *= kept
        }
        return seen(.ball, heights, view: uniform(20...60))
    }
}

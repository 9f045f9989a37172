import Foundation
import Simulation

/// The simulation's generator, with what tests ask of it and a seed that is told.
package struct SeededRandom: RandomNumberGenerator {
    package let seed: UInt64
    private var generator: SplitMix

    package init(seed: UInt64) {
        self.seed = seed
        generator = SplitMix(seed: seed)
    }

    /// A generator for one test: seeded by `SHOUWANG_SEED`, else by chance; the seed is printed, so that a failure can
    /// be repeated.
    package init(for test: String) {
        let given = ProcessInfo.processInfo.environment["SHOUWANG_SEED"].flatMap(UInt64.init)
        self.init(seed: given ?? UInt64.random(in: 0...UInt64.max))
        print("\(test): SHOUWANG_SEED=\(seed)")
    }

    package mutating func next() -> UInt64 { generator.next() }

    package mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    package mutating func chance(_ percent: Int) -> Bool { int(0...99) < percent }
    package mutating func pick<T>(_ list: [T]) -> T { list[int(0...list.count - 1)] }
}

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

    /// A generator for one test. Without more the seed comes from the test's name, so that what passed passes again;
    /// `SHOUWANG_SEED` sets another: a number repeats a failure, `random` looks for one. The seed is printed.
    package init(for test: String) {
        let given = ProcessInfo.processInfo.environment["SHOUWANG_SEED"]
        let named = test.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        let chance = given == "random" ? UInt64.random(in: 0...UInt64.max) : nil
        self.init(seed: given.flatMap(UInt64.init) ?? chance ?? named)
        print("\(test): SHOUWANG_SEED=\(seed)")
    }

    package mutating func next() -> UInt64 { generator.next() }

    package mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    package mutating func chance(_ percent: Int) -> Bool { int(0...99) < percent }
    package mutating func pick<T>(_ list: [T]) -> T { list[int(0...list.count - 1)] }
}

import Foundation
import Testing

@testable import Community

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The seed of this run: `SHOUWANG_SEED`, else at random; printed, so that a failure can be repeated.
    static func seed(for test: String) -> UInt64 {
        let given = ProcessInfo.processInfo.environment["SHOUWANG_SEED"].map { UInt64($0) ?? 0 }
        let seed = given ?? 2024
        print("\(test): SHOUWANG_SEED=\(seed)")
        return seed
    }
}

@Suite struct NameTableTests {
    @Test func `the first name is 0, the next 1, and a name keeps its number`() {
        var table = NameTable()
        #expect(table.insert("gate-north") == 0)
        #expect(table.insert("gate-south") == 1)
        #expect(table.insert("gate-north") == 0)
        #expect(table.count == 2)
        #expect(table[1] == "gate-south")
    }

    @Test func `a name that was never inserted is -1, in an empty table too`() {
        var table = NameTable()
        #expect(table.find("x") == -1)
        #expect(table.find("") == -1)
        _ = table.insert("x")
        #expect(table.find("") == -1)
        #expect(table.find("xx") == -1)
    }

    @Test func `the empty name is a name`() {
        var table = NameTable()
        #expect(table.insert("") == 0)
        #expect(table.find("") == 0)
        #expect(table[0] == "")
    }

    @Test func `names are bytes: two spellings of one character are two names`() {
        var table = NameTable()
        #expect(table.insert("\u{E9}") == 0)
        #expect(table.insert("e\u{301}") == 1)
    }

    @Test func `a table agrees with a dictionary over random bytes of all short lengths`() {
        let seed = SeededGenerator.seed(for: "NameTable")
        var random = SeededGenerator(seed: seed)
        var table = NameTable()
        var model: [[UInt8]: Int32] = [:]
        for _ in 0..<20_000 {
            // Few letters and lengths around the hash's 8-byte words, so that names repeat and nearly repeat.
            let length = Int.random(in: 0...25, using: &random)
            let letters: ClosedRange<UInt8> = Bool.random(using: &random) ? 0...1 : 0...255
            let name = (0..<length).map { _ in UInt8.random(in: letters, using: &random) }
            #expect(table.find(name[...]) == model[name] ?? -1, "seed \(seed)")
            if Bool.random(using: &random) {
                let index = table.insert(name[...])
                #expect(index == model[name] ?? Int32(model.count), "seed \(seed)")
                model[name] = index
            }
        }
        #expect(table.count == model.count)
        for (name, index) in model { #expect(table.find(name[...]) == index, "seed \(seed)") }
    }
}

import Diagnostics
import Testing
import Timekeeping

@testable import Community

@Suite struct RegistryFuzzTests {
    static let good: [SheetKind: [UInt8]] = [
        .places: Array((Loaded.places + "\"u\"\"1\",unit,b3,2单元,\nd1,dwelling,u1,502,\n").utf8),
        .devices: Array("编号,位置,类型,心跳,方向\ng1,gates,gate,6h,1=in|2=out\np1,3栋/2单元/502,pir,30m,\n".utf8),
        .residents: Array(
            ("编号,住址,姓名,电话,独居,外出自,凭证,家属\n,3栋/2单元/502,罗桂华,13800001111,是,2024-5-1,c1|g1:22,女:13900001111\n"
                + "a,b1-0075,\"罗\n华\",,√,,,\n,1-0075,x,,0,2024年5月1日,,\n").utf8),
        .workers: Array("id,name,grid,channels,shift\nw,王,g1|g3,sms:1|x,Mon-Fri 08:00-18:00; Sat 20:00-08:00\n".utf8),
    ]

    /// Pieces that have a meaning somewhere, so that mutations reach further than noise.
    static let pieces: [[UInt8]] =
        [
            "\"", "\"\"", ",", ";", "\t", "\n", "\r", "|", ":", "/", "-", "栋", "单元", "#REF!", "3.7E+14", "2012/1/3",
            "b3", "b1",
            "3-Jan", "12:30:00", "#N/A", "3E12", "|", "独居", "是", "不是日期", "24",
            "\u{FF0C}", "sep=;\n", "=", "是", "99999999999999999999h", "9999-99-99", ".2", "24:00",
        ].map { Array($0.utf8) } + [
            [0], [0xFF], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], [0xB1, 0xE0], [0x50, 0x4B, 3, 4], [],
        ]

    static func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var copy = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let from = Int.random(in: 0...copy.count, using: &random)
            let to = min(copy.count, from + Int.random(in: 0...5, using: &random))
            let piece =
                Bool.random(using: &random)
                ? pieces[Int.random(in: 0..<pieces.count, using: &random)] : [UInt8.random(in: 0...255, using: &random)]
            copy.replaceSubrange(from..<to, with: piece)
        }
        return copy
    }

    /// What holds of every registry, however wrong its files were.
    static func check(_ loaded: Loaded, _ seed: UInt64) {
        let registry = loaded.registry
        for (i, place) in registry.places.enumerated() {
            #expect(registry.place(place.id) == PlaceID(index: Int32(i)), "seed \(seed)")
            for other in [place.parent, place.building, place.dwelling] where other != nil {
                #expect(other.map { registry.places.indices.contains(Int($0.index)) } == true, "seed \(seed)")
            }
        }
        for (i, device) in registry.devices.enumerated() {
            #expect(registry.device(device.id) == DeviceID(index: Int32(i)), "seed \(seed)")
            #expect(
                registry.deviceByIdentity(device.identity ?? device.id) == DeviceID(index: Int32(i)), "seed \(seed)")
        }
        for (i, resident) in registry.residents.enumerated() {
            let id = ResidentID(index: Int32(i))
            #expect(registry.resident(resident.id) == id, "seed \(seed)")
            #expect(registry.residentByCredential(resident.id, device: nil, feed: nil) == id, "seed \(seed)")
            #expect((registry.household(of: id) >= 0) == resident.isWatched, "seed \(seed)")
            _ = resident.maskedName
        }
        for (i, household) in registry.households.enumerated() {
            #expect(!household.residents.isEmpty && !registry.key(ofHousehold: Int32(i)).isEmpty, "seed \(seed)")
        }
        for left in registry.leftOut { #expect(left.line > 1, "seed \(seed)") }
        for diagnostic in loaded.diagnostics {
            #expect(diagnostic.line >= 0 && diagnostic.column >= 0, "seed \(seed)")
            #expect(!diagnostic.rendered(in: .zhHans).isEmpty, "seed \(seed)")
        }
    }

    @Test func `no mutation of good sheets crashes the loader or breaks the registry`() {
        let seed = SeededGenerator.seed(for: "RegistryFuzz.mutations")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            var sheets = RegistryFuzzTests.good
            for kind in SheetKind.allCases where Bool.random(using: &random) {
                sheets[kind] = RegistryFuzzTests.mutate(RegistryFuzzTests.good[kind] ?? [], &random)
            }
            RegistryFuzzTests.check(Loaded(sheets), seed)
        }
    }

    @Test func `no random bytes crash the loader`() {
        let seed = SeededGenerator.seed(for: "RegistryFuzz.noise")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var sheets: [SheetKind: [UInt8]] = [:]
            for kind in SheetKind.allCases {
                let header = Bool.random(using: &random) ? Array("id,kind,dwelling,place,name\n".utf8) : []
                let noise = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                sheets[kind] = header + noise
            }
            RegistryFuzzTests.check(Loaded(sheets), seed)
        }
    }

    /// Columns that a resident can do without, and what people and spreadsheets put into them.
    private static let optional = ["姓名", "电话", "独居", "无活动时限", "外出自", "外出至", "凭证", "出生", "家属", "钥匙", "登记日期", "备注"]
    private static let wrong = [
        "24", "#REF!", "#####", "3-Jan", "Jan-03", "2012/1/3", "1月3日", "3.70102E+14", "03/01/2012", "12:30:00", "也许",
        "\u{0}", "锟斤拷", "\u{FFFD}", "138abc", "gate:", ":", "9999-99-99", "-1h", "a|b|", "\"x\"y",
    ]

    @Test func `no wrong value of an optional cell unwatches a person`() {
        let seed = SeededGenerator.seed(for: "RegistryFuzz.optional")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<600 {
            // What makes them watched stands before what may be wrong.
            let columns = RegistryFuzzTests.optional.shuffled(using: &random)
            var text = "编号,住址,关爱类别," + columns.joined(separator: ",") + "\n"
            for row in 0..<4 {
                var cells = columns.map { _ in "" }
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    cells[Int.random(in: 0..<cells.count, using: &random)] =
                        RegistryFuzzTests.wrong[Int.random(in: 0..<RegistryFuzzTests.wrong.count, using: &random)]
                }
                text += "e\(row),3栋/2单元/50\(row),独居," + cells.joined(separator: ",") + "\n"
            }
            let loaded = Loaded(residents: text)
            RegistryFuzzTests.check(loaded, seed)
            #expect(loaded.registry.residents.map(\.id) == ["e0", "e1", "e2", "e3"], "seed \(seed): \(text)")
            #expect(
                loaded.registry.residents.allSatisfy { $0.isWatched && $0.dwelling != nil }, "seed \(seed): \(text)")
        }
    }

    @Test func `no damage that the guard lets pass unwatches more than a tenth`() {
        let seed = SeededGenerator.seed(for: "RegistryFuzz.guard")
        var random = SeededGenerator(seed: seed)
        let rows = (0..<30).map { ",3栋/\($0 % 3 + 1)单元/\(100 + $0),罗桂\($0),独居\n" }
        let good: [SheetKind: [UInt8]] = [
            .places: Array(Loaded.places.utf8), .residents: Array(("编号,住址,姓名,关爱类别\n" + rows.joined()).utf8),
        ]
        let accepted = Loaded(good)
        for _ in 0..<400 {
            var sheets = good
            for kind in [SheetKind.places, .residents] where Bool.random(using: &random) {
                sheets[kind] = RegistryFuzzTests.mutate(good[kind] ?? [], &random)
                if Bool.random(using: &random) {
                    sheets[kind] = Array((sheets[kind] ?? []).prefix(Int.random(in: 0...2000, using: &random)))
                }
            }
            let loaded = Loaded(sheets)
            let verdict = Loaded.verdict(loaded, sheets, accepted, good)
            guard verdict.reasons.isEmpty else { continue }
            #expect(loaded.registry.residents.count { $0.isWatched } >= 27, "seed \(seed)")
        }
    }

    @Test func `the good sheets are without a problem`() {
        let loaded = Loaded(RegistryFuzzTests.good)
        #expect(loaded.errors == ["places.unknown-parent"])
        #expect(loaded.registry.residents.count == 3)
    }
}

import Testing

@testable import Community

/// What a registry may change by itself, and what somebody must say that it is meant.
@Suite struct RegistryGuardTests {
    private typealias Sheets = [SheetKind: [UInt8]]

    private static let header = "编号,住址,姓名,关爱类别,备注\n"

    private static func rows(_ numbers: some Sequence<Int>) -> String {
        numbers.map { "e\($0),3栋/2单元/\(100 + $0),罗桂\($0),独居,\n" }.joined()
    }

    private static func sheets(_ residents: String, places: String = Loaded.places) -> Sheets {
        [
            .places: Array(places.utf8), .residents: Array(residents.utf8),
            .devices: Array("id,place\ng1,gates\np1,3栋/2单元/101\n".utf8), .workers: Array("id,name\nw,王\n".utf8),
        ]
    }

    private static let twenty = sheets(header + rows(1...20))

    private static func verdict(_ new: Sheets, against old: Sheets = twenty) -> RegistryGuard {
        Loaded.verdict(Loaded(new), new, Loaded(old), old)
    }

    private static func reasons(_ residents: String) -> [RegistryGuard.Reason] {
        verdict(sheets(residents)).reasons
    }

    @Test(arguments: SheetKind.allCases.filter { $0 != .shifts })
    func `a sheet that is gone, or has no row left, is refused for good`(_ kind: SheetKind) throws {
        let rows = Loaded(RegistryGuardTests.twenty).registry.residents.count
        #expect(rows == 20)
        var sheets = RegistryGuardTests.twenty
        sheets[kind] = nil
        var verdict = RegistryGuardTests.verdict(sheets)
        guard case .gone(kind, _)? = verdict.reasons.first else {
            Issue.record("\(verdict.reasons)")
            return
        }
        #expect(!verdict.mayBeTakenBySignal)
        let whole = String(decoding: RegistryGuardTests.twenty[kind] ?? [], as: UTF8.self)
        let header = String(whole.prefix { $0 != "\n" }) + "\n"
        for text in ["", "\n", header, header + ",,\n \n", "\u{FEFF}", "PK\u{3}\u{4}", "nonsense\nmore\n"] {
            sheets[kind] = Array(text.utf8)
            verdict = RegistryGuardTests.verdict(sheets)
            guard case .empty(kind, _)? = verdict.reasons.first else {
                Issue.record("\(text): \(verdict.reasons)")
                continue
            }
            #expect(!verdict.mayBeTakenBySignal)
        }
    }

    @Test func `the beginning of a sheet is refused, wherever it was cut`() {
        for kind in SheetKind.allCases {
            let whole = RegistryGuardTests.twenty[kind] ?? []
            for length in 0..<whole.count {
                var sheets = RegistryGuardTests.twenty
                sheets[kind] = Array(whole.prefix(length))
                #expect(!RegistryGuardTests.verdict(sheets).reasons.isEmpty, "\(kind) \(length)")
            }
        }
    }

    @Test func `a cut is known in another encoding, with other line ends`() {
        let text = RegistryGuardTests.header + RegistryGuardTests.rows(1...18)
        for form in ["\u{FEFF}" + text, text.replacing("\n", with: "\r\n")] {
            #expect(RegistryGuardTests.reasons(form) == [.cut(.residents, rows: 18, of: 20)])
        }
    }

    @Test func `the same sheet in GB18030 is no loss, and its beginning is a cut`() {
        let old = RegistryGuardTests.sheets(SheetFormTests.plain + "b,3栋/2单元/503,万示例\r\n")
        var new = RegistryGuardTests.sheets(SheetFormTests.plain)
        new[.residents] = SheetFormTests.gb18030
        #expect(
            RegistryGuardTests.verdict(new, against: RegistryGuardTests.sheets(SheetFormTests.plain)).reasons.isEmpty)
        #expect(RegistryGuardTests.verdict(new, against: old).reasons == [.cut(.residents, rows: 1, of: 2)])
    }

    @Test func `a header that names other columns unwatches everybody, and is refused`() {
        let text = RegistryGuardTests.header + RegistryGuardTests.rows(1...20)
        #expect(
            RegistryGuardTests.reasons(text.replacing("关爱类别", with: "政治面貌")) == [.unwatched(20, of: 20)])
    }

    @Test func `a last line without its end is refused, unless it always was so`() {
        let changed = "e0,3栋/2单元/100,罗,独居,\n" + RegistryGuardTests.rows(1...20)
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + changed).isEmpty)
        #expect(
            RegistryGuardTests.reasons(RegistryGuardTests.header + changed + "e21,3栋/2单元/1")
                == [.torn(.residents, cells: 2, headers: 5)])
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + changed + "e21,3栋/2单元/121,罗,独居,").isEmpty)
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + changed + "e21,3栋/2单元/121\n").isEmpty)
        guard case .torn? = RegistryGuardTests.reasons(RegistryGuardTests.header + changed + "e21,\"3栋/2单").first else {
            Issue.record("a quote that was cut")
            return
        }
        let old = RegistryGuardTests.sheets(RegistryGuardTests.header + "e1,3栋/2单元/101,罗,独居")
        let new = RegistryGuardTests.sheets(
            RegistryGuardTests.header + "e2,3栋/2单元/102,罗,独居,\ne1,3栋/2单元/101,罗,独居")
        #expect(RegistryGuardTests.verdict(new, against: old).reasons.isEmpty)
    }

    @Test func `a sheet that is new is looked at as well`() {
        var before = RegistryGuardTests.twenty
        before[.workers] = nil
        var after = before
        after[.workers] = Array("id,name\nw,王\nx".utf8)
        #expect(
            RegistryGuardTests.verdict(after, against: before).reasons == [.torn(.workers, cells: 1, headers: 2)])
        after[.workers] = Array("id,name\nw,王\nx,李".utf8)
        #expect(RegistryGuardTests.verdict(after, against: before).reasons.isEmpty)
    }

    @Test func `the last cell that is emptied is an edit, with its line feed`() {
        let text = RegistryGuardTests.header + RegistryGuardTests.rows(1...20)
        let old = RegistryGuardTests.sheets(String(text.dropLast()) + "脑梗\n")
        for end in ["\n", "\r\n", "\n\n"] {
            let new = RegistryGuardTests.sheets(String(text.dropLast()) + end)
            #expect(RegistryGuardTests.verdict(new, against: old).reasons.isEmpty, "\(end.utf8.count)")
        }
        let cut = RegistryGuardTests.sheets("\u{FEFF}" + String(text.dropLast()))
        #expect(RegistryGuardTests.verdict(cut, against: old).reasons == [.cut(.residents, rows: 20, of: 20)])
        let rows = RegistryGuardTests.sheets(("\u{FEFF}" + RegistryGuardTests.header + RegistryGuardTests.rows(1...19)))
        #expect(RegistryGuardTests.verdict(rows, against: old).reasons == [.cut(.residents, rows: 19, of: 20)])
    }

    @Test func `two, or a tenth, may go; more, or all, are asked for`() {
        // From the front, so that nothing is a beginning of what was there.
        for (kept, lost) in [(18, 0), (17, 3)] {
            let reasons = RegistryGuardTests.reasons(
                RegistryGuardTests.header + RegistryGuardTests.rows((21 - kept)...20))
            #expect(reasons == (lost == 0 ? [] : [.unwatched(lost, of: 20)]))
        }
        #expect(RegistryGuard.mayLose(3, of: 30) && !RegistryGuard.mayLose(4, of: 39))
        #expect(RegistryGuard.mayLose(2, of: 3) && !RegistryGuard.mayLose(2, of: 2) && !RegistryGuard.mayLose(1, of: 1))
        #expect(RegistryGuard.mayLose(0, of: 1) && RegistryGuard.mayLose(100, of: 1000))
    }

    @Test func `the same people are the same in whatever form their sheet comes`() {
        let text = RegistryGuardTests.header + RegistryGuardTests.rows(1...20)
        var lines = text.split(separator: "\n").map(String.init)
        let head = lines.removeFirst()
        let reversed = ([head] + lines.reversed()).joined(separator: "\n") + "\n"
        let columns = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).reversed().joined(separator: ",")
        }.joined(separator: "\n")
        let forms = [
            "\u{FEFF}" + text, text.replacing(",", with: ";"), text.replacing("\n", with: "\r\n"), reversed,
            columns + "\n",
            text.replacing("3栋/2单元/", with: "3-2-"), text.replacing("独居", with: "空巢"),
            text.replacing(",独居,", with: ",独居,\"a\nb\""),
            RegistryGuardTests.header + "\n" + lines.joined(separator: "\n") + "\n\n",
        ]
        for form in forms { #expect(RegistryGuardTests.reasons(form).isEmpty, "\(form.prefix(60))") }
    }

    @Test func `who moves or gets another id is watched as before, who loses care or house is not`() {
        let renamed = RegistryGuardTests.rows(1...20).replacing("\ne", with: "\nr").replacing("e1,", with: "r1,")
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + renamed).isEmpty)
        let moved = RegistryGuardTests.rows(1...20).replacing("2单元", with: "1单元")
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + moved).isEmpty)
        let careless = RegistryGuardTests.rows(1...20).replacing("独居", with: "无")
        #expect(RegistryGuardTests.reasons(RegistryGuardTests.header + careless) == [.unwatched(20, of: 20)])
        let homeless = RegistryGuardTests.sheets(
            RegistryGuardTests.header + RegistryGuardTests.rows(1...20),
            places: Loaded.places.replacing("3栋", with: "4栋").replacing("b3,", with: "b4,"))
        let verdict = RegistryGuardTests.verdict(homeless)
        #expect(verdict.reasons == [.unwatched(20, of: 20)] && verdict.mayBeTakenBySignal)
        #expect(verdict.unwatched.first == "3栋2单元101 罗*1")
    }

    @Test func `with derived ids a house with one person less has lost one`() {
        let two = RegistryGuardTests.sheets(
            "住址,姓名,关爱类别\n3-2-101,罗桂华,独居\n3-2-101,万示例,独居\n3-2-102,陈示例,独居\n3-2-103,李示例,独居\n")
        let one = RegistryGuardTests.sheets("住址,姓名,关爱类别\n3-2-103,李示例,独居\n3栋2单元101室,万示例,独居\n3-2-102,陈示例,独居\n")
        let verdict = RegistryGuardTests.verdict(one, against: two)
        #expect(verdict.reasons.isEmpty && verdict.unwatched.count == 1)
    }
}

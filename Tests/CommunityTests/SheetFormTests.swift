import Diagnostics
import Testing

@testable import Community

@Suite struct SheetFormTests {
    /// 编号,住址,姓名 / a,3栋/2单元/502,罗桂华 in GB18030.
    static let gb18030: [UInt8] =
        [0xB1, 0xE0, 0xBA, 0xC5, 0x2C, 0xD7, 0xA1, 0xD6, 0xB7, 0x2C, 0xD0, 0xD5, 0xC3, 0xFB, 0x0D, 0x0A]
        + [0x61, 0x2C, 0x33, 0xB6, 0xB0, 0x2F, 0x32, 0xB5, 0xA5, 0xD4, 0xAA, 0x2F, 0x35, 0x30, 0x32, 0x2C]
        + [0xC2, 0xDE, 0xB9, 0xF0, 0xBB, 0xAA, 0x0D, 0x0A]

    static let plain = "编号,住址,姓名\r\na,3栋/2单元/502,罗桂华\r\n"

    @Test(arguments: [gb18030, Array(plain.utf8), [0xEF, 0xBB, 0xBF] + Array(plain.utf8)])
    func `a sheet reads the same in GB18030 and in UTF-8 with and without a mark`(_ bytes: [UInt8]) {
        let loaded = Loaded([.places: Array(Loaded.places.utf8), .residents: bytes])
        #expect(loaded.codes == [])
        #expect(loaded.resident("a")?.name == "罗桂华")
        #expect(loaded.place("3栋/2单元/502")?.displayName == "3栋2单元502")
    }

    @Test func `one broken byte costs its row, in GB18030 and in UTF-8`() {
        var broken = SheetFormTests.gb18030 + [0x62, 0x2C, 0xFF, 0x2C, 0x78, 0x0A]
        var loaded = Loaded([.places: Array(Loaded.places.utf8), .residents: broken])
        #expect(loaded.codes == ["residents.bad-encoding"])
        #expect(loaded.diagnostics[0].line == 3 && loaded.diagnostics[0].cell?.letter == "B")
        #expect(loaded.resident("a")?.name == "罗桂华")
        broken = [0xEF, 0xBB, 0xBF] + Array(SheetFormTests.plain.utf8) + [0x62, 0x2C, 0xFF, 0x2C, 0x78, 0x0A]
        loaded = Loaded([.places: Array(Loaded.places.utf8), .residents: broken])
        #expect(loaded.codes == ["residents.bad-encoding"])
        #expect(loaded.resident("a")?.name == "罗桂华")
    }

    @Test(arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
    func `separators and line ends are found out`(separator: String, end: String) {
        let text = "id,dwelling,name\na,b1-0075,x\n".replacing(",", with: separator).replacing("\n", with: end)
        let loaded = Loaded(residents: text)
        #expect(loaded.codes == [])
        #expect(loaded.resident("a")?.name == "x")
        #expect(loaded.resident("a")?.line == 2)
    }

    @Test func `a first line that names the separator is obeyed`() {
        let loaded = Loaded(residents: "sep=;\r\nid;dwelling;note\r\na;b1-0075;x,y\r\n")
        #expect(loaded.resident("a")?.note == "x,y")
        #expect(loaded.resident("a")?.line == 3)
    }

    @Test func `quoted cells keep separators, doubled quotes and line ends, and lines are physical ones`() {
        let loaded = Loaded(
            residents: "id,dwelling,note,born\na,b1-0075,\"x,\"\"y\"\"\r\nz\",\nb,b1-0075,,bad\nc,b1-0075,,1950年1月2日")
        #expect(loaded.resident("a")?.note == "x,\"y\"\r\nz")
        #expect(loaded.codes == ["residents.bad-date"])
        #expect(loaded.diagnostics[0].line == 4)
        #expect(loaded.resident("c")?.line == 5)
    }

    @Test func `a quote that is never closed costs its own line, not the rest of the file`() {
        let loaded = Loaded(residents: "id,dwelling\na,b1-0075\nb,\"b1-0075\nc,b1-0075\n")
        #expect(loaded.registry.residents.map(\.id) == ["a", "c"])
    }

    @Test func `columns stand in any order, blanks around cells do not count, empty rows are passed over`() {
        let loaded = Loaded(
            residents: "note,Dwelling , ID\n\n,,\nn, b1-0075\u{3000},\u{A0}a \n,,\n")
        #expect(loaded.codes == [])
        #expect(loaded.resident("a")?.dwelling == loaded.registry.place("b1-0075"))
        #expect(loaded.resident("a")?.line == 4)
    }

    @Test func `surplus empty cells and missing cells at the end are no error`() {
        let loaded = Loaded(residents: "id,dwelling,name\na,b1-0075,x,,,\nb,b1-0075\n")
        #expect(loaded.codes == [])
        #expect(loaded.registry.residents.count == 2)
    }

    @Test func `an unknown column is told once, not in each row`() {
        let rows = (0..<50).map { "a\($0),b1-0075,x\n" }.joined()
        let loaded = Loaded(residents: "id,dwelling,性别\n" + rows)
        #expect(loaded.codes == ["residents.unknown-column"])
        #expect(!loaded.diagnostics[0].remedy.zh.contains("类别"))
    }

    @Test func `every Chinese header that we write is read as its column`() {
        for kind in SheetKind.allCases {
            let text = kind.chineseHeaders.joined(separator: ",") + "\n"
            #expect(Loaded([kind: Array(text.utf8)]).codes == [], "\(kind)")
        }
    }

    @Test func `no alias of a sheet means two columns`() {
        for kind in SheetKind.allCases {
            var seen: [String: SheetField] = [:]
            for column in SheetColumn.all(of: kind) {
                for name in [column.name] + column.aliases {
                    #expect(seen.updateValue(column.field, forKey: name) == nil, "\(kind) \(name)")
                    #expect(HeaderText(name).key == name, "\(kind) \(name)")
                }
            }
        }
    }

    @Test(arguments: zip([0, 25, 26, 51, 52, 701, 702], ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]))
    func `columns have a spreadsheet's letters`(index: Int, letter: String) {
        #expect(columnLetter(index) == letter)
    }

    @Test func `an empty file and a missing one are empty sheets`() {
        #expect(Loaded([.places: [], .residents: Array("\r\n".utf8)]).codes == [])
        #expect(Loaded([:]).codes == [])
        #expect(Registry.empty.places.isEmpty)
    }
}

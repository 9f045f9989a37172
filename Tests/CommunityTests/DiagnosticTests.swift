import Diagnostics
import Testing

@testable import Community

/// One wrong sheet, and the one problem that must be told of it.
struct WrongSheet: Sendable, CustomTestStringConvertible {
    var code: String
    var line: Int
    var column: Int
    var letter: String?
    var header: String?
    var sheet: SheetKind
    var text: String

    var testDescription: String { "\(code) at \(line):\(column)" }

    init(_ code: String, _ line: Int, _ column: Int, _ letter: String?, _ header: String?, _ text: String) {
        self.code = code
        self.line = line
        self.column = column
        self.letter = letter
        self.header = header
        self.text = text
        sheet = SheetKind.allCases.first { code.hasPrefix($0.rawValue) } ?? .places
    }

    /// A problem of a whole row or line.
    init(_ code: String, _ line: Int, _ column: Int, _ text: String) { self.init(code, line, column, nil, nil, text) }

    /// What costs nothing but attention.
    static let warnings: Set<String> = [
        "rounded-number", "bad-phone", "unknown-role", "missing-name", "no-place", "unknown-grid", "header-punctuation",
        "unknown-column", "unnamed-column",
    ]

    var severity: Diagnostic.Severity {
        WrongSheet.warnings.contains(String(code.split(separator: ".")[1])) ? .warning : .error
    }
}

@Suite struct DiagnosticTests {
    static let cells: [WrongSheet] = [
        WrongSheet(
            "residents.scientific-number", 2, 3, "B", "phone", "id,phone,dwelling\na,3.70102E+14,b1-0075\n"),
        WrongSheet("residents.scientific-number", 2, 1, "A", "编号", "编号,住址\n3.7E+17,b1-0075\n"),
        WrongSheet("residents.scientific-number", 2, 11, "C", "凭证", "编号,住址,凭证\na,b1-0075,c1|3.70102E+14\n"),
        WrongSheet("residents.rounded-number", 2, 1, "A", "id", "id,dwelling\n360102195001010000,b1-0075\n"),
        WrongSheet("residents.date-address", 2, 3, "B", "住址", "编号,住址\na,2012/1/3\n"),
        WrongSheet("residents.date-address", 2, 3, "B", "住址", "编号,住址\na,1月2日\n"),
        WrongSheet("residents.date-address", 2, 3, "B", "住址", "编号,住址\na,2-Jan\n"),
        WrongSheet("residents.date-address", 2, 6, "C", "room", "id,building,room\na,3栋,Jan-12\n"),
        WrongSheet("places.date-address", 2, 1, "A", "id", "id,kind\n2012-01-03,dwelling\n"),
        WrongSheet("devices.date-address", 2, 3, "B", "place", "id,place\nd,2012年1月3日\n"),
        WrongSheet("residents.bad-date", 2, 11, "C", "外出自", "编号,住址,外出自\na,b1-0075,5月1号\n"),
        WrongSheet("residents.bad-date", 2, 11, "C", "born", "id,dwelling,born\na,b1-0075,1945-02-30\n"),
        WrongSheet(
            "residents.bad-duration", 2, 11, "C", "inactive_after", "id,dwelling,inactive_after\na,b1-0075,72\n"),
        WrongSheet("devices.bad-duration", 2, 9, "C", "心跳", "编号,位置,心跳\nd,gates,often\n"),
        WrongSheet("residents.bad-yes-no", 2, 11, "C", "独居", "编号,住址,独居\na,b1-0075,也许\n"),
        WrongSheet("residents.bad-phone", 2, 11, "C", "电话", "编号,住址,电话\na,b1-0075,1380000111\n"),
        WrongSheet("residents.bad-phone", 2, 11, "C", "家属", "编号,住址,家属\na,b1-0075,女儿:138000\n"),
        WrongSheet("residents.not-a-phone", 2, 11, "C", "家属", "编号,住址,家属\na,b1-0075,女儿:不详1\n"),
        WrongSheet("residents.bad-credential", 2, 11, "C", "凭证", "编号,住址,凭证\na,b1-0075,gate:\n"),
        WrongSheet(
            "residents.away-backwards", 2, 22, "D", "外出至", "编号,住址,外出自,外出至\na,b1-0075,2024-05-03,2024-05-02\n"),
        WrongSheet("residents.error-cell", 2, 3, "B", "dwelling", "id,dwelling\na,#REF!\n"),
        WrongSheet("residents.error-cell", 2, 11, "C", "name", "id,dwelling,name\na,b1-0075,#NAME?\n"),
        WrongSheet("places.error-cell", 2, 8, "C", "name", "id,kind,name\na,area,#N/A\n"),
        WrongSheet("places.unknown-kind", 2, 3, "B", "kind", "id,kind\na,bulding\n"),
        WrongSheet("places.missing-kind", 2, 3, "B", "kind", "id,kind,name\na,,x\n"),
        WrongSheet("devices.unknown-family", 2, 9, "C", "family", "id,place,family\nd,gates,acess\n"),
        WrongSheet("devices.bad-direction", 2, 9, "C", "方向", "编号,位置,方向\nd,gates,1=in|2=up\n"),
        WrongSheet("workers.bad-shift", 2, 5, "C", "班次", "编号,姓名,班次\nw,王,早班\n"),
        WrongSheet("workers.bad-channel", 2, 5, "C", "channels", "id,name,channels\nw,王,:1380\n"),
        WrongSheet("workers.unknown-role", 2, 5, "C", "role", "id,name,role\nw,王,grid_wroker\n"),
        WrongSheet("workers.missing-name", 2, 3, "B", "name", "id,name\nw,,\n"),
    ]

    static let references: [WrongSheet] = [
        WrongSheet("places.duplicate-id", 3, 1, "A", "id", "id,kind\na,area\na,area\n"),
        WrongSheet("devices.duplicate-id", 3, 1, "A", "编号", "编号,位置\nd,gates\nd,gates\n"),
        WrongSheet("residents.duplicate-id", 4, 1, "A", "id", "id,dwelling\na,b1-0075\n\na,b1-0075\n"),
        WrongSheet("workers.duplicate-id", 3, 1, "A", "id", "id,name\nw,王\nw,李\n"),
        WrongSheet("devices.duplicate-identity", 3, 9, "C", "标识", "编号,位置,标识\nd,gates,x\ne,gates,x\n"),
        WrongSheet(
            "residents.duplicate-credential", 3, 11, "C", "凭证", "编号,住址,凭证\na,b1-0075,c1\nb,b1-0075,c2|c1\n"),
        WrongSheet("places.cycle", 2, 8, "C", "parent", "id,kind,parent\na,area,b\nb,area,a\n"),
        WrongSheet("places.cycle", 2, 8, "C", "parent", "id,kind,parent\na,area,a\n"),
        WrongSheet("places.unknown-parent", 3, 6, "C", "上级", "编号,类型,上级\nb,楼栋,\na,单元,bb\n"),
        WrongSheet("devices.unknown-place", 2, 3, "B", "位置", "编号,位置\nd,gatez\n"),
        WrongSheet("devices.no-place", 2, 3, "B", "位置", "编号,位置\nd,\n"),
        WrongSheet("residents.unknown-dwelling", 2, 3, "B", "住址", "编号,住址\na,4栋/1单元/101\n"),
        WrongSheet("residents.unknown-dwelling", 2, 3, "B", "dwelling", "id,dwelling\na,b1-0076\n"),
        WrongSheet("residents.not-a-dwelling", 2, 3, "B", "dwelling", "id,dwelling\na,b3\n"),
        WrongSheet("residents.incomplete-address", 2, 6, "C", "室", "编号,楼栋,室\na,3栋,\n"),
        WrongSheet("residents.missing-id", 2, 1, "A", "id", "id,dwelling,name\n,,罗桂华\n"),
        WrongSheet("devices.missing-id", 2, 1, "A", "id", "id,place\n,gates\n"),
        WrongSheet("workers.missing-id", 2, 1, "A", "id", "id,name\n,王\n"),
        WrongSheet("workers.unknown-grid", 2, 5, "C", "网格", "编号,姓名,网格\nw,王,g9\n"),
    ]

    static let forms: [WrongSheet] = [
        WrongSheet("residents.too-many-cells", 2, 11, "C", "", "id,dwelling\na,b1-0075,x\n"),
        WrongSheet("residents.unclosed-quote", 3, 3, "id,dwelling\na,b1-0075\nb,\"b1-0075\nc,b1-0075\n"),
        WrongSheet("residents.stray-quote", 2, 6, "id,dwelling\na,\"b1\"-0075\n"),
        WrongSheet("residents.nul-bytes", 2, 4, "id,dwelling\na,b\u{0}1\n"),
        WrongSheet("residents.bad-encoding", 2, 3, "B", "dwelling", "id,dwelling\na,锟斤拷\n"),
        WrongSheet("residents.no-header", 1, 0, "罗桂华,b1-0075\n"),
        WrongSheet("residents.no-header", 1, 0, "住户登记表,\n编号,住址\na,b1-0075\n"),
        WrongSheet("residents.missing-column", 1, 0, "编号,姓名\na,罗桂华\n"),
        WrongSheet("places.missing-column", 1, 0, "id,name\na,x\n"),
        WrongSheet("residents.duplicate-column", 1, 11, "D", "电话", "编号,住址,手机号,电话\n"),
        WrongSheet("residents.full-width-separator", 1, 0, "编号\u{FF0C}住址\u{FF0C}姓名\n"),
        WrongSheet(
            "residents.header-punctuation", 1, 4, "B", "住址\u{FF08}必填\u{FF09}",
            "编号,住址\u{FF08}必填\u{FF09}\na,b1-0075\n"),
        WrongSheet("residents.unknown-column", 1, 13, "C", "fone", "id,dwelling,fone\na,b1-0075,1\nb,b1-0075,2\n"),
        WrongSheet("residents.unnamed-column", 2, 11, "C", "", "id,dwelling,\na,b1-0075,x\nb,b1-0075,y\n"),
    ]

    @Test(arguments: cells + references + forms)
    func `a wrong sheet is told once, with its place`(_ wrong: WrongSheet) throws {
        var sheets: [SheetKind: [UInt8]] = [.places: Array(Loaded.places.utf8)]
        sheets[wrong.sheet] = Array(wrong.text.utf8)
        let loaded = Loaded(sheets)
        let told = loaded.diagnostics.filter { $0.code != "places.left-out-reference" }
        #expect(told.map(\.code) == [wrong.code])
        let first = try #require(told.first)
        #expect(first.severity == wrong.severity)
        #expect(first.file == "registry/\(wrong.sheet.fileName)")
        #expect(first.line == wrong.line)
        #expect(first.column == wrong.column)
        #expect(first.cell?.letter == wrong.letter)
        #expect(first.cell?.header == wrong.header)
        for phrase in [first.what, first.remedy] { #expect(!phrase.zh.isEmpty && !phrase.en.isEmpty) }
    }

    @Test func `a duplicate id names both lines`() {
        let loaded = Loaded(residents: "id,dwelling\na,b1-0075\nb,b1-0075\na,b1-0075\n")
        #expect(loaded.diagnostics.first?.line == 4)
        #expect(loaded.diagnostics.first?.what.zh.contains("第2行") == true)
        #expect(loaded.diagnostics.first?.what.en.contains("line 2") == true)
    }

    @Test func `a typing error brings the nearest known name`() {
        let loaded = Loaded(
            devices: "id,place,family\nd,gatez,elder\ne,gates,acess\n",
            residents: "id,dwelling,fone\na,b1-0076,\nb,3动/2单元/502,\n")
        let remedies = loaded.diagnostics.map(\.remedy.en)
        #expect(remedies.contains { $0.contains("\"gates\"") })
        #expect(remedies.contains { $0.contains("\"access\"") })
        #expect(remedies.contains { $0.contains("\"b1-0075\"") })
        #expect(remedies.contains { $0.contains("\"3栋/2单元/502\"") })
        #expect(remedies.contains { $0.contains("\"phone\"") })
    }

    @Test func `all problems of all files are told in one run, in the order of the files and lines`() {
        let loaded = Loaded(
            places: "id,kind\nx,hut\nb,building\n", devices: "id,place\nd,nowhere\n",
            residents: "id,dwelling,born\na,b/1,x\nb,b/1,y\n", workers: "id,name,shift\nw,王,x\n")
        #expect(
            loaded.codes == [
                "places.unknown-kind", "devices.unknown-place", "residents.bad-date", "residents.bad-date",
                "workers.bad-shift",
            ])
    }

    @Test func `a destroyed cell does not hide what else is wrong in its row, and is told once`() {
        let loaded = Loaded(
            places: "",
            residents: "编号,住址,独居,出生\na,2012/1/3,也许,194x\n3.7E+17,3栋/1,,\n3.7E+17,3栋/2,,\n#REF!,#REF!,,\n")
        #expect(
            loaded.codes == [
                "residents.date-address", "residents.bad-yes-no", "residents.bad-date", "residents.scientific-number",
                "residents.scientific-number", "residents.error-cell", "residents.error-cell",
            ])
        #expect(loaded.registry.residents.isEmpty)
    }

    @Test func `a row without a readable dwelling costs that row only, and is named`() {
        let loaded = Loaded(
            residents: "id,dwelling,name,care\na,b1-0076,罗桂华,独居\nb,b1-0075,万示例,独居\nc,b9/1,陈示例,\n")
        #expect(loaded.registry.residents.map(\.id) == ["b"])
        #expect(
            loaded.registry.leftOut == [
                LeftOutResident(maskedName: "罗*华", place: "b1-0076", line: 2, isWatched: true),
                LeftOutResident(maskedName: "陈*例", place: "b9/1", line: 4, isWatched: false),
            ])
    }

    @Test func `what a spreadsheet saved under the wrong name is refused with the remedy`() {
        let zip = Loaded([.residents: [0x50, 0x4B, 3, 4, 20, 0, 6, 0]])
        #expect(zip.codes == ["residents.xlsx-not-csv"])
        #expect(zip.diagnostics[0].remedy.en.contains("Save As"))
        #expect(Loaded([.places: [0xD0, 0xCF, 0x11, 0xE0, 0xA1]]).codes == ["places.xls-not-csv"])
        #expect(Loaded([.devices: [0xFF, 0xFE, 0x69, 0, 0x64, 0]]).codes == ["devices.utf-16"])
        let unmarked: [UInt8] = "id,name\r\nw,x".utf8.flatMap { (byte: UInt8) -> [UInt8] in [byte, 0] }
        #expect(Loaded([.workers: unmarked]).codes == ["workers.utf-16"])
    }

    @Test func `texts do not repeat phones and credentials`() {
        let loaded = Loaded(
            residents: "id,dwelling,phone,credentials\na,b1-0075,1380000111,secret77\nb,b1-0075,,secret77\n")
        #expect(loaded.diagnostics.count == 2)
        for diagnostic in loaded.diagnostics {
            for language in Language.allCases {
                let text = diagnostic.rendered(in: language)
                #expect(!text.contains("1380000111") && !text.contains("secret77"))
            }
        }
    }

    @Test func `a missing directory is one error that names it`() {
        #expect(throws: RegistryFiles.ReadError.self) { try RegistryFiles.read(directory: "no-such-directory") }
    }

    @Test func `references to a row that was left out are told and cost no more than the reference`() throws {
        let loaded = Loaded(
            places: "id,kind,parent\nb1,bilding,\nf1,dwelling,b1\n", devices: "id,place\nd,b1\n",
            residents: "id,dwelling\na,b1\n,b1/101\n")
        #expect(loaded.errors == ["places.unknown-kind"])
        #expect(loaded.registry.places.map(\.id) == ["f1"])
        #expect(loaded.device("d")?.place == nil)
        #expect(loaded.registry.residents.map(\.id) == ["a", "b1/101"])
        #expect(loaded.codes.count(where: { $0.hasSuffix("left-out-reference") }) == 4)
    }
}

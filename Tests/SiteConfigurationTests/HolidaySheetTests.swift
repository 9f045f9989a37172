import FileIO
import Diagnostics
import Testing
import Timekeeping

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct HolidaySheetTests {
    private func read(_ bytes: [UInt8]) -> (days: SiteDays?, diagnostics: [Diagnostic]) {
        let text = RuleFixture.text("{kind: sos}").replacing("{id: hgs}", with: "{id: hgs, holidays: h.csv}")
        let (settings, diagnostics) = Settings.parse(
            Array(text.utf8), file: "shouwang.yaml", baseDirectory: "/etc/shouwang"
        ) { path throws(FileError) in
            guard path == "/etc/shouwang/h.csv" else { throw FileError(reason: "no", isMissing: true) }
            return bytes
        }
        return (settings?.site.days, diagnostics)
    }

    private func kind(_ days: SiteDays?, _ month: Int, _ day: Int) throws -> SiteDays.Kind? {
        let date = try #require(Day(year: 2026, month: month, day: day))
        return try #require(days).kind(ofDaySinceEpoch: date.sinceEpoch)
    }

    @Test(arguments: [
        "date,kind,name\n2026-10-01,holiday,国庆\n2026-10-10,workday,\n",
        "日期;类型;名称\r\n2026/10/1;节假日;国庆\r\n2026/10/10;调休上班;\r\n",
        "\u{FEFF}name\tKind\tDate\n国庆\t休\t2026年10月1日\n\n\"\"\t班\t\"2026-10-10\"\n",
        "# note\ndate,kind\n2026-10-01,Holiday\n2026-10-01,holiday\n2026-10-10,workday",
    ])
    func `dates are read as spreadsheets and people write them`(text: String) throws {
        let (days, diagnostics) = read(Array(text.utf8))
        #expect(diagnostics == [])
        #expect(days?.count == 2)
        #expect(try kind(days, 10, 1) == .holiday)
        #expect(try kind(days, 10, 10) == .workday)
        #expect(try kind(days, 10, 2) == nil)
    }

    @Test func `a sheet saved as GB18030 is read`() throws {
        // 日期,类型 / 2026-10-01,节假日
        let header: [UInt8] = [0xC8, 0xD5, 0xC6, 0xDA, 0x2C, 0xC0, 0xE0, 0xD0, 0xCD, 0x0A]
        let row = Array("2026-10-01,".utf8) + [0xBD, 0xDA, 0xBC, 0xD9, 0xC8, 0xD5, 0x0A]
        let (days, diagnostics) = read(header + row)
        #expect(diagnostics == [])
        #expect(try kind(days, 10, 1) == .holiday)
    }

    @Test func `a wrong row costs that row, and is told with its cell`() throws {
        let text =
            "date,kind\n2026-10-01,holiday\n10月2日,holiday\n2026-02-30,holiday\n2026-10-03,free\n2026-10-01,workday\n"
        let (days, diagnostics) = read(Array(text.utf8))
        #expect(days?.count == 1)
        #expect(
            diagnostics.map(\.code) == [
                "holidays.bad-date", "holidays.bad-date", "holidays.bad-kind", "holidays.two-kinds",
            ])
        #expect(diagnostics.map(\.line) == [3, 4, 5, 6])
        #expect(diagnostics.map(\.column) == [1, 1, 12, 12])
        #expect(diagnostics.allSatisfy { $0.severity == .error && $0.file == "/etc/shouwang/h.csv" })
        #expect(
            diagnostics[2].rendered(in: .en)
                == "/etc/shouwang/h.csv:5:12: column B \"kind\": \"free\" is no kind of day; the row is left out; "
                + "write holiday, or workday for a make-up day")
    }

    @Test(arguments: ["", "\n\n", "2026-10-01,holiday\n", "date,name\n2026-10-01,x\n"])
    func `a file without the header is refused`(text: String) {
        let (days, diagnostics) = read(Array(text.utf8))
        #expect(days == nil)
        #expect(diagnostics.map(\.code) == ["holidays.no-header"])
    }

    @Test func `a missing file is told where it is named`() {
        let text = RuleFixture.text("{kind: sos}").replacing("{id: hgs}", with: "{id: hgs, holidays: none.csv}")
        let (settings, diagnostics) = parsed(text)
        #expect(settings == nil)
        #expect(diagnostics.map(\.code) == ["config.no-file"])
        #expect(diagnostics.first?.line == 1)
    }
}

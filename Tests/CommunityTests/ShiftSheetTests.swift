import Diagnostics
import Testing
import Timekeeping

@testable import Community

/// `shifts.csv`: leave, and who stands in.
@Suite struct ShiftSheetTests {
    private static let workers = """
        编号,姓名,角色,网格,班次
        wang,王,网格员,g3,Mon-Fri 19:00-07:00
        li,李,网格员,g1,Mon-Fri 08:00-18:00
        zhao,赵,网格员,g1,

        """

    private static func registry(_ shifts: String) -> (registry: Registry, codes: [String]) {
        var files = RegistryFiles()
        for (name, text) in [("workers.csv", workers), ("shifts.csv", shifts)] {
            files.files.append((name: name, path: name, bytes: Array(text.utf8)))
        }
        let (registry, diagnostics) = Registry.load(files)
        return (registry, diagnostics.map(\.code).filter { $0.hasPrefix("shifts.") })
    }

    private static func isOn(
        _ registry: Registry, _ worker: String, _ day: Int, _ hour: Int, grid: String? = nil
    ) throws -> Bool {
        let id = try #require(registry.worker(worker))
        let civil = CivilTime(
            date: try #require(Day(year: 2026, month: 12, day: day)), hour: hour, minute: 0, second: 0, millisecond: 0)
        return registry.isOnDuty(id, for: grid.flatMap { registry.grid($0) }, at: civil, .none)
    }

    @Test func `leave takes the shift that begins on its day, over midnight, and no other`() throws {
        // The 1st of December 2026 is a Tuesday.
        let (registry, codes) = ShiftSheetTests.registry("日期,人员,上下班\n2026-12-01,wang,休假\n")
        #expect(codes.isEmpty && registry.shiftChanges.count == 1)
        #expect(try ShiftSheetTests.isOn(registry, "wang", 1, 6), "Monday's shift, that ends on Tuesday")
        #expect(try !ShiftSheetTests.isOn(registry, "wang", 1, 20))
        #expect(try !ShiftSheetTests.isOn(registry, "wang", 2, 6), "Tuesday's shift")
        #expect(try ShiftSheetTests.isOn(registry, "wang", 2, 20))
    }

    @Test func `who stands in has the other's hours and grids, and keeps their own`() throws {
        let (registry, codes) = ShiftSheetTests.registry(
            "date,worker,duty,for\n2026/12/1,li,on,wang\n2026/12/1,wang,off,\n")
        #expect(codes.isEmpty)
        #expect(try ShiftSheetTests.isOn(registry, "li", 1, 20, grid: "g3"))
        #expect(try ShiftSheetTests.isOn(registry, "li", 2, 6, grid: "g3"))
        #expect(try !ShiftSheetTests.isOn(registry, "li", 1, 20, grid: "g1"))
        #expect(try ShiftSheetTests.isOn(registry, "li", 1, 9, grid: "g1"))
        #expect(try !ShiftSheetTests.isOn(registry, "li", 2, 20, grid: "g3"))
        #expect(try !ShiftSheetTests.isOn(registry, "wang", 1, 20, grid: "g3"))
    }

    @Test func `one who is always on duty has a day off, and one who is not has a day on`() throws {
        let (registry, _) = ShiftSheetTests.registry("date,worker,duty\n2026-12-01,zhao,off\n2026-12-05,li,on\n")
        #expect(try !ShiftSheetTests.isOn(registry, "zhao", 1, 0) && !ShiftSheetTests.isOn(registry, "zhao", 1, 23))
        #expect(try ShiftSheetTests.isOn(registry, "zhao", 2, 0))
        #expect(try ShiftSheetTests.isOn(registry, "li", 5, 3), "a Saturday")
        #expect(try !ShiftSheetTests.isOn(registry, "li", 6, 3))
    }

    @Test func `a row that cannot be read costs itself, and says what to write`() throws {
        let (registry, codes) = ShiftSheetTests.registry(
            """
            date,worker,duty,for
            tomorrow,wang,off,
            2026-12-01,wong,off,
            2026-12-01,wang,perhaps,
            2026-12-01,li,on,nobody
            2026-12-02,wang,off,

            """)
        #expect(
            codes.sorted() == ["shifts.bad-date", "shifts.bad-duty", "shifts.unknown-worker", "shifts.unknown-worker"])
        #expect(registry.shiftChanges.map(\.day.day) == [2])
    }

    @Test func `a family is told only where the row says yes, and a word that is neither is no`() {
        let text = "id,dwelling,family_consent\na,3栋/1/101,是\nb,3栋/1/102,\nc,3栋/1/103,maybe\n"
        var files = RegistryFiles()
        files.files.append((name: "residents.csv", path: "residents.csv", bytes: Array(text.utf8)))
        let (registry, diagnostics) = Registry.load(files)
        #expect(registry.residents.map(\.mayTellFamily) == [true, false, false])
        #expect(diagnostics.map(\.code).contains("residents.bad-consent"))
    }
}

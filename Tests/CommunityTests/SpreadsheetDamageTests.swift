import Diagnostics
import Testing

@testable import Community

/// What a spreadsheet makes of a code is found in every column that holds codes, and costs that code.
@Suite struct SpreadsheetDamageTests {
    static let destroyed: [(String, SpreadsheetDamage)] = [
        ("3.70102E+14", .number), ("3.70102e14", .number), ("1E+15", .number), ("3E-05", .number),
        ("1.2E-300", .number),
        ("3,70102E+14", .number), ("-1.5E+3", .number), ("3-Jan", .date), ("1-Mar", .date), ("Jan-03", .date),
        ("Mar-12", .date), ("03-JAN", .date), ("3-Jan-12", .date), ("3-Sept", .date), ("March-12", .date),
        ("2012/1/3", .date), ("2012-01-03", .date), ("2012.1.3", .date), ("2012年1月3日", .date), ("2012年1月", .date),
        ("1月3日", .date), ("3-1月", .date), ("1月-12", .date), ("03/01/2012", .date), ("3/01/2012", .date),
        ("1900/1/0", .date), ("2012/1/3 0:00", .date), ("2012-01-03 00:00:00", .date), ("2012-01-03T08:30:00", .date),
        ("03/01/2012 8:30 AM", .date), ("12:30:00", .time), ("0:05:09", .time), ("12:30 PM", .time), ("#REF!", .error),
        ("#N/A", .error), ("#NAME?", .error), ("#DIV/0!", .error), ("#VALUE!", .error), ("#####", .error),
        ("###", .error), ("#SPILL!", .error), ("Err:502", .error),
    ]

    static let codes = [
        "3E12", "1E5", "12E4", "3e12", "0E0", "E12", "3E-5", "3E-502", "3E", "900101", "0012", "3-1-502", "3-2",
        "12-1-3",
        "1栋", "1号楼", "3栋/2单元/502", "3/2/502", "3/1/2012", "3-1-2012", "2/13/5", "13/14/1999", "3#", "#3", "#12",
        "b1-0075",
        "gate-north", "mar", "mar-a", "may-gate", "jan12", "04:A2:1B", "12:30:00:45", "浙A12345", "13800001111",
        "0791-8812345",
        "2012", "201213", "2150/1/3", "2012-13-1", "1月", "月", "年", "3日", "3单元", "1-1", "a:b", "Err:5", "#A", "e-502",
    ]

    @Test(arguments: destroyed)
    func `what a spreadsheet made is known as such`(text: String, damage: SpreadsheetDamage) {
        for isAddress in [false, true] {
            #expect(SpreadsheetDamage.of(Array(text.utf8)[...], isAddress: isAddress) == damage, "\(isAddress)")
        }
    }

    @Test(arguments: codes)
    func `a code is a code`(_ text: String) {
        #expect(SpreadsheetDamage.of(Array(text.utf8)[...], isAddress: true) == nil)
    }

    @Test func `a date without zeros is an address where one may stand, and a scope with a number is no time`() {
        func damage(_ text: String, _ isScoped: Bool = false) -> SpreadsheetDamage? {
            SpreadsheetDamage.of(Array(text.utf8)[...], isAddress: false, isScoped: isScoped)
        }
        #expect(damage("3/1/2012") == .date)
        #expect(damage("12:30") == .time)
        #expect(damage("12:30", true) == nil)
        #expect(damage("12:30:00", true) == .time)
    }

    /// A sheet with a code in a column, the rest as it should be.
    private struct Column {
        var sheet: SheetKind
        var name: String
        var header: String
        var row: String

        init(_ sheet: SheetKind, _ name: String, _ header: String, _ row: String) {
            (self.sheet, self.name, self.header, self.row) = (sheet, name, header, row)
        }
    }

    private static let columns = [
        Column(.places, "id", "id,kind", "@,area"), Column(.places, "parent", "id,kind,parent", "x,area,@"),
        Column(.places, "grid", "id,kind,grid", "x,area,@"),
        Column(.places, "building", "id,kind,building,unit,room", ",dwelling,@,2,3"),
        Column(.places, "unit", "id,kind,building,unit,room", ",dwelling,1栋,@,3"),
        Column(.places, "room", "id,kind,building,unit,room", ",dwelling,1栋,2,@"),
        Column(.devices, "id", "id,place", "@,gates"), Column(.devices, "place", "id,place", "d,@"),
        Column(.devices, "identity", "id,place,identity", "d,gates,@"),
        Column(.devices, "via", "id,place,via", "d,gates,@"),
        Column(.residents, "id", "id,dwelling", "@,b1-0075"), Column(.residents, "dwelling", "id,dwelling", "a,@"),
        Column(.residents, "phone", "id,dwelling,phone", "a,b1-0075,@"),
        Column(.residents, "credentials", "id,dwelling,credentials", "a,b1-0075,@"),
        Column(.residents, "credentials", "id,dwelling,credentials", "a,b1-0075,900101|gate-north:@"),
        Column(.residents, "family", "id,dwelling,family", "a,b1-0075,女儿:@"),
        Column(.residents, "key_holder", "id,dwelling,key_holder", "a,b1-0075,@"),
        Column(.workers, "id", "id,name", "@,王"), Column(.workers, "phone", "id,name,phone", "w,王,@"),
        Column(.workers, "grid", "id,name,grid", "w,王,g1|@"),
        Column(.workers, "channels", "id,name,channels", "w,王,sms:@"),
    ]

    @Test(arguments: [
        "3-Jan", "Jan-03", "2012/1/3", "2012-01-03", "1月3日", "3.70102E+14", "03/01/2012", "2012年1月3日", "12:30:00",
        "#REF!",
        "#####", "3.70102e14",
    ])
    func `a destroyed code is one error in whichever column it stands, with the remedy`(_ code: String) throws {
        for column in SpreadsheetDamageTests.columns {
            var sheets: [SheetKind: [UInt8]] = [.places: Array(Loaded.places.utf8)]
            sheets[column.sheet] = Array((column.header + "\n" + column.row.replacing("@", with: code) + "\n").utf8)
            let loaded = Loaded(sheets)
            let told = loaded.diagnostics.filter { $0.severity == .error }
            #expect(told.count == 1, "\(column.sheet) \(column.name): \(told.map(\.code))")
            let first = try #require(told.first)
            #expect(first.line == 2 && first.cell?.header == column.name, "\(column.sheet) \(column.name)")
            #expect(first.remedy.en.contains("Text") || first.remedy.en.contains("formula"))
        }
    }

    @Test func `it costs that code alone`() throws {
        let loaded = Loaded(
            places: Loaded.places.replacing("gates,area,hgs,大门,g0", with: "gates,area,hgs,大门,2012/1/3"),
            devices: "id,place,identity,via\nd,gates,3-Jan,1E+15\n",
            residents: "id,dwelling,care,phone,credentials,family,key_holder\n"
                + "a,b1-0075,独居,1.38E+10,900101|3-Jan|3E12|gate:2012/1/3,女儿:1.38E+10|儿子:13900001111,楼长|3-Jan\n",
            workers: "id,name,grid,channels,phone\nw,王,g1|Jan-03,sms:1.38E+10|hook,2012/1/3\n")
        let resident = try #require(loaded.resident("a"))
        #expect(resident.credentials.map(\.value) == ["900101", "3E12"])
        #expect(resident.phone == "" && resident.keyHolder == "楼长" && resident.isWatched)
        #expect(resident.family == [Contact(name: "儿子", phone: "13900001111")])
        let device = try #require(loaded.device("d"))
        #expect(device.identity == nil && device.via == nil)
        #expect(loaded.registry.deviceByIdentity("d") == loaded.registry.device("d"))
        let worker = try #require(loaded.registry.workers.first)
        #expect(worker.channels.map(\.channel) == ["hook"] && worker.phone == "")
        #expect(worker.grids.map { loaded.registry.grids[Int($0.index)] } == ["g1"])
        #expect(loaded.place("gates")?.grid == nil)
    }

    @Test func `hexadecimal codes are found, and addresses with dashes stay readable`() {
        let loaded = Loaded(
            residents: "id,dwelling,credentials\na,1-0075,3E12\nb,3-1-502,1E5|12E4\nc,3-2,04:A2:1B\n")
        #expect(loaded.errors == [])
        for (code, owner) in [("3E12", "a"), ("1E5", "b"), ("12E4", "b"), ("04:A2:1B", "c")] {
            #expect(loaded.id(loaded.registry.residentByCredential(code, device: nil, feed: nil)) == owner)
        }
        #expect(loaded.resident("b")?.dwelling == loaded.registry.place("3栋/1单元/502"))
    }
}

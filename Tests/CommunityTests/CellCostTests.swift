import Diagnostics
import Testing
import Timekeeping

@testable import Community

/// A wrong cell costs itself; a person without a readable id or dwelling alone is left out.
@Suite struct CellCostTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        var code: String
        var columns: String
        var cells: String

        var testDescription: String { "\(code): \(cells)" }

        init(_ code: String, _ columns: String, _ cells: String) {
            (self.code, self.columns, self.cells) = (code, columns, cells)
        }
    }

    static let residents = [
        Wrong("bad-duration", "inactive_after", "24"), Wrong("bad-duration", "inactive_after", "one day"),
        Wrong("error-cell", "inactive_after", "#VALUE!"), Wrong("bad-date", "away_until", "5月1号"),
        Wrong("bad-date", "away_from", "2024-13-01"),
        Wrong("away-backwards", "away_from,away_until", "2024-05-03,2024-05-02"),
        Wrong("bad-date", "born", "194x"), Wrong("bad-date", "since", "soon"),
        Wrong("not-a-phone", "phone", "138000O1111"),
        Wrong("not-a-phone", "phone", "不详"), Wrong("not-a-phone", "family", "女儿:不详"),
        Wrong("bad-yes-no", "lives_alone", "也许"),
        Wrong("bad-credential", "credentials", "gate:"), Wrong("date-code", "credentials", "3-Jan"),
        Wrong("scientific-number", "credentials", "3.70102E+14"), Wrong("error-cell", "name", "#NAME?"),
        Wrong("bad-encoding", "name", "锟斤拷"), Wrong("nul-bytes", "name", "x\u{0}"),
        Wrong("stray-quote", "name", "\"x\"y"),
        Wrong("unclosed-quote", "name", "\"x"), Wrong("error-cell", "care", "#REF!"),
        Wrong("too-many-cells", "name", "Lo, Ann"),
    ]

    @Test(arguments: residents)
    func `a person with a wrong optional cell stays watched, and check has an error`(_ wrong: Wrong) throws {
        let care = wrong.columns.contains("care") || wrong.columns.contains("lives_alone") ? "" : ",care"
        let value = care.isEmpty ? "" : ",独居"
        let loaded = Loaded(
            residents: "id,dwelling\(care),\(wrong.columns)\na,b1-0075\(value),\(wrong.cells)\nb,b1-0075\(value),\n")
        #expect(loaded.errors == ["residents." + wrong.code])
        let resident = try #require(loaded.resident("a"))
        #expect(resident.isWatched && resident.dwelling == loaded.registry.place("b1-0075"))
        #expect(resident.inactiveAfter == nil && resident.born == nil && resident.since == nil)
        #expect(resident.awayFrom == nil && resident.awayUntil == nil && resident.credentials.isEmpty)
        #expect(loaded.registry.leftOut.isEmpty && loaded.resident("b") != nil)
        #expect(!loaded.diagnostics[0].what.en.contains("row is left out"))
    }

    @Test
    func `an absence whose first day is wrong does not count, one whose last day is wrong has the default length`() {
        let loaded = Loaded(
            residents: "id,dwelling,away_from,away_until\na,b1-0075,x,2024-05-10\nb,b1-0075,2024-05-01,x\n")
        #expect(loaded.resident("a")?.awayFrom == nil && loaded.resident("a")?.awayUntil == nil)
        #expect(loaded.resident("b")?.awayFrom == Day(year: 2024, month: 5, day: 1))
        #expect(loaded.resident("b")?.awayUntil == nil)
    }

    @Test func `a device and a worker with a wrong optional cell stay`() throws {
        let loaded = Loaded(
            devices: "id,place,family,kind,heartbeat,dir\nd,gates,acess,gate,often,up\ne,gates,acess,gate,#N/A,\n",
            workers: "id,name,channels,shift\nw,王,:1380|hook,早班\n")
        let device = try #require(loaded.device("d"))
        #expect(device.family == "access" && device.heartbeat == nil && device.direction == .payload)
        #expect(loaded.device("e") != nil)
        let worker = try #require(loaded.registry.workers.first)
        #expect(worker.shift == nil && worker.channels.map(\.channel) == ["hook"])
        #expect(
            loaded.errors == [
                "devices.unknown-family", "devices.bad-duration", "devices.bad-direction", "devices.error-cell",
                "devices.unknown-family", "workers.bad-channel", "workers.bad-shift",
            ])
    }

    @Test func `an identity that two devices have is the first one's, and the second keeps its id`() {
        let loaded = Loaded(devices: "id,place,identity\nd,gates,x\ne,gates,x\n")
        #expect(loaded.errors == ["devices.duplicate-identity"])
        #expect(loaded.registry.deviceByIdentity("x") == loaded.registry.device("d"))
        #expect(loaded.registry.deviceByIdentity("e") == loaded.registry.device("e"))
        #expect(loaded.device("e") != nil)
    }

    @Test func `a place whose parent is wrong stays, and so do the people in it`() {
        let loaded = Loaded(
            places: "id,kind,parent\nf1,dwelling,nowhere\nf2,dwelling,f3\nf3,floor,f2\nf4,dwelling,3-Jan\n",
            residents: "id,dwelling,care\na,f1,独居\nb,f2,独居\nc,f4,独居\n")
        #expect(loaded.registry.residents.map(\.id) == ["a", "b", "c"])
        #expect(Set(loaded.errors) == ["places.unknown-parent", "places.cycle", "places.date-address"])
    }

    @Test(arguments: [
        "3-Jan,b1-0075", "a,2012/1/3", "#REF!,b1-0075", "a,b9-1", "a,\"b1\"-0075", "\"a,b1-0075", "a,锟斤拷",
    ])
    func `who has no readable id or dwelling is left out and named`(_ row: String) throws {
        let loaded = Loaded(residents: "id,dwelling,name,care\n\(row),罗桂华,独居\nb,b1-0075,,\n")
        #expect(loaded.registry.residents.map(\.id) == ["b"])
        let left = try #require(loaded.registry.leftOut.first)
        #expect(left.line == 2 && left.isWatched && loaded.registry.leftOut.count == 1)
    }

    @Test func `a row whose cells are shifted is watched where its care may stand further right`() {
        let loaded = Loaded(
            residents:
                "id,dwelling,name,phone,care,inactive_after,note\na,b1-0075,Lo, Ann,,独居,,x\nb,b1-0075,x,,,,one,two\n")
        #expect(
            loaded.errors == [
                "residents.too-many-cells", "residents.bad-duration", "residents.not-a-phone",
                "residents.too-many-cells",
            ])
        #expect(loaded.resident("a")?.isWatched == true)
        #expect(loaded.resident("b")?.isWatched == false)
    }
}

import Diagnostics
import Foundation
import Testing
import Timekeeping

@testable import Community

@Suite struct RegistryTests {
    @Test func `an address makes its dwelling and its unit under the building's row`() throws {
        let loaded = Loaded(residents: "id,dwelling,name\n,3栋/2单元/502,罗桂华\n")
        #expect(loaded.codes == [])
        let dwelling = try #require(loaded.place("3栋/2单元/502"))
        #expect(dwelling.id == "3栋/2单元/502" && dwelling.kind == .dwelling && dwelling.line == 0)
        #expect(dwelling.displayName == "3栋2单元502")
        #expect(dwelling.building == loaded.registry.place("b3"))
        #expect(dwelling.dwelling == loaded.registry.place("3栋/2单元/502"))
        #expect(dwelling.grid == loaded.registry.grid("g3"))
        let unit = try #require(loaded.place("3栋/2单元"))
        #expect(unit.kind == .unit && unit.displayName == "3栋2单元" && unit.parent == loaded.registry.place("b3"))
        #expect(loaded.resident("3栋/2单元/502")?.name == "罗桂华")
    }

    @Test func `a dwelling below a building is named with it`() {
        #expect(Loaded().place("b1-0075")?.displayName == "1栋0075室")
        #expect(Loaded().place("gates")?.displayName == "大门")
    }

    @Test(arguments: [
        "3栋/2单元/502", "3栋2单元502", "3栋2单元502室", "3栋/2/502", "b3/2单元/502", "3-2-502", "3\u{FF0F}2单元\u{FF0F}502",
        "3幢2单元502",
        "3号楼-2-502".replacing("-", with: "/"), "3栋/2单元/5层/502",
    ])
    func `all spellings of an address mean one dwelling`(_ spelling: String) {
        let loaded = Loaded(
            places: Loaded.places + "b3-2,unit,b3,2单元,\nflat,dwelling,b3-2,502,\n",
            residents: "id,dwelling\na,\(spelling)\n")
        #expect(loaded.codes == [])
        #expect(loaded.resident("a")?.dwelling == loaded.registry.place("flat"))
    }

    @Test func `columns building, unit and room are an address, with bare numbers too`() {
        let loaded = Loaded(residents: "姓名,楼栋,单元,房号\n罗桂华,3栋,2单元,502\n罗桂,3,2,502\n罗华,1,,0075\n")
        #expect(loaded.codes == [])
        #expect(loaded.registry.residents.map(\.id) == ["3栋/2单元/502", "3栋/2单元/502.2", "b1-0075"])
    }

    @Test func `places too may be given in columns`() throws {
        let loaded = Loaded(
            places: "编号,类型,楼栋,单元,室,名称\nb3,楼栋,,,,3栋\n,,3栋,2单元,502,\n,单元,3栋,1单元,,\n",
            residents: "id,dwelling\na,3栋/2单元/502\n")
        #expect(loaded.codes == [])
        #expect(loaded.registry.places.map(\.id) == ["b3", "3栋/2单元/502", "3栋/1单元", "3栋/2单元"])
        #expect(loaded.place("3栋/2单元/502")?.displayName == "3栋2单元502")
    }

    @Test func `a name of two buildings is never guessed`() {
        let loaded = Loaded(
            places: "id,kind,parent,name\np1,building,,1栋\np2,building,,1栋\n",
            residents: "id,dwelling\na,1栋/101\nb,p2/101\n")
        #expect(loaded.codes == ["residents.ambiguous-building"])
        #expect(loaded.place("p2/101")?.building == loaded.registry.place("p2"))
    }

    @Test func `without any building row addresses make their buildings`() {
        let loaded = Loaded([.residents: Array("姓名,住址\n罗桂华,3栋/2单元/502\n".utf8)])
        #expect(loaded.codes == [])
        #expect(loaded.registry.places.map(\.id) == ["3栋", "3栋/2单元", "3栋/2单元/502"])
    }

    @Test func `digits of two names never run together`() {
        #expect(RegistryLoader.displayName(["3", "2", "502"]) == "3-2-502")
        #expect(RegistryLoader.displayName(["A", "502"]) == "A502")
        #expect(RegistryLoader.displayName(["Building 3", "Unit 2", "502"]) == "Building 3 Unit 2-502")
        #expect(RegistryLoader.displayName(["3栋", "3栋2单元502"]) == "3栋2单元502")
    }

    @Test func `derived ids do not depend on errors in other cells, nor take an id that is given`() {
        let loaded = Loaded(
            residents: "id,dwelling,born\n,b1-0075,bad\n,b1-0075,\nb1-0075.3,b1-0075,\n,b1-0075,\n")
        #expect(loaded.registry.residents.map(\.id) == ["b1-0075", "b1-0075.2", "b1-0075.3", "b1-0075.4"])
    }

    @Test func `a cell of each kind is read`() throws {
        let loaded = Loaded(
            residents: "编号,住址,姓名,电话,照护,独居,无活动时限,外出自,外出至,凭证,出生,家属,钥匙,登记日期,备注\n"
                + "e1,b1-0075,罗桂华,138 0000 1111,高龄、残疾,√,36h,2024/5/1,2024年5月10日,c1|gate-north:22|04:A2:1B,"
                + "1945-03-09,女儿小罗\u{FF1A}13900001111|王大妈,楼长,2024-05-01 0:00,腿脚不便\n")
        #expect(loaded.codes == [])
        let resident = try #require(loaded.resident("e1"))
        #expect(resident.care == ["独居", "高龄", "残疾"] && resident.isWatched)
        #expect(resident.inactiveAfter == .hours(36))
        #expect(resident.awayFrom == Day(year: 2024, month: 5, day: 1))
        #expect(resident.awayUntil == Day(year: 2024, month: 5, day: 10))
        #expect(
            resident.credentials == [
                Credential(scope: nil, value: "c1"), Credential(scope: "gate-north", value: "22"),
                Credential(scope: nil, value: "04:A2:1B"),
            ])
        #expect(resident.born == Day(year: 1945, month: 3, day: 9))
        #expect(
            resident.family == [
                Contact(name: "女儿小罗", phone: "13900001111"), Contact(name: "王大妈", phone: ""),
            ])
        #expect(resident.keyHolder == "楼长" && resident.note == "腿脚不便")
        #expect(resident.since == Day(year: 2024, month: 5, day: 1))
    }

    @Test(arguments: [
        ("yes", true), ("是", true), ("√", true), ("1", true), ("no", false), ("否", false), ("0", false), ("", false),
    ])
    func `yes and no are read as people write them`(text: String, isWatched: Bool) {
        #expect(Loaded(residents: "id,dwelling,lives_alone\na,b1-0075,\(text)\n").resident("a")?.isWatched == isWatched)
    }

    @Test(arguments: [("独居老人", ["独居"]), ("空巢|高龄", ["空巢", "高龄"]), ("随访", ["随访"]), ("是", ["关爱"]), ("无", []), ("", [])])
    func `any care is watched, in the product's words`(text: String, words: [String]) {
        #expect(Loaded(residents: "id,dwelling,care\na,b1-0075,\(text)\n").resident("a")?.care == words)
    }

    @Test(arguments: [
        ("罗桂华", "罗*华"), ("罗华", "罗*"), ("欧阳桂华", "欧*华"), ("罗", "*"), ("Mary Ann Smith", "M* A* S*"), ("Al", "A*"),
        ("", ""),
        ("买买提·艾力", "买*力"),
    ])
    func `names are masked`(name: String, masked: String) {
        #expect(Resident.masked(name) == masked)
    }

    @Test func `households are the watched of a dwelling, and each watched person without one`() throws {
        let loaded = Loaded(
            residents: "id,dwelling,lives_alone\na,b1-0075,no\nb,b1-0075,yes\nc,,yes\nd,b1-0075,yes\ne,,no\n")
        let registry = loaded.registry
        #expect(registry.households.map(\.residents) == [[1, 3], [2]].map { $0.map { ResidentID(index: $0) } })
        #expect(
            registry.residents.indices.map { registry.household(of: ResidentID(index: Int32($0))) } == [
                -1, 0, 1, 0, -1,
            ])
        #expect(registry.household(inDwelling: try #require(registry.place("b1-0075"))) == 0)
        #expect(registry.household(inDwelling: try #require(registry.place("gates"))) == -1)
        #expect(registry.key(ofHousehold: 0) == "b1-0075")
        #expect(registry.key(ofHousehold: 1) == "c")
    }

    @Test func `a credential means one person, within its scope`() {
        let loaded = Loaded(
            devices: "id,place\ngate-north,gates\ngate-south,gates\n",
            residents: "id,dwelling,credentials\na,,22|lpr:浙A1\nb,,gate-north:22\nc,,gate-south:22\n")
        #expect(loaded.codes == [])
        let registry = loaded.registry
        let north = registry.device("gate-north")
        #expect(loaded.id(registry.residentByCredential("22", device: nil, feed: nil)) == "a")
        #expect(loaded.id(registry.residentByCredential("22", device: north, feed: nil)) == "b")
        #expect(loaded.id(registry.residentByCredential("22", device: registry.device("gate-south"), feed: "x")) == "c")
        #expect(loaded.id(registry.residentByCredential("浙A1", device: north, feed: "lpr")) == "a")
        #expect(registry.residentByCredential("浙A1", device: north, feed: nil) == nil)
        #expect(loaded.id(registry.residentByCredential("c", device: north, feed: nil)) == "c")
        #expect(registry.residentByCredential("23", device: north, feed: "lpr") == nil)
    }

    @Test func `a credential of two people is nobody's`() {
        let loaded = Loaded(residents: "id,dwelling,credentials\na,,c1|c2\nb,,c1\nc,,a\n")
        #expect(loaded.codes == ["residents.duplicate-credential", "residents.duplicate-credential"])
        #expect(loaded.registry.residents.map(\.id) == ["a", "b", "c"], "the people stay, whoever they share it with")
        #expect(loaded.registry.residentByCredential("c1", device: nil, feed: nil) == nil)
        #expect(loaded.id(loaded.registry.residentByCredential("c2", device: nil, feed: nil)) == "a")
        #expect(loaded.id(loaded.registry.residentByCredential("a", device: nil, feed: nil)) == "a")
    }

    @Test func `a device of each kind is read`() throws {
        let loaded = Loaded(
            devices: "编号,位置,类别,类型,心跳,标识,经由,方向\ng1,gates,门禁,大门,,1,,进\ng2,gates,,unit-door,,,,1=in|2=out\n"
                + "p1,3栋/2单元/502,,红外,6小时,客厅,hub1,\n")
        #expect(loaded.codes == [])
        let gate = try #require(loaded.device("g1"))
        #expect(gate.isOuterGate && gate.family == "access" && gate.direction == .fixed(.in))
        #expect(loaded.registry.deviceByIdentity("1") == loaded.registry.device("g1"))
        #expect(loaded.registry.deviceByIdentity("g1") == nil)
        let door = try #require(loaded.device("g2"))
        #expect(door.kind == "unit_door" && door.family == "access" && !door.isOuterGate)
        #expect(door.direction == .table([.init(value: "1", direction: .in), .init(value: "2", direction: .out)]))
        let sensor = try #require(loaded.device("p1"))
        #expect(
            sensor.family == "elder" && sensor.kind == "pir" && sensor.heartbeat == .hours(6) && sensor.via == "hub1")
        #expect(sensor.place == loaded.registry.place("3栋/2单元/502"))
        #expect(loaded.registry.deviceByIdentity("g2") == loaded.registry.device("g2"))
    }

    @Test func `devices and residents share the dwelling that an address makes`() {
        let loaded = Loaded(
            devices: "id,place\np,b3/2单元/502\n", residents: "id,dwelling\na,3栋2单元502室\n")
        #expect(loaded.codes == [])
        #expect(loaded.device("p")?.place != nil)
        #expect(loaded.device("p")?.place == loaded.resident("a")?.dwelling)
        // The residents' spelling is the id; the other one is found as well.
        #expect(loaded.place("b3/2单元/502")?.id == "3栋/2单元/502室")
    }

    @Test func `a directory of files is read with the paths that messages show`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("community-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("id,kind\nx,hut\n".utf8).write(to: directory.appendingPathComponent("places.csv"))
        let files = try RegistryFiles.read(directory: directory.path)
        #expect(files.files.map(\.name) == ["places.csv"])
        #expect(Registry.load(files).diagnostics.map(\.file) == [directory.path + "/places.csv"])
    }
}

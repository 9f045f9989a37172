import Diagnostics
import Testing

@testable import Community

@Suite struct RegistryDiffTests {
    private static let old = Loaded(
        devices: "id,place\nd1,gates\nd2,b1-0075\n",
        residents: "id,dwelling,name,care\na,b1-0075,罗桂华,独居\nb,3-2-502,万示例,独居\nc,3-2-503,陈示例,\nd,3-2-504,李示例,独居\n",
        workers: "id,name,grid\nw,王,g1\nv,李,g1\n")

    @Test func `what was added, moved or is gone is named, people with masked names`() {
        let new = Loaded(
            places: Loaded.places + "pool,area,hgs,泳池,\n", devices: "id,place\nd1,b1-0075\nd3,gates\n",
            residents: "id,dwelling,name,care\nb,3-2-601,万示例,独居\nc,3-2-503,陈示例,独居\nd,3-2-504,李示例,\ne,3-2-505,吴示例,\n",
            workers: "id,name,grid\nw,王,g3\nu,张,g1\n")
        let diff = RegistryDiff(from: RegistryDiffTests.old.registry, to: new.registry)
        #expect(diff.residents.added == ["3栋2单元505 吴*例"])
        #expect(diff.residents.moved == ["3栋2单元601 万*例 (3栋2单元502 → 3栋2单元601)"])
        #expect(diff.residents.gone == ["1栋0075室 罗*华"])
        #expect(diff.unwatched == ["1栋0075室 罗*华", "3栋2单元504 李*例"])
        #expect(diff.watchedAnew == ["3栋2单元503 陈*例"])
        #expect(diff.devices.added == ["d3"] && diff.devices.gone == ["d2"])
        #expect(diff.devices.moved == ["d1 (大门 → 1栋0075室)"])
        #expect(diff.places == RegistryDiff.Changes(added: ["pool"]))
        #expect(diff.workers == RegistryDiff.Changes(added: ["u"], moved: ["w (g1 → g3)"], gone: ["v"]))
        let text = diff.lines().map { $0.zh + $0.en }.joined()
        #expect(!text.contains("罗桂华") && !text.contains("万示例"))
        #expect(diff.lines().first?.en == "not watched any more (2): 1栋0075室 罗*华, 3栋2单元504 李*例")
    }

    @Test func `another order, another spelling and other remarks change nothing`() {
        let new = Loaded(
            devices: "id,place\nd2,b1-0075\nd1,gates\n",
            residents: "id,dwelling,name,care,note\nd,3栋/2单元/504,李示例,独居,x\nc,3栋2单元503室,陈示例,,\nb,3/2/502,万示例,空巢,\n"
                + "a,1-0075,罗桂华,独居,\n", workers: "id,name,grid\nv,李,g1\nw,王,g1\n")
        let diff = RegistryDiff(from: RegistryDiffTests.old.registry, to: new.registry)
        #expect(diff.isEmpty && diff.lines().isEmpty, "\(diff)")
    }

    @Test func `a line has ten names at most`() {
        let rows = (0..<50).map { "e\($0),3-2-\(100 + $0),罗桂华,独居\n" }.joined()
        let diff = RegistryDiff(
            from: Loaded(residents: "id,dwelling,name,care\n").registry,
            to: Loaded(residents: "id,dwelling,name,care\n" + rows).registry)
        let line = diff.lines().first?.en ?? ""
        #expect(line.hasPrefix("watched from now on (50): ") && line.hasSuffix(" and 40 more"))
    }
}

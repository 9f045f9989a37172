import Alerts
import Diagnostics
import Testing

@testable import Pipeline
import Vocabulary

/// A closing says who closed the case and what was found, and sends nobody anywhere (docs/commands.md, "Alert
/// changes").
@Suite struct ClosingTextTests {
    private static let minute = Scene.minute

    private func closing(_ rules: [String], _ lines: [Line], _ fields: String) throws -> AlertChange {
        let scene = Scene(rules: rules)
        let id = try #require(scene.run(lines).changes.last { $0.change == .raised }?.id)
        let close = Line.own(
            (lines.last?.at ?? 0) + ClosingTextTests.minute, "act",
            "{\"verb\":\"close\",\"alert\":\"\(id)\",\"actor\":\"zhang\"\(fields)}")
        return try #require(scene.run(lines + [close]).changes.last)
    }

    @Test func `of a person it tells the home, the name as it is masked, the finding and the note`() throws {
        let told = try closing(
            ["still: {kind: no_movement}"],
            [.native(0, "elder/p1", "motion", ",\"value\":1"), .quiet(3 * Scene.day + ClosingTextTests.minute)],
            ",\"found\":\"well\",\"note\":\"关节炎\\n无碍\"")
        #expect(told.change == .closed && told.isTold)
        #expect(
            told.message.zh
                == "【已结案】3栋2单元502 罗*华 居家无活动:3月8日00:02由zhang结案,结果:平安,备注:关节炎 无碍。编号"
                + told.id.prefix(6).uppercased())
        #expect(
            told.message.en.hasPrefix(
                "[Closed] 3栋2单元502 罗*华, No movement at home: closed at 8 Mar 00:02 by zhang; found: well"))
    }

    @Test(arguments: ["sos", "smoke"])
    func `of a call it tells where, and no longer asks anybody to go`(_ type: String) throws {
        let told = try closing([], [.native(0, "elder/p1", type)], ",\"found\":\"not_real\"")
        #expect(told.message.zh.hasPrefix("【已结案】3栋2单元502 ") && told.message.zh.contains("结果:不属实"))
        #expect(!told.message.zh.contains("请") && !told.message.en.contains("Go there"))
    }

    @Test func `without a finding and without a name it is still a closing`() throws {
        let scene = Scene(rules: [])
        let id = try #require(scene.run([.native(0, "elder/stranger", "sos")]).changes.first?.id)
        let close = Line.own(1000, "act", "{\"verb\":\"close\",\"alert\":\"\(id)\"}")
        let told = try #require(scene.run([.native(0, "elder/stranger", "sos"), close]).changes.last)
        #expect(told.message.zh == "【已结案】stranger 一键呼救:3月5日00:00由工作人员结案。编号" + id.prefix(6).uppercased())
    }
}

import Alerts
import Diagnostics
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline

/// Golden texts and the wire form. Ids are from Python's hashlib.
@Suite struct WordingTests {
    @Test(
        arguments: [
            ("hgs", "quiet", "3栋/2单元/502", 1_772_669_520_000, "ef69594facf36ef8"),
            ("hgs", "quiet", "3栋/2单元/502", 1_772_640_000_000, "0e19ca020a2bef6c"),
            ("a", "b", "c", 0, "b6ec13d736ce851f"), ("a", "b", "c", -1, "6c0c3d9a62f8c66e"),
            ("s", "规则", "键|", 1, "5141730243a87f77"),
        ] as [(String, String, String, Int64, String)])
    func `an id is the start of a SHA-256 over who, what and when`(
        _ site: String, _ rule: String, _ key: String, _ ms: Int64, _ id: String
    ) {
        #expect(AlertChange.id(site: site, rule: rule, key: key, started: Instant(milliseconds: ms)) == id)
    }

    @Test func `no movement, from the raise over the worse stage to the end`() {
        let scene = Scene(rules: ["quiet: {kind: no_movement, evidence: {count: 1}}"])
        let seen = 8 * Scene.hour + 12 * Scene.minute
        let end = seen + 4 * Scene.day
        let result = scene.run([
            .quiet(0), .native(seen, "elder/p1", "motion"), .quiet(seen + Scene.day), .quiet(seen + 3 * Scene.day),
            .native(end, "access/north", "pass", ",\"person\":\"c1\",\"dir\":\"1\""),
        ])
        #expect(
            result.changes.map(\.message.zh) == [
                "【预警·一般】3栋2单元502 罗*华(独居):家中已24小时没有活动。最后:3月5日08:12 客厅红外。传感器无心跳,状态不明,未见外出。请立即上门,反馈结果。编号EF6959",
                "【预警·重要】3栋2单元502 罗*华(独居):家中已72小时没有活动。最后:3月5日08:12 客厅红外。传感器无心跳,状态不明,未见外出。请立即上门,反馈结果。编号EF6959",
                "【已解除】3栋2单元502 罗*华(独居):3月9日08:12 北门进有活动,无需上门;已签收的仍请反馈。编号EF6959",
            ])
        #expect(
            result.changes.map(\.message.en) == [
                "[Alert: medium] 3栋2单元502 罗*华 (lives alone): no movement at home for 24 h. Last: 5 Mar 08:12, 客厅红外. "
                    + "The sensors have no heartbeat, so nobody knows whether they work; nobody was seen leaving. "
                    + "Please go there now and report back. No. EF6959",
                "[Alert: high] 3栋2单元502 罗*华 (lives alone): no movement at home for 72 h. Last: 5 Mar 08:12, 客厅红外. "
                    + "The sensors have no heartbeat, so nobody knows whether they work; nobody was seen leaving. "
                    + "Please go there now and report back. No. EF6959",
                "[Resolved] 3栋2单元502 罗*华 (lives alone): activity at 9 Mar 08:12, 北门 in. No visit is needed; "
                    + "whoever took it, please still report back. No. EF6959",
            ])
        for line in scene.json(result) { #expect(!line.contains("罗桂华"), "a name left the house unmasked") }
    }

    @Test func `a home of which nothing ever came, and two who live there`() {
        let residents = Scene.luo + "e2,3栋/2单元/502,罗海,高龄,,,,,\n"
        let scene = Scene(rules: ["quiet: {kind: no_movement, after: 4d, evidence: {count: 1}}"], residents: residents)
        let result = scene.run([.quiet(0), .quiet(4 * Scene.day)])
        #expect(
            result.changes.map(\.message.zh) == [
                "【预警·重要】3栋2单元502 罗*华、罗*:家中已4天没有活动。自3月5日00:00起没有任何记录。传感器无心跳,状态不明,未见外出。请立即上门,反馈结果。编号0E19CA"
            ])
        #expect(
            result.changes.map(\.message.en) == [
                "[Alert: high] 3栋2单元502 罗*华, 罗*: no movement at home for 4 days. Nothing at all since 5 Mar 00:00. "
                    + "The sensors have no heartbeat, so nobody knows whether they work; nobody was seen leaving. "
                    + "Please go there now and report back. No. 0E19CA"
            ])
    }

    @Test func `a throw, and a second camera`() {
        let scene = Scene(rules: [ThrownObjectTests.rule])
        let at = 14 * Scene.hour + 3 * Scene.minute + 21_250
        let result = scene.run([
            .native(at, "camera/f3a", "thrown_object", ",\"confidence\":0.9"),
            .native(at + 500, "camera/f3b", "thrown_object", ",\"confidence\":0.8,\"floor\":17"),
        ])
        #expect(
            result.changes.map(\.message.zh) == [
                "【预警·紧急】3栋 疑似高空抛物,3月5日14:03:21,1个摄像头拍到。请保安查看有无伤人,保护现场。编号4CBD82",
                "【预警·紧急】3栋 疑似高空抛物,3月5日14:03:21,2个摄像头拍到(约17层,仅供参考)。请保安查看有无伤人,保护现场。编号4CBD82",
            ])
        #expect(
            result.changes.map(\.message.en) == [
                "[Alert: critical] 3栋: suspected object thrown from height, 5 Mar 14:03:21, seen by 1 camera. "
                    + "Guard: see whether anybody is hurt, secure the scene. No. 4CBD82",
                "[Alert: critical] 3栋: suspected object thrown from height, 5 Mar 14:03:21, seen by 2 cameras "
                    + "(about floor 17, a hint only). Guard: see whether anybody is hurt, secure the scene. No. 4CBD82",
            ])
    }

    @Test func `an e-bike`() {
        let scene = Scene(rules: [EbikeTests.rule()])
        let at = 14 * Scene.hour + 3 * Scene.minute + 21_250
        let result = scene.run([
            .native(at, "camera/lift3", "ebike", ",\"confidence\":0.91"),
            .native(at + 500, "camera/lift3", "ebike", ",\"confidence\":0.7"),
        ])
        #expect(
            result.changes.map(\.message.zh) == [
                "【预警·重要】3栋 发现电动车进楼,3月5日14:03:21,3栋电梯拍到,可信度91%。请保安到场劝离,电动车不得上楼充电。编号604C09"
            ])
        #expect(
            result.changes.map(\.message.en) == [
                "[Alert: high] 3栋: e-bike in the building, 5 Mar 14:03:21, seen by 3栋电梯, confidence 91 %. "
                    + "Guard: please go there; e-bikes must not be charged upstairs. No. 604C09"
            ])
    }

    @Test func `the object on the wire has the contract's keys in its order`() {
        let scene = Scene(rules: ["quiet: {kind: no_movement, evidence: {count: 1}}", ThrownObjectTests.rule])
        let seen = 8 * Scene.hour + 12 * Scene.minute
        let result = scene.run([
            .quiet(0), .native(seen, "elder/p1", "motion"),
            .native(seen + Scene.hour, "camera/f3a", "thrown_object", ",\"confidence\":0.9"),
            .quiet(seen + Scene.day + 5),
        ])
        let throwing = #"""
            {"schema":"shouwang.alert/1","change":"raised","at":"2026-03-05T09:12:00.000+08:00",\#
            "id":"78a2a8ee7461d230","rule":"throw","kind":"thrown_object","severity":"critical","site":"hgs","place":"b3",\#
            "grid":"g3","key":"b3","device":"f3a","started":"2026-03-05T09:12:00.000+08:00","detected":"2026-03-05T09:12:00.000+08:00",\#
            "last_evidence":"2026-03-05T09:12:00.000+08:00","state":"open",\#
            "detail":{"count":1,"confidence":0.90,"devices":["f3a"]},\#
            "evidence":[{"at":"2026-03-05T09:12:00.000+08:00","topic":"community/hgs/camera/f3a","device":"f3a",\#
            "kind":"thrown_object"}],"message":{"zh-Hans":"
            """#
        let quiet = #"""
            {"schema":"shouwang.alert/1","change":"raised","at":"2026-03-06T08:12:00.000+08:00",\#
            "id":"ef69594facf36ef8","rule":"quiet","kind":"no_movement","severity":"medium","site":"hgs",\#
            "place":"3栋/2单元/502","grid":"g3","key":"3栋/2单元/502","person":"e1","started":"2026-03-05T08:12:00.000+08:00",\#
            "detected":"2026-03-06T08:12:00.000+08:00","last_evidence":"2026-03-05T08:12:00.000+08:00","state":"open",\#
            "verdict":"not_moving","detail":{"stage":1,"after":"24h","blind":0.00,"watched":0.00,"dead":0.00,\#
            "unsupervised":true,"devices":[{"device":"d1"},{"device":"p1","last":"2026-03-05T08:12:00.000+08:00",\#
            "age":"24h","evidence":"2026-03-05T08:12:00.000+08:00"},{"device":"w1"}]},"evidence":[{"at":"2026-03-05T08:12:00.000+08:00",\#
            "topic":"community/hgs/elder/p1","device":"p1","kind":"motion"}],"message":{"zh-Hans":"
            """#
        let lines = scene.json(result)
        #expect(lines.count == 2)
        for (line, start) in zip(lines, [throwing, quiet]) {
            #expect(line.hasPrefix(start), "\(line)")
            #expect(line.hasSuffix("\"}}") && line.contains("\",\"en\":\""))
        }
    }
}

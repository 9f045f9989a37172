import Alerts
import Cases
import Feeds
import Testing
import Timekeeping
import Vocabulary

@testable import Pipeline

/// What people's records make of a case, by way of the log: what `Case` decides, told with everything around it.
@Suite struct CaseActTests {
    private static let scene = Scene(rules: [
        "sos: {kind: sos}", "home: {kind: no_movement, stages: [{after: 24h, severity: medium}]}",
    ])

    private static func ids() throws -> (call: String, home: String) {
        let changes = scene.run(lines).changes
        return (
            try #require(changes.first { $0.kind == .sos }?.id),
            try #require(changes.first { $0.kind == .noMovement }?.id)
        )
    }

    private static let lines = [
        Line.native(0, "elder/p1", "motion"), .native(25 * Scene.hour, "elder/p2", "sos"),
    ]

    /// Does acts, a minute apart, each `verb actor field=value…`; the same with a restart after each record.
    private static func told(_ alert: String, _ acts: [String]) throws -> (changes: [AlertChange], acts: [ActOutcome]) {
        let records = acts.enumerated().map { minute, text in
            var fields = text.split(separator: " ").map(String.init)
            var json =
                "{\"verb\":\"\(fields.removeFirst())\",\"alert\":\"\(alert)\",\"actor\":\"\(fields.removeFirst())\""
            for field in fields {
                let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
                json += ",\"\(parts[0])\":" + (["true", "false"].contains(parts[1]) ? parts[1] : "\"\(parts[1])\"")
            }
            return Line.own(25 * Scene.hour + Int64(minute + 1) * Scene.minute, "act", json + "}")
        }
        var runs: [(changes: [AlertChange], acts: [ActOutcome])] = []
        for restarts in [false, true] {
            var pipeline = scene.pipeline(after: lines)
            var effects = Effects()
            for record in records {
                let batch = scene.decoded([record])
                pipeline.step(batch, 0..<1, firstNumber: pipeline.record + 1, into: &effects)
                if restarts { pipeline = try scene.restored(pipeline.encoded()).pipeline }
            }
            runs.append((effects.changes, effects.acts))
        }
        #expect(runs[0].changes == runs[1].changes && runs[0].acts == runs[1].acts)
        return runs[0]
    }

    @Test func `each act has its outcome, with the place of its last change`() throws {
        let (changes, acts) = try CaseActTests.told(
            try CaseActTests.ids().call,
            ["ack w1", "ack w2", "arrive w1", "handle w1 found=well by=visit", "check w1", "check w2 ok=true"])
        #expect(
            changes.map { "\($0.change.rawValue) \($0.actor ?? "") \($0.assignee ?? "")" } == [
                "acknowledged w1 w1", "arrived w1 w1", "handled w1 w1", "checked w2 w1", "closed w2 w1",
            ])
        #expect(
            acts.map(\.result) == [
                .done(ordinal: 0), .refused(.isIllegal, .acknowledged), .done(ordinal: 0), .done(ordinal: 0),
                .refused(.isOwnCheck, .handled), .done(ordinal: 1),
            ])
        #expect(changes.allSatisfy { $0.act?.verb != nil && $0.act?.page == nil })
        #expect(changes.last?.found == "well" && changes.last?.isTold == true && changes.last?.act?.unchecked == false)
    }

    @Test func `who handles on the spot arrived then, and the change says so`() throws {
        let call = try CaseActTests.ids().call
        for (acts, isMarked) in [
            (["ack w1", "handle w1 found=well by=visit"], true), (["ack w1", "handle w1 found=well by=phone"], false),
            (["arrive w1", "handle w1 found=well by=visit"], false),
        ] {
            let last = try #require(CaseActTests.told(call, acts).changes.last)
            #expect(last.change == .handled && last.act?.arrivalUnreported == isMarked)
            let json = String(decoding: last.json(zone: .utc), as: UTF8.self)
            #expect(json.contains("\"arrival_unreported\":true") == isMarked)
        }
    }

    @Test func `where the route lets, whoever handled checks, and the closing says so`() throws {
        let changes = try CaseActTests.told(
            try CaseActTests.ids().call, ["arrive w1", "handle w1 found=well", "check w1 may_check_own=true"]
        ).changes
        #expect(changes.map(\.change) == [.arrived, .handled, .checked, .closed])
        #expect(changes.map { $0.act?.unchecked } == [false, false, false, true])
    }

    @Test func `a device's fault alone leaves the case, and the home is missed on`() throws {
        let home = try CaseActTests.ids().home
        let changes = try CaseActTests.told(home, ["arrive w1", "handle w1 found=device_fault device=faulty"]).changes
        #expect(
            changes.map { "\($0.change.rawValue) \($0.state.rawValue)" } == ["arrived on_site", "escalated on_site"])
        #expect(changes.last?.act?.reason == "no_access" && changes.last?.act?.found == "device_fault")
        #expect(changes.last?.started == changes.first?.started)
    }

    @Test func `who was said to have died, and is well, is watched again`() throws {
        let home = try CaseActTests.ids().home
        var pipeline = CaseActTests.scene.pipeline(after: CaseActTests.lines)
        func own(_ minute: Int64, _ verb: String, _ found: String = "") -> Line {
            .own(
                25 * Scene.hour + minute * Scene.minute, "act",
                "{\"verb\":\"\(verb)\",\"alert\":\"\(home)\",\"actor\":\"w1\"\(found.isEmpty ? "" : ",\"found\":\"\(found)\"")}"
            )
        }
        var effects = Effects()
        let acts = [own(1, "arrive"), own(2, "handle", "deceased"), own(3, "handle", "well")]
        let batch = CaseActTests.scene.decoded(acts + [.quiet(60 * Scene.hour)])
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: pipeline.record + 1, into: &effects)
        #expect(
            effects.changes.map(\.change) == [.arrived, .handled, .reopened, .handled, .raised],
            "the last is the home, missed again")
    }

    @Test func `what is put off says when it ends, and only its own end ends it`() throws {
        let home = try CaseActTests.ids().home
        var pipeline = CaseActTests.scene.pipeline(after: CaseActTests.lines)
        func step(_ at: Int64, _ fields: String) -> [ActOutcome] {
            var effects = Effects()
            let batch = CaseActTests.scene.decoded([
                .own(at, "act", "{\"alert\":\"\(home)\",\"actor\":\"w1\",\(fields)}")
            ])
            pipeline.step(batch, 0..<1, firstNumber: pipeline.record + 1, into: &effects)
            return effects.acts
        }
        _ = step(26 * Scene.hour, "\"verb\":\"ack\"")
        _ = step(26 * Scene.hour, "\"verb\":\"suspend\",\"reason\":\"x\",\"until\":\"2h\"")
        let end = Instant(milliseconds: Scene.origin + 28 * Scene.hour)
        #expect(pipeline.nextRested == end && pipeline.rested(at: end - Milliseconds(1)).isEmpty)
        #expect(pipeline.rested(at: end).map(\.alert) == [home])
        pipeline = try CaseActTests.scene.restored(pipeline.encoded()).pipeline
        #expect(pipeline.nextRested == end)
        let other = step(28 * Scene.hour, "\"verb\":\"resume\",\"until\":\"\(end.milliseconds - 1)\"")
        #expect(other.first?.result == .refused(.isIllegal, .suspended))
        let due = step(28 * Scene.hour, "\"verb\":\"resume\",\"until\":\"\(end.milliseconds)\"")
        #expect(due.first?.result == .done(ordinal: 0))
        #expect(pipeline.nextRested == nil && pipeline.facts(of: home)?.state == .acknowledged)
    }

    @Test func `a case is joined to another that is open, and to nothing else`() throws {
        let (call, home) = try CaseActTests.ids()
        let (changes, acts) = try CaseActTests.told(
            call,
            ["merge desk into=\(call)", "merge desk into=0123456789abcdef", "merge desk", "merge desk into=\(home)"])
        #expect(acts.dropLast().allSatisfy { $0.result == .refused(.isIntoNothing, .open) })
        #expect(changes.map(\.state) == [.closed] && changes.first?.act?.into == home)
    }

    @Test func `who was called by name, and reports with a role's word, is told by that word`() throws {
        let changes = try CaseActTests.told(
            try CaseActTests.ids().call, ["dispatch desk to=worker:w3", "dispatch desk to=street", "return w3"]
        ).changes
        #expect(changes.map(\.assignee) == ["w3", "street", nil])
    }

    @Test func `an act about a resident alone is taken in, and one about nobody is not`() {
        var pipeline = CaseActTests.scene.pipeline(after: CaseActTests.lines)
        var effects = Effects()
        let batch = CaseActTests.scene.decoded([
            .own(26 * Scene.hour, "act", "{\"verb\":\"handle\",\"resident\":\"e1\",\"found\":\"well\"}"),
            .own(26 * Scene.hour, "act", "{\"verb\":\"handle\",\"resident\":\"nobody\",\"found\":\"well\"}"),
        ])
        pipeline.step(batch, 0..<2, firstNumber: pipeline.record + 1, into: &effects)
        #expect(effects.acts.map(\.result) == [.takenIn, .refused(.unknown, nil)])
    }
}

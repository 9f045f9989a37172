import Alerts
import Cases
import Feeds
import SiteConfiguration
import Timekeeping
import TestSupport
import Testing
import Vocabulary

@testable import Pipeline

/// Nothing that the ledger shows open is beyond reach of a verb: what the book does not have comes with the act.
@Suite struct PageTests {
    private static let scene = Scene(rules: [
        "no-movement: {kind: no_movement, stages: [{after: 24h, severity: medium}]}", "sos: {kind: sos}",
        "gone: {kind: device_silent}",
    ])

    static func own(_ at: Int64, _ act: Act) -> Line {
        .own(at, "act", String(decoding: SystemRecord.act(act).encoded.payload, as: UTF8.self))
    }

    private static func act(
        _ verb: String, _ alert: String, page: AlertChange? = nil, found: String? = nil, actor: String = "w1"
    ) -> Act {
        var act = Act(alert: alert, verb: verb, actor: actor, found: found)
        act.page = page.map(json)
        return act
    }

    private static func json(_ change: AlertChange) -> String {
        String(decoding: change.json(zone: scene.settings.site.zone), as: UTF8.self)
    }

    /// What acts on a pipeline make: the changes in words, and what they come to.
    private struct Told {
        var changes: [AlertChange] = []
        var acts: [ActOutcome] = []
        var brief: [String] { changes.map { "\($0.change.rawValue) \($0.state.rawValue)" } }
        var refusals: [String] {
            acts.compactMap { outcome in
                guard case .refused(let why, let state) = outcome.result else { return nil }
                return "\(why.rawValue) \(state?.rawValue ?? "-")"
            }
        }
    }

    private static func step(_ pipeline: inout Pipeline, _ lines: [Line], on scene: Scene = PageTests.scene) -> Told {
        var effects = Effects()
        let batch = scene.decoded(lines)
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: pipeline.record + 1, into: &effects)
        return Told(changes: effects.changes, acts: effects.acts)
    }

    // MARK: Round trip

    @Test func `a page gives back all that a change has on the wire`() throws {
        var random = SeededRandom(for: "a page gives back all that a change has on the wire")
        let scene = LawTests.scene()
        let zone = scene.settings.site.zone
        let changes = scene.run(LawTests.log(&random, count: 4000, clock: true)).changes
        #expect(changes.count > 100)
        for whole in changes {
            let bytes = whole.json(zone: zone)
            let read = try #require(AlertChange(json: bytes, zone: zone), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(read.json(zone: zone) == bytes)
            var wire = whole
            (wire.record, wire.ordinal, wire.isTold, wire.stamp, wire.facts) = (0, 0, false, wire.at, [])
            #expect(read == wire, "seed \(random.seed)")
        }
    }

    @Test func `an act with every field comes back with the change that it made`() throws {
        var pipeline = PageTests.scene.pipeline(after: [.native(0, "elder/p1", "sos")])
        let id = try #require(PageTests.scene.run([.native(0, "elder/p1", "sos")]).changes.first?.id)
        var act = PageTests.act("ack", id)
        act.enteredBy = "desk"
        act.note = "on \"my\" way\n"
        act.alertRight = false
        act.device = "faulty"
        act.photos = ["0a", "0b"]
        act.key = "k"
        act.seen = "1.0"
        act.tapped = "t"
        let told = try #require(PageTests.step(&pipeline, [PageTests.own(1000, act)]).changes.first)
        #expect(told.act == act && told.assignee == "w1")
        let zone = PageTests.scene.settings.site.zone
        #expect(AlertChange(json: told.json(zone: zone), zone: zone)?.act == act)
    }

    @Test func `what is cut or is no page is none`() throws {
        let change = try #require(PageTests.scene.run([.native(0, "elder/p1", "sos")]).changes.first)
        let zone = PageTests.scene.settings.site.zone
        let bytes = change.json(zone: zone)
        for count in bytes.indices { #expect(AlertChange(json: Array(bytes[..<count]), zone: zone) == nil, "\(count)") }
        #expect(AlertChange(json: bytes + [0x7D], zone: zone) == nil)
        let text = String(decoding: bytes, as: UTF8.self)
        for (was, other) in [
            ("shouwang.alert/1", "shouwang.alert/2"), ("\"sos\",\"severity\"", "\"sus\",\"severity\""),
            ("\"detail\":{", "\"detail\":["),
            ("\"evidence\":[", "\"evidence\":[7,"),
        ] {
            #expect(text.contains(was))
            #expect(AlertChange(json: Array(text.replacing(was, with: other).utf8), zone: zone) == nil, "\(other)")
        }
        let deep = "{\"detail\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}"
        #expect(AlertChange(json: Array(deep.utf8), zone: zone) == nil)
    }

    // MARK: Acts on what is not in the book

    @Test func `an alert that the book does not have is taken with its page, and goes on as any other`() throws {
        let change = try #require(PageTests.scene.run([.native(0, "elder/p1", "sos")]).changes.first)
        var pipeline = PageTests.scene.pipeline(after: [.quiet(0)])
        #expect(!pipeline.knows(change.id) && pipeline.facts(of: change.id) == nil)
        let without = PageTests.step(&pipeline, [PageTests.own(1000, PageTests.act("ack", change.id))])
        #expect(without.refusals == ["unknown -"])
        let page = PageTests.json(change)
        #expect(pipeline.facts(ofPage: page, alert: change.id)?.state == .open)
        let first = PageTests.step(&pipeline, [PageTests.own(2000, PageTests.act("ack", change.id, page: change))])
        #expect(first.brief == ["acknowledged acknowledged"] && first.acts.first?.act.page == nil)
        #expect(pipeline.knows(change.id) && pipeline.facts(of: change.id)?.assignee == "w1")
        // It is in the book, and a page from before says nothing any more.
        let then = PageTests.step(
            &pipeline, [PageTests.own(3000, PageTests.act("ack", change.id, page: change, actor: "w2"))])
        #expect(then.refusals == ["illegal acknowledged"])
    }

    @Test func `a page of another alert or another site is none`() throws {
        var change = try #require(PageTests.scene.run([.native(0, "elder/p1", "sos")]).changes.first)
        var pipeline = PageTests.scene.pipeline(after: [.quiet(0)])
        let id = change.id
        change.id = "0123456789abcdef"
        #expect(
            PageTests.step(&pipeline, [PageTests.own(1, PageTests.act("ack", id, page: change))]).refusals == [
                "unknown -"
            ])
        change.id = id
        change.site = "other"
        #expect(
            PageTests.step(&pipeline, [PageTests.own(2, PageTests.act("ack", id, page: change))]).refusals == [
                "unknown -"
            ])
    }

    @Test func `a page from before its end does not bring an alert back, restart or not`() throws {
        let call = Line.native(0, "elder/p1", "sos")
        let change = try #require(PageTests.scene.run([call]).changes.first)
        var pipeline = PageTests.scene.pipeline(after: [call])
        _ = PageTests.step(&pipeline, [PageTests.own(1000, PageTests.act("close", change.id))])
        for _ in 0..<2 {
            var copy = pipeline
            let late = PageTests.step(&copy, [PageTests.own(2000, PageTests.act("ack", change.id, page: change))])
            #expect(late.refusals == ["over closed"] && late.changes.isEmpty)
            let note = PageTests.step(&copy, [PageTests.own(3000, PageTests.act("note", change.id, page: change))])
            #expect(note.brief == ["noted closed"], "always")
            let bytes = copy.encoded()
            #expect(try PageTests.scene.restored(bytes).pipeline.encoded() == bytes)
            let again = PageTests.step(&copy, [PageTests.own(4000, PageTests.act("reopen", change.id, page: change))])
            #expect(again.brief == ["reopened open"] && copy.knows(change.id))
            pipeline = try PageTests.scene.restored(pipeline.encoded()).pipeline
        }
        let tooLate = PageTests.step(
            &pipeline, [PageTests.own(1001 + 30 * Scene.day, PageTests.act("reopen", change.id, page: change))])
        #expect(tooLate.refusals == ["too-old closed"])
    }

    @Test func `by its page alone what was closed is reopened for thirty days, and what is resolved never`() throws {
        var change = try #require(PageTests.scene.run([.native(0, "elder/p1", "sos")]).changes.first)
        (change.change, change.state) = (.closed, .closed)
        func reopened(_ at: Int64) -> [String] {
            var pipeline = PageTests.scene.pipeline(after: [.quiet(0)])
            let told = PageTests.step(&pipeline, [PageTests.own(at, PageTests.act("reopen", change.id, page: change))])
            return told.brief.filter { $0 != "raised open" } + told.refusals
        }
        #expect(reopened(30 * Scene.day) == ["reopened open"])
        #expect(reopened(30 * Scene.day + 1) == ["too-old closed"])
        (change.change, change.state) = (.noted, .closed)
        #expect(reopened(1000) == ["too-old closed"], "when it was closed nobody can tell")
        (change.change, change.state) = (.resolved, .resolved)
        #expect(reopened(1000) == ["over resolved"])
    }

    // MARK: Her visit counts

    @Test func `a visit counts although its rule was removed, for the rules that still count the home`() throws {
        let lines = [Line.native(Scene.minute, "elder/p1", "motion"), .quiet(30 * Scene.hour)]
        let scene = Scene(rules: [
            "away: {kind: no_movement, stages: [{after: 24h, severity: medium}]}",
            "long: {kind: no_movement, stages: [{after: 72h, severity: high}]}",
        ])
        let raised = try #require(scene.run(lines).changes.first { $0.rule == "away" })
        let later = Scene(rules: ["long: {kind: no_movement, stages: [{after: 72h, severity: high}]}"])
        for isInBook in [true, false] {
            var pipeline =
                isInBook
                ? try later.restored(scene.pipeline(after: lines).encoded()).pipeline : later.pipeline(after: lines)
            #expect(pipeline.knows(raised.id) == isInBook)
            let page = isInBook ? nil : raised
            let acts = [("arrive", nil), ("handle", "well")].map {
                PageTests.own(31 * Scene.hour, PageTests.act($0.0, raised.id, page: page, found: $0.1))
            }
            let told = PageTests.step(&pipeline, acts, on: later)
            #expect(told.brief == ["arrived on_site", "handled handled"] && told.refusals == [])
            let then = PageTests.step(&pipeline, [.quiet(102 * Scene.hour), .quiet(104 * Scene.hour)], on: later)
            #expect(then.brief == ["raised open"])
            #expect(
                then.changes.first?.at.milliseconds == Scene.origin + 103 * Scene.hour,
                "three days behind the visit, not behind the motion")
        }
    }

    // MARK: The bound

    /// Devices that fall silent: as many alerts of low severity.
    private static func silences(_ count: Int) -> Scene {
        let devices =
            "id,place,kind,heartbeat\np9,gates,pir,\np1,3栋/2单元/502,pir,\n"
            + (0..<count).map { "a\($0),3栋/1单元/\(101 + $0),pir,10m\n" }.joined()
        return Scene(rules: ["gone: {kind: device_silent, severity: low}", "sos: {kind: sos}"], devices: devices)
    }

    @Test func `a full book lets go of what nobody has taken, the oldest first, and never of a person's`() throws {
        let scene = PageTests.silences(60)
        var pipeline = Pipeline(settings: scene.settings, registry: scene.registry)
        pipeline.book.bytesMax = 40_000
        // One after another, an hour apart, falls silent.
        var lines = (0..<60).map { Line.native(Int64($0) * Scene.hour, "elder/a\($0)", "heartbeat") }
        lines.insert(.native(1, "elder/p1", "sos"), at: 1)
        let first = PageTests.step(&pipeline, Array(lines[..<5]), on: scene)
        let silent = first.changes.filter { $0.kind == .deviceSilent }
        let taken = try #require(silent.first)
        _ = PageTests.step(&pipeline, [PageTests.own(4 * Scene.hour, PageTests.act("ack", taken.id))], on: scene)
        let rest = PageTests.step(&pipeline, Array(lines[5...]) + [.quiet(70 * Scene.hour)], on: scene)
        let raised = (first.changes + rest.changes).filter { $0.change == .raised }
        let state = pipeline.openAlerts
        #expect(state.bytes <= 40_000 && state.paged > 0)
        #expect(raised.filter { pipeline.knows($0.id) }.count == state.count, "\(raised.count) raised, \(state)")
        let call = try #require(raised.first { $0.kind == .sos })
        #expect(pipeline.knows(call.id), "of a person")
        #expect(pipeline.knows(taken.id), "in hand")
        let others = raised.filter { $0.id != call.id && $0.id != taken.id }.map { pipeline.knows($0.id) }
        #expect(others.drop { !$0 }.allSatisfy { $0 } && others.contains(false), "the oldest went first: \(others)")
        // What went is still to be had.
        let gone = try #require(raised.first { !pipeline.knows($0.id) })
        let told = PageTests.step(
            &pipeline, [PageTests.own(71 * Scene.hour, PageTests.act("close", gone.id, page: gone))], on: scene)
        #expect(told.brief == ["closed closed"])
        let bytes = pipeline.encoded()
        let restored = try scene.restored(bytes).pipeline
        #expect(restored.encoded() == bytes && restored.openAlerts == pipeline.openAlerts)
    }

    @Test func `the sensors' end of an alert that went is told, and a page does not bring it back`() throws {
        let scene = PageTests.silences(2)
        var pipeline = scene.pipeline(after: [
            .native(0, "elder/a0", "heartbeat"), .native(0, "elder/a1", "heartbeat"), .native(1, "elder/p1", "sos"),
        ])
        let told = PageTests.step(&pipeline, [.quiet(3 * Scene.hour)], on: scene)
        let gone = try #require(told.changes.first { $0.kind == .deviceSilent })
        let other = try #require(told.changes.last { $0.kind == .deviceSilent })
        #expect(gone.id != other.id)
        // Somebody acts at all, and the book is too small for what nobody took.
        pipeline.book.bytesMax = 1
        _ = PageTests.step(&pipeline, [PageTests.own(3 * Scene.hour + 1, PageTests.act("ack", other.id))], on: scene)
        #expect(!pipeline.knows(gone.id) && pipeline.knows(other.id))
        let back = PageTests.step(&pipeline, [.native(4 * Scene.hour, "elder/a0", "heartbeat")], on: scene)
        #expect(back.brief == ["resolved resolved"])
        let late = PageTests.step(
            &pipeline, [PageTests.own(5 * Scene.hour, PageTests.act("ack", gone.id, page: gone))], on: scene)
        #expect(late.refusals == ["over resolved"])
    }

    @Test func `of ten thousand open alerts the first is handled and checked, forty days on`() throws {
        let count = 10_000
        let rooms = (0..<count).map { "3栋/\(1 + $0 / 2500)单元/\(1001 + $0 % 2500)" }
        let scene = Scene(
            rules: ["quiet: {kind: no_movement, stages: [{after: 24h, severity: medium}]}"],
            residents: rooms.enumerated().map { "r\($0.offset),\($0.element),某,独居,,,,,\n" }.joined(),
            devices: "id,place,kind\np9,gates,pir\n"
                + rooms.enumerated().map { "m\($0.offset),\($0.element),pir\n" }.joined())
        let lines = (0..<count).map { Line.native(Int64($0), "elder/m\($0)", "motion") }
        var pipeline = Pipeline(settings: scene.settings, registry: scene.registry)
        _ = PageTests.step(&pipeline, lines, on: scene)
        let raised = PageTests.step(&pipeline, [.quiet(30 * Scene.hour), .quiet(40 * Scene.day)], on: scene).changes
        #expect(raised.count == count && pipeline.openAlerts.count == count && pipeline.openAlerts.paged == 0)
        let first = try #require(raised.first)
        // The rule is removed meanwhile.
        let later = Scene(rules: ["sos: {kind: sos}"], residents: "", devices: Scene.devices)
        pipeline = try later.restored(pipeline.encoded()).pipeline
        let acts = [("arrive", "w1", nil), ("handle", "w1", "well"), ("check", "w2", nil)].map {
            PageTests.own(40 * Scene.day + 1, PageTests.act($0.0, first.id, found: $0.2, actor: $0.1))
        }
        let told = PageTests.step(&pipeline, acts, on: later)
        #expect(told.brief == ["arrived on_site", "handled handled", "checked handled", "closed closed"])
        #expect(told.changes.last?.found == "well" && pipeline.openAlerts.count == count - 1)
    }
}

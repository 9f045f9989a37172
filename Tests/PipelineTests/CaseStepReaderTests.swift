import Alerts
import Cases
import Diagnostics
import Feeds
import Testing
import Timekeeping
import Vocabulary

/// Events as the ledger has them, read for clocks and figures.
@Suite struct CaseStepReaderTests {
    private func change(_ zone: Zone, _ body: (inout AlertChange) -> Void = { _ in }) -> [UInt8] {
        var change = AlertChange(
            record: 7, ordinal: 1, change: .handled, at: Instant(milliseconds: 1_792_371_600_123), id: "00aa",
            rule: "报修-\"一\"", kind: .report, severity: .high, site: "hgs", grid: "g1", key: "k", device: "d1",
            started: Instant(milliseconds: 1), detected: Instant(milliseconds: 2), state: .handled,
            detail: #"{"category":"报修","text":"a"}"#, evidence: [], message: LocalizedText(zh: "甲", en: "a"),
            isTold: false)
        body(&change)
        return change.json(zone: zone)
    }

    @Test func `each field of a change that figures use is read back`() throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let json = change(zone) { change in
            (change.actor, change.assignee, change.found) = ("w1", "w2", "mended")
            var act = Act(alert: "00aa", verb: "handle", actor: "w1")
            (act.by, act.reason, act.to, act.until) = ("visit", "r", "department:城管", "2026-12-01")
            (act.alertRight, act.ok, act.length) = (false, true, "3d")
            act.tapped = "2026-10-19T09:00:00.100+08:00"
            change.act = act
        }
        var wanted = CaseStep(
            .handled, .handled, at: Instant(milliseconds: 1_792_371_600_123), rule: "报修-\"一\"", kind: .report,
            severity: .high)
        (wanted.grid, wanted.device, wanted.category) = ("g1", "d1", "报修")
        (wanted.actor, wanted.assignee, wanted.found) = ("w1", "w2", "mended")
        (wanted.verb, wanted.by, wanted.reason) = (.handle, "visit", "r")
        (wanted.to, wanted.until, wanted.ok, wanted.alertRight) = ("department:城管", "2026-12-01", true, false)
        wanted.length = .days(3)
        wanted.tapped = Instant(milliseconds: 1_792_371_600_100)
        #expect(CaseStepReader(zone: zone).step(json) == wanted)
    }

    @Test func `what is absent is absent, and one reader reads one after the other`() throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let reader = CaseStepReader(zone: zone)
        let bare = try #require(reader.step(change(zone) { ($0.grid, $0.device, $0.detail) = (nil, nil, "{}") }))
        #expect(bare.grid == nil && bare.device == nil && bare.category == nil && bare.verb == nil)
        #expect(bare.alertRight == nil && bare.tapped == nil && !bare.isDrill)
        #expect(reader.step(change(zone) { $0.detail = #"{"drill":true}"# })?.isDrill == true)
        #expect(reader.step(change(zone))?.category == "报修")
    }

    @Test func `a tap is read as phones write it`() throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        for (text, milliseconds) in [
            ("2026-10-19T01:00:00Z", 1_792_371_600_000), ("2026-10-19 09:00:00", 1_792_371_600_000),
            ("1792371600123", 1_792_371_600_123), ("soon", nil), ("-5", nil),
        ] as [(String, Int64?)] {
            let json = change(zone) { change in
                var act = Act(alert: "00aa", verb: "ack")
                act.tapped = text
                change.act = act
            }
            #expect(CaseStepReader(zone: zone).step(json)?.tapped?.milliseconds == milliseconds, "\(text)")
        }
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"change":"raised"}"#, "\u{0}"])
    func `what is no change is none`(_ text: String) throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        #expect(CaseStepReader(zone: zone).step(Array(text.utf8)) == nil)
        let cut = change(zone).dropLast(3)
        #expect(CaseStepReader(zone: zone).step(Array(cut)) == nil)
        let foreign = String(decoding: change(zone), as: UTF8.self).replacing("\"handled\"", with: "\"pondered\"")
        #expect(CaseStepReader(zone: zone).step(Array(foreign.utf8)) == nil)
    }
}

import Foundation
import RecordLog
import Testing
import Timekeeping

@testable import Feeds

/// System records that people and floods make.
@Suite struct SystemRecordTests {
    private func says(_ name: String, _ payload: String) -> SystemRecord? {
        NativeFormatTests.fixture.batch("$shouwang/" + name, Array(payload.utf8)).systemRecords[0]
    }

    @Test func `an act tells who did what to which alert`() {
        let all =
            #"{"alert":"0123456789abcdef","resident":"e1","verb":"check","actor":"w-1","found":"away","#
            + #""until":"2026-03-08T00:00:00+08:00","note":"去\u513f子家\n","key":"k1","more":1}"#
        #expect(
            says("act", all)
                == .act(
                    Act(
                        alert: "0123456789abcdef", resident: "e1", verb: "check", actor: "w-1", found: "away",
                        until: "2026-03-08T00:00:00+08:00", note: "去儿子家\n", key: "k1")))
        #expect(says("act", #"{"resident":"e1","verb":"away"}"#) == .act(Act(resident: "e1", verb: "away")))
        #expect(
            says("act", #"{"alert":"a1","verb":"suspend","until":1772712930000,"note":null,"actor":""}"#)
                == .act(Act(alert: "a1", verb: "suspend", until: "1772712930000")))
    }

    @Test(arguments: [
        #"{"alert":"a1"}"#, #"{"verb":"ack"}"#, #"{"alert":"","verb":"ack"}"#, #"{"alert":"a1","verb":""}"#,
        #"{"alert":null,"resident":{},"verb":"ack"}"#, #"{"alert":"a1","verb":true}"#, "{}", "ack", "",
    ]) func `an act without a verb, or without anything it was done to, is unknown`(_ payload: String) {
        #expect(says("act", payload) == .unknown("act"))
    }

    @Test func `a flood names the device and how many records were cut`() {
        #expect(says("flood", #"{"device":"pir-7","cut":412}"#) == .flood(device: "pir-7", cut: 412))
        #expect(says("flood", #"{"device":"p\u0069r-7","cut":0}"#) == .flood(device: "pir-7", cut: 0))
        for payload in [
            #"{"device":"pir-7"}"#, #"{"cut":3}"#, #"{"device":"pir-7","cut":-1}"#, #"{"device":"pir-7","cut":"3"}"#,
            #"{"device":"pir-7","cut":1.5}"#, #"{"device":null,"cut":3}"#, "",
        ] {
            #expect(says("flood", payload) == .unknown("flood"), "\(payload)")
        }
    }

    @Test func `what was seen before names the rule, the home and since when`() {
        #expect(
            says("seen", #"{"rule":"quiet","key":"3栋/1单元/101","since":"2026-03-05T00:00:00Z"}"#)
                == .seen(rule: "quiet", home: "3栋/1单元/101", since: Instant(milliseconds: 1_772_668_800_000)))
        for payload in [
            #"{"rule":"quiet","key":"a"}"#, #"{"rule":"","key":"a","since":1}"#, #"{"rule":"q","since":1}"#,
        ] {
            #expect(says("seen", payload) == .unknown("seen"), "\(payload)")
        }
    }

    @Test func `a drill is of a rule, for somebody or somewhere, and has a name of its own`() {
        #expect(
            says("drill", #"{"rule":"sos","resident":"e1","place":"b3","actor":"w1","id":7,"more":1}"#)
                == .drill(Drill(id: "7", rule: "sos", resident: "e1", place: "b3", actor: "w1")))
        for payload in [
            #"{"rule":"sos","resident":"e1"}"#, #"{"resident":"e1","id":"d1"}"#, #"{"rule":"sos","id":"d1"}"#,
            #"{"rule":"sos","resident":"","id":"d1"}"#,
        ] {
            #expect(says("drill", payload) == .unknown("drill"), "\(payload)")
        }
    }

    @Test func `a silence is of a later version`() {
        #expect(says("silence", #"{"id":"s1","until":"3d"}"#) == .unknown("silence"))
    }
}

/// What is written is what is read, and what the page says.
@Suite struct SystemRecordFormTests {
    private static let from = Instant(milliseconds: 1_772_668_800_123)
    private static let to = Instant(milliseconds: 1_772_672_400_000)

    /// Each case, with the bytes that the journal has of it: what stands in journals must be read for ever.
    private static let samples: [(record: SystemRecord, name: String, payload: String)] = [
        (
            .start(version: "1.2.3", config: "0123456789abcdef", downSince: from), "start",
            #"{"version":"1.2.3","config":"0123456789abcdef","down_since":"2026-03-05T00:00:00.123+00:00"}"#
        ),
        (
            .start(version: "1.2.3", config: "0123456789abcdef", downSince: nil), "start",
            #"{"version":"1.2.3","config":"0123456789abcdef"}"#
        ),
        (.start(version: nil, config: nil, downSince: nil), "start", "{}"),
        (.config(hash: "0123456789abcdef", why: .start), "config", #"{"config":"0123456789abcdef","why":"start"}"#),
        (.config(hash: "0123456789abcdef", why: .reload), "config", #"{"config":"0123456789abcdef","why":"reload"}"#),
        (.sessionConnected(present: true), "session", #"{"state":"connected","present":true}"#),
        (.sessionConnected(present: false), "session", #"{"state":"connected","present":false}"#),
        (.sessionLost(since: to), "session", #"{"state":"lost","since":"2026-03-05T01:00:00.000+00:00"}"#),
        (.sessionLost(since: nil), "session", #"{"state":"lost"}"#),
        (.sessionSettled, "session", #"{"state":"settled"}"#), (.tick, "tick", "{}"),
        (
            .clockStepped(from: from, to: to), "clock",
            #"{"from":"2026-03-05T00:00:00.123+00:00","to":"2026-03-05T01:00:00.000+00:00","why":"step"}"#
        ),
        (
            .clockSet(from: from, to: to), "clock",
            #"{"from":"2026-03-05T00:00:00.123+00:00","to":"2026-03-05T01:00:00.000+00:00","why":"boot"}"#
        ),
        (.lost(from: 17, to: 9_007_199_254_740_993), "lost", #"{"from":17,"to":9007199254740993}"#),
        (
            .act(Act(alert: "7f3a", verb: "close", actor: "w1", found: "well")), "act",
            #"{"alert":"7f3a","verb":"close","actor":"w1","found":"well"}"#
        ),
        (
            .act(
                Act(
                    alert: "a", resident: "e1", verb: "check", actor: "w\"1\\", found: "away", until: "3d",
                    note: "去儿子家\n\u{1}", key: "k")), "act",
            #"{"alert":"a","resident":"e1","verb":"check","actor":"w\"1\\","found":"away","until":"3d","#
                + #""note":"去儿子家\n\u0001","key":"k"}"#
        ),
        (
            .act(SystemRecordFormTests.fullAct), "act",
            #"{"alert":"a","verb":"handle","actor":"w1","entered_by":"desk","to":"street","ok":false,"found":"well","#
                + #""by":"visit","for":"2h","reason":"rain","into":"b","alert_right":true,"device":"faulty","#
                + #""tapped":"t","photos":"0a 0b","seen":"7.0","may_check_own":true,"key":"k","page":"{\"a\":1}"}"#
        ),
        (
            .seen(rule: "quiet", home: "3栋/1单元/101", since: to), "seen",
            #"{"rule":"quiet","key":"3栋/1单元/101","since":"2026-03-05T01:00:00.000+00:00"}"#
        ),
        (
            .drill(Drill(id: "d1", rule: "sos", resident: "e1", actor: "w1")), "drill",
            #"{"rule":"sos","resident":"e1","actor":"w1","id":"d1"}"#
        ),
        (
            .drill(Drill(id: "d2", rule: "throw", place: "3栋")), "drill",
            #"{"rule":"throw","place":"3栋","id":"d2"}"#
        ),
        (.flood(device: "pir-7", cut: 412), "flood", #"{"device":"pir-7","cut":412}"#),
        (.segment(first: 48_213, version: 2), "segment", #"{"first":48213,"version":2}"#),
        (.sum(number: 7, isClosing: false, crc: 0x0AE0_DAAF), "sum", #"{"number":7,"crc32c":"0ae0daaf"}"#),
        (
            .sum(number: 7, isClosing: true, crc: .max), "sum", #"{"number":7,"closed":true,"crc32c":"ffffffff"}"#
        ),
        (.unknown("silence"), "silence", "{}"),
    ]

    private static let fullAct: Act = {
        var act = Act(alert: "a", verb: "handle", actor: "w1", found: "well", key: "k")
        act.enteredBy = "desk"
        act.to = "street"
        act.ok = false
        act.by = "visit"
        act.length = "2h"
        act.reason = "rain"
        act.into = "b"
        act.alertRight = true
        act.device = "faulty"
        act.tapped = "t"
        act.photos = ["0a", "0b"]
        act.seen = "7.0"
        act.mayCheckOwn = true
        act.page = "{\"a\":1}"
        return act
    }()

    /// The place of a case; the compiler asks for a new one here.
    private static func place(_ record: SystemRecord) -> Int {
        switch record {
        case .start: 0
        case .config: 1
        case .sessionConnected: 2
        case .sessionLost: 3
        case .sessionSettled: 4
        case .tick: 5
        case .clockStepped: 6
        case .clockSet: 7
        case .lost: 8
        case .act: 9
        case .seen: 10
        case .flood: 11
        case .segment: 12
        case .sum: 13
        case .unknown: 14
        case .drill: 15
        }
    }

    private static func decoded(_ line: [UInt8]) -> DecodedBatch {
        Decoder.decode(Chunk(text: line, file: "test"), plan: NativeFormatTests.fixture.plan)
    }

    @Test func `every record is read as it was written, in the bytes that journals have`() {
        for (record, name, payload) in SystemRecordFormTests.samples {
            let (written, bytes) = record.encoded
            #expect(written == name)
            #expect(String(decoding: bytes, as: UTF8.self) == payload)
            var line: [UInt8] = []
            JournalLine().append(record, at: SystemRecordFormTests.to, to: &line)
            let batch = SystemRecordFormTests.decoded(line)
            #expect(batch.systemRecords == [0: record], "\(payload)")
            #expect(batch.refusals.isEmpty)
        }
        let places = Set(SystemRecordFormTests.samples.map { SystemRecordFormTests.place($0.record) })
        #expect(places == Set(0...15), "each case has a sample")
    }

    @Test func `every record has a row of the table, with each field that is written`() {
        var written: [String: Set<String>] = [:]
        for (record, name, payload) in SystemRecordFormTests.samples {
            if case .unknown = record { continue }
            let keys = payload.matches(of: #/"(\w+)":/#).map { String($0.output.1) }
            written[name, default: []].formUnion(keys)
        }
        let forms = SystemRecordForm.all.filter { $0.name != "silence" }
        #expect(Set(forms.map(\.name)) == Set(written.keys))
        for form in forms {
            #expect(Set(form.fields.map(\.name)) == written[form.name], "\(form.name)")
            if let leading = form.leading { #expect(form.fields.map(\.name).contains(leading)) }
        }
    }

    @Test func `the journal's header and sums are records as this type has them`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("system-records-\(UUID())").path
        defer { _ = unsafe unlink(folder + "/00000000000000000001.jsonl") + rmdir(folder) }
        let journal = try JournalWriter(folder: folder, segmentSize: 1 << 20)
        try journal.prepare(at: SystemRecordFormTests.to)
        journal.append(.tick, at: SystemRecordFormTests.to)
        try journal.close()
        let batch = SystemRecordFormTests.decoded(journal.takeLines())
        #expect(batch.systemRecords[0] == .segment(first: 1, version: 2))
        #expect(batch.systemRecords[1] == .tick)
        let sum = try #require(batch.systemRecords[2])
        guard case .sum(let number, let isClosing, let crc) = sum else {
            Issue.record("the last record is \(sum)")
            return
        }
        #expect(number == 3 && isClosing && crc != 0)
        let text = try String(contentsOfFile: folder + "/00000000000000000001.jsonl", encoding: .utf8)
        #expect(text.contains(String(decoding: sum.encoded.payload, as: UTF8.self)))
    }

    /// With `UPDATE_PAGES=1` the page is written, and the test fails once, so that nobody updates by accident.
    @Test func `the table of the page about the journal is the one that the forms make`() throws {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("docs/journal.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(page.range(of: "<!-- made by SystemRecordForm -->\n"))
        let end = try #require(page.range(of: "<!-- end -->", range: begin.upperBound..<page.endIndex))
        let made = page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: SystemRecordForm.markdown)
        if made != page, ProcessInfo.processInfo.environment["UPDATE_PAGES"] == "1" {
            try made.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(
            made == page, "docs/journal.md is out of date: UPDATE_PAGES=1 swift test --filter SystemRecordFormTests")
    }
}

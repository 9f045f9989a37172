import Diagnostics
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// What of an act's fields is refused, before it is written down.
@Suite struct ActFormTests {
    private static let now = Instant(milliseconds: 1_790_000_000_000)

    private static func problems(
        _ verb: Verb, _ values: [String: ActForm.Value], _ kind: RuleKind? = .noMovement
    ) -> [String] {
        let told = ActForm(verb, values).problems(for: kind, at: now, in: .utc)
        for problem in told {
            #expect(!problem.what.zh.isEmpty && !problem.remedy.zh.isEmpty && !problem.remedy.en.isEmpty)
        }
        return told.map { "\($0.what.en.prefix { $0 != ":" }) \($0.code)" }
    }

    @Test(arguments: Verb.allCases) func `each verb takes what it needs, and misses each by name`(_ verb: Verb) {
        let examples: [String: ActForm.Value] = [
            "to": .text("worker:w3"), "found": .text("well"), "ok": .truth(true), "reason": .text("rain"),
            "until": .text("3d"), "for": .text("2h"), "into": .text("0123456789abcdef"), "note": .text("called"),
        ]
        let needed = ActField.own(of: verb).filter(\.isNeeded).map(\.name)
        let whole = examples.filter { needed.contains($0.key) || verb == .close && $0.key == "found" }
        #expect(ActFormTests.problems(verb, whole) == [])
        for name in needed {
            #expect(ActFormTests.problems(verb, whole.filter { $0.key != name }) == ["\(name) act.missing"])
            #expect(ActFormTests.problems(verb, whole.merging([name: .other]) { $1 }).count == 1)
        }
        #expect(
            ActFormTests.problems(verb, whole.merging(["founnd": .text("x")]) { $1 }) == ["founnd act.unknown-field"])
    }

    @Test func `words are those that fit the alert`() {
        for word in FoundWord.allCases {
            let problems = ActFormTests.problems(.handle, ["found": .text(word.rawValue)])
            #expect(problems == (word.isOfPerson ? [] : ["found act.unknown-word"]), "\(word)")
            #expect(ActFormTests.problems(.handle, ["found": .text(word.rawValue)], nil) == [])
        }
        #expect(ActFormTests.problems(.handle, ["found": .text("well")], .doorForced) == ["found act.unknown-word"])
        #expect(ActFormTests.problems(.handle, ["found": .text("not_real")], .sos) == [])
        #expect(
            ActFormTests.problems(.handle, ["found": .text("well"), "by": .text("bus"), "device": .text("gone")])
                == ["by act.unknown-word", "device act.unknown-word"])
        for kind in RuleKind.allCases {
            #expect(FoundWord.allCases.contains { $0.fits(kind) }, "\(kind) has nothing that can be found")
        }
    }

    @Test(
        arguments: [
            ("3d", nil), ("90d", nil), ("91d", "act.out-of-range"), ("0s", "act.out-of-range"),
            ("tomorrow", "act.not-time"),
            ("2026-09-30", nil), ("2026-09-30T08:00:00+08:00", nil), ("2026-09-21T00:00:00Z", "act.out-of-range"),
            ("2027-01-30", "act.out-of-range"), ("1790000001000", nil), ("", "act.missing"),
        ] as [(String, String?)])
    func `a rest ends ahead of now, and within ninety days`(_ until: String, _ code: String?) {
        let problems = ActFormTests.problems(.suspend, ["reason": .text("away"), "until": .text(until)])
        #expect(problems == (code.map { ["until \($0)"] } ?? []))
    }

    @Test func `the rest of the forms`() {
        #expect(ActFormTests.problems(.close, [:]) == ["found act.missing"])
        #expect(ActFormTests.problems(.close, ["reason": .text("duplicate")]) == [])
        #expect(ActFormTests.problems(.note, ["text": .text("words")]) == [])
        #expect(ActFormTests.problems(.ack, ["key": .text(String(repeating: "k", count: 65))]) == ["key act.too-long"])
        #expect(ActFormTests.problems(.ack, ["key": .text(String(repeating: "k", count: 64))]) == [])
        #expect(ActFormTests.problems(.merge, ["into": .text("7F3A")]) == ["into act.not-alert"])
        #expect(ActFormTests.problems(.check, ["ok": .text("yes")]) == ["ok act.not-truth"])
        for (to, isGood) in [
            ("street", true), ("department:城管", true), ("worker:", false), ("squad:x", false), ("two words", false),
        ] {
            #expect(ActFormTests.problems(.dispatch, ["to": .text(to)]) == (isGood ? [] : ["to act.not-addressee"]))
        }
        let hash = String(repeating: "0a", count: 32)
        #expect(ActFormTests.problems(.ack, ["photos": .list([hash])]) == [])
        for photos in [ActForm.Value.text(hash), .list(["x"]), .list(Array(repeating: hash, count: 10))] {
            #expect(ActFormTests.problems(.ack, ["photos": photos]) == ["photos act.not-hashes"])
        }
    }

    @Test func `times are read as people write them`() {
        let zone = Zone.utc
        func end(_ text: String) -> Int64? {
            ActTime.end(of: text, at: ActFormTests.now, in: zone).map {
                $0.milliseconds - ActFormTests.now.milliseconds
            }
        }
        #expect(end("2h") == 7_200_000)
        #expect(end("1790000000001") == 1)
        #expect(ActTime.end(of: "2026-03-08", at: ActFormTests.now, in: zone)?.milliseconds == 1_773_014_400_000)
        #expect(
            ActTime.end(of: "2026-03-08T00:00:00Z", at: ActFormTests.now, in: zone)?.milliseconds == 1_772_928_000_000)
        for text in ["", "soon", "-2h", "12", "99999999999999999999", "2026-02-30"] {
            #expect(end(text) == nil, "\(text)")
        }
    }
}

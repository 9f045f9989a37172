import Alerts
import Diagnostics
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

@Suite struct DigestTests {
    private static func change(_ id: Int, _ text: String = "x") -> AlertChange {
        let at = Instant(milliseconds: 1_790_000_000_000)
        return AlertChange(
            record: 7, ordinal: Int32(id), change: .raised, at: at, id: "\(id)", rule: "quiet", kind: .noMovement,
            severity: .medium, site: "hgs", key: "k\(id)", started: at, detected: at, state: .open, detail: "{}",
            evidence: [], message: LocalizedText(zh: "\(text)\(id)", en: "\(text)\(id)"), isTold: true)
    }

    @Test func `of each alert the last change is told, in parts of eight`() {
        let changes = (0..<19).map { DigestTests.change($0) } + [DigestTests.change(3, "worse ")]
        let parts = Digest.parts(of: Digest.last(of: changes), in: .en)
        #expect(parts.map(\.count) == [8, 8, 3])
        #expect(parts[0][3].message.en == "worse 3")
        let text = Digest.text(of: parts[2], in: .en)
        #expect(text == "[Digest] 3 alerts at once; please see to each and report back:\nx16\nx17\nx18")
    }

    @Test func `parts fit a message by their bytes too, and a text that is too long stands alone`() {
        let texts = (0..<8).map { DigestTests.change($0, String(repeating: "y", count: 299)) }
        for language in [Language.en, .zhHans] {
            let parts = Digest.parts(of: texts, in: language)
            #expect(parts.map(\.count) == [6, 2])
            #expect(parts.allSatisfy { Digest.text(of: $0, in: language).utf8.count <= Digest.bytesMax })
        }
        let huge = DigestTests.change(8, String(repeating: "z", count: 3000))
        let parts = Digest.parts(of: [huge] + texts.prefix(2) + [huge], in: .en)
        #expect(parts.map(\.count) == [1, 2, 1])
        #expect(Digest.text(of: parts[0], in: .en) == huge.message.en)
        #expect(Digest.parts(of: [], in: .en).isEmpty)
    }

    @Test func `an alert that changed four times in one telling is one alert, and no digest`() {
        let changes = (1...4).map { DigestTests.change(3, "state \($0) of ") }
        let last = Digest.last(of: changes)
        #expect(last.map(\.message.en) == ["state 4 of 3"])
        #expect(last.count < Digest.least)
    }

    @Test func `ends of devices are told together, and ends of people each by itself`() {
        func ended(_ id: Int, _ kind: RuleKind) -> AlertChange {
            var change = DigestTests.change(id)
            (change.change, change.state, change.kind) = (.resolved, .resolved, kind)
            return change
        }
        let devices = (0..<5).map { ended($0, .deviceSilent) }
        let people = (5..<10).map { ended($0, .noMovement) }
        let raised = (10..<14).map { DigestTests.change($0) }
        let joint = Digest.joint(devices + people + raised)
        #expect(joint.map { $0.map(\.id) } == [raised.map(\.id), devices.map(\.id)])
        #expect(Digest.joint(Array(devices.prefix(3)) + people + raised.prefix(3)).isEmpty)
        #expect(Digest.text(of: joint[1], in: .en).hasPrefix("[Digest] 5 alerts ended at once:\nx0\n"))
    }
}

import Alerts
import Diagnostics
import SiteConfiguration
import Testing
import Timekeeping

@testable import shouwang

@Suite struct DigestTests {
    private static func change(_ id: Int, _ text: String = "x") -> AlertChange {
        let at = Instant(milliseconds: 1_790_000_000_000)
        return AlertChange(
            record: 7, ordinal: Int32(id), change: .raised, at: at, id: "\(id)", rule: "quiet", kind: .noMovement,
            severity: .medium, site: "hgs", key: "k\(id)", started: at, detected: at, state: .open, detail: "{}",
            evidence: [], message: Phrase(zh: "\(text)\(id)", en: "\(text)\(id)"), isTold: true)
    }

    @Test func `of each alert the last change is told, in parts that fit a message`() {
        let changes = (0..<19).map { DigestTests.change($0) } + [DigestTests.change(3, "worse ")]
        let parts = Digest.parts(of: changes)
        #expect(parts.map(\.count) == [8, 8, 3])
        #expect(parts[0][3].message.en == "worse 3")
        let text = Digest.text(of: parts[2], in: .en)
        #expect(text == "[Digest] 3 alerts at once; please see to each and report back:\nx16\nx17\nx18")
    }
}

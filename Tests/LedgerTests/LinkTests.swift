import Testing
import Timekeeping

@testable import Ledger

/// Links in the ledger, their tokens, and the reports of days.
@Suite struct LinkTests {
    private let wang = Link.Recipient(name: "wang", isGroup: false, role: "grid-worker")

    @Test func `base64url gives back what it was given, and takes one text for each`() {
        for size in 0...40 {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 37 + size) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xEF, 0xFF]) == "--__")
        for text in ["A", "AB", "Zm9=", "Zm+v", "Zm/v", "Zm v", "中"] {
            #expect(
                Base64URL.decode(text).map(Base64URL.encode) != .some(text) || Base64URL.decode(text) == nil, "\(text)")
        }
        #expect(Base64URL.decode("AB") == nil, "bits behind the last byte")
    }

    @Test func `a token is tied to its alert and each part of its recipient`() throws {
        let key = try #require(LinkKey(Array(repeating: 9, count: 32)))
        let salt = [UInt8](repeating: 5, count: 16)
        let (link, token) = key.mint(alert: "aa", recipient: wang, salt: salt, at: noon)
        #expect(token.text.utf8.count == LinkToken.length && LinkToken(token.text) == token && key.opens(token, link))
        #expect(key.token(of: link) == token, "made again it is the same")
        var others: [Link] = [link, link, link, link, link]
        others[0].alert = "ab"
        others[1].recipient.name = "wan"
        others[2].recipient.role = "ggrid-worker"
        others[3].recipient.isGroup = true
        others[4].salt[0] ^= 1
        for other in others { #expect(!key.opens(token, other)) }
        #expect(try !#require(LinkKey(Array(repeating: 8, count: 32))).opens(token, link))
        #expect(LinkKey([1]) == nil)
        #expect("\(token) \(String(reflecting: token))".contains(token.text) == false)
    }

    @Test func `what is committed with a batch is found by its hash, and ends once`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let key = try #require(LinkKey(Array(repeating: 9, count: 32)))
        let links = (0..<3).map { key.mint(alert: "aa", recipient: wang, salt: [UInt8($0)], at: noon).link }
        var changes = LinkChanges()
        changes.made = links
        try ledger.commit(
            changes: [change(1, alert: "aa")], notifications: [], applied: 1, links: changes)
        let found = try #require(try ledger.linked(hash: links[1].hash))
        #expect(found.link == links[1] && found.alert?.id == "aa" && found.events.count == 1 && found.over == nil)
        #expect(try ledger.linked(hash: "none") == nil)
        changes = LinkChanges()
        changes.withdrawn = [links[0].hash]
        try ledger.commit(changes: [], notifications: [], applied: 1, links: changes)
        #expect(Set(try ledger.openLinks(alert: "aa").map(\.hash)) == [links[1].hash, links[2].hash])
        #expect(try ledger.endLinks(at: noon + .days(7) - Milliseconds(1)) == 0)
        try ledger.commit(
            changes: [change(2, alert: "aa", change: "closed", state: "closed", at: noon + .hours(1))],
            notifications: [], applied: 2)
        #expect(try ledger.endLinks(at: noon + .hours(25) - Milliseconds(1)) == 0)
        #expect(try ledger.endLinks(at: noon + .hours(25)) == 2)
        #expect(try ledger.openLinks(alert: "aa").isEmpty)
        #expect(try ledger.linked(hash: links[1].hash)?.link.ended == noon + .hours(25))
        // Long afterwards nothing is left of them.
        try ledger.endLinks(at: noon + .days(40))
        #expect(try ledger.linked(hash: links[1].hash) == nil)
    }

    @Test func `a day has one report, with what is told of it, or owes none`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        #expect(try !ledger.hasReport())
        #expect(try ledger.keepReport(day: "2026-11-30", made: noon, json: nil, notifications: []))
        #expect(try ledger.hasReport() && ledger.hasReport(day: "2026-11-30") && !ledger.hasReport(day: "2026-12-01"))
        #expect(try ledger.keepReport(day: "2026-12-01", made: noon, json: [0x7B, 0x7D], notifications: [entry(0)]))
        #expect(try !ledger.keepReport(day: "2026-12-01", made: noon, json: [], notifications: [entry(1)]))
        #expect(try ledger.report(day: "2026-12-01") == [0x7B, 0x7D] && ledger.report(day: "2026-11-30") == nil)
        #expect(try ledger.deliveries().count == 1)
    }
}

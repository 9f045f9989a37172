import Foundation
import GRDB
import Ledger
import Testing
import Timekeeping
import Vocabulary

/// Nobody can find in the ledger's files who was forgotten, and the figures of the past stay.
@Suite struct ForgetTests {
    private static let luo = "00112233445566aa"
    private static let other = "ffeeddccbbaa0099"

    private func words() -> ForgetWords {
        var words = ForgetWords(resident: "e1")
        for word in ["罗桂华", "13800001111", "罗", "女", "110"] { words.add(word) }
        return words
    }

    private static func json(_ person: String, _ more: String = "") -> String {
        """
        {"schema":"shouwang.alert/1","change":"closed","id":"\(luo)","rule":"still","kind":"no_movement","grid":"g3",\
        "place":"3栋/2单元/502","key":"3栋/2单元/502","person":"\(person)","device":"pir-502","state":"closed",\
        "actor":"w1","found":"well","note":"罗桂华在家",\
        "detail":{"stage":2},"evidence":[{"topic":"community/hgs/elder/p502"}],\
        "message":{"zh-Hans":"3栋2单元502 罗*华","en":"x"},"act":{"verb":"close","reason":"\(more)","note":"电话13800001111"}}
        """
    }

    /// A ledger with a case of hers that is over, one of somebody else that mentions her, and what was told of both.
    private func ledger(_ folder: TemporaryFolder, state: String = "closed", reason: String = "no_access") throws
        -> Ledger
    {
        let ledger = try folder.open()
        var told = entry(1, alert: ForgetTests.luo)
        told.body = "罗桂华 13800001111 编号001122"
        var digest = entry(2, alert: ForgetTests.other)
        digest.body = "两条：编号FFEEDD，编号001122 502室"
        try ledger.commit(
            changes: [
                change(1, alert: ForgetTests.luo, json: ForgetTests.json("e0|e1")),
                change(2, alert: ForgetTests.luo, change: "closed", state: state, json: ForgetTests.json("e1", reason)),
                change(
                    3, alert: ForgetTests.other, change: "closed", state: "closed",
                    json: #"{"person":"e2","note":"她女儿认识罗桂华","key":"5栋/101"}"#),
            ], notifications: [told, digest], applied: 3)
        try ledger.settle(ledger.take().map { Settlement($0, .sent(answer: "ok 13800001111")) }, now: noon)
        return ledger
    }

    private func files(_ folder: TemporaryFolder) throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().flatMap { name in
            Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)))
        }
    }

    private func has(_ folder: TemporaryFolder, _ word: String) throws -> Bool {
        Data(try files(folder)).range(of: Data(word.utf8)) != nil
    }

    @Test func `no page of any file has name, number, home or words behind it`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder)
        let private_ = ["罗桂华", "13800001111", "3栋/2单元/502", "罗*华", "pir-502", "p502", "502室"]
        for word in private_ { #expect(try has(folder, word), "\(word)") }
        let before = try ledger.mentions(of: words())
        #expect(
            before.alerts == [ForgetTests.luo] && before.open.isEmpty && before.events == 2 && before.deliveries == 2)
        #expect(try ledger.forget(words()) == before)
        #expect(try ledger.compact())
        for word in private_ { #expect(try !has(folder, word), "\(word)") }
        #expect(try ledger.mentions(of: words()).isNothing)
    }

    @Test func `what figures are made of stays: rule, grid, states, times, who did it, and what was found`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder)
        let before = try ledger.events(alert: ForgetTests.luo)
        _ = try ledger.forget(words())
        let after = try ledger.events(alert: ForgetTests.luo)
        #expect(after.count == before.count)
        for (old, new) in zip(before, after) {
            #expect(
                old.record == new.record && old.ordinal == new.ordinal && old.at == new.at && old.state == new.state)
            #expect(old.rule == new.rule && old.change == new.change && old.started == new.started)
        }
        let json = String(decoding: try #require(after.last).json, as: UTF8.self)
        #expect(
            json == """
                {"schema":"shouwang.alert/1","change":"closed","id":"\(ForgetTests.luo)","rule":"still",\
                "kind":"no_movement","grid":"g3","key":"forgotten","state":"closed","actor":"w1","found":"well",\
                "detail":{"forgotten":true},\
                "evidence":[],"message":{"zh-Hans":"（应居民要求已删除）","en":"(removed at the resident’s request)"},\
                "act":{"verb":"close","reason":"no_access"}}
                """)
    }

    @Test func `a reason in sentences goes, a word stays`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder, reason: "her daughter called")
        _ = try ledger.forget(words())
        let json = String(decoding: try #require(try ledger.events(alert: ForgetTests.luo).last).json, as: UTF8.self)
        #expect(!json.contains("daughter") && json.contains(#""act":{"verb":"close"}"#))
    }

    @Test func `others keep their cases, without her name`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder)
        _ = try ledger.forget(words())
        let json = String(decoding: try #require(try ledger.events(alert: ForgetTests.other).last).json, as: UTF8.self)
        #expect(json == #"{"person":"e2","note":"她女儿认识***","key":"5栋/101"}"#)
    }

    @Test func `while a case of hers is open nothing is touched`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder, state: "acknowledged")
        let found = try ledger.forget(words())
        #expect(found.open == [ForgetTests.luo] && found.alerts.isEmpty)
        #expect(try has(folder, "罗桂华") && ledger.mentions(of: words()) == found)
    }

    @Test func `what waits to be sent is left as it is`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder)
        var waiting = entry(9, alert: ForgetTests.other, channel: "sms", recipient: "13800001111")
        waiting.body = "请上门"
        try ledger.put(waiting)
        _ = try ledger.forget(words())
        #expect(try ledger.take(channel: "sms").first?.entry.recipient == "13800001111")
    }

    @Test func `words that may mean anybody are not searched for`() {
        #expect(words().words == ["13800001111", "罗桂华"])
    }

    @Test func `photographs of her cases alone go, and others' stay`() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder)
        let queue = try DatabaseQueue(path: folder.ledgerPath)
        try queue.write { db in
            if try !db.tableExists("photos") {
                try db.execute(sql: "CREATE TABLE photos (alert TEXT NOT NULL, hash TEXT NOT NULL)")
            }
            let more = try db.columns(in: "photos").contains { $0.name == "type" }
            for (alert, hash) in [(ForgetTests.luo, "aa"), (ForgetTests.luo, "bb"), (ForgetTests.other, "bb")] {
                try db.execute(
                    sql: more
                        ? "INSERT INTO photos (alert, hash, type, size, at, person) VALUES (?, ?, 'x', 1, 1, 'w1')"
                        : "INSERT INTO photos (alert, hash) VALUES (?, ?)", arguments: [alert, hash])
            }
        }
        #expect(try ledger.forget(words()).photos == ["aa"])
        let left = try queue.read { db in try String.fetchAll(db, sql: "SELECT alert || hash FROM photos") }
        #expect(left == [ForgetTests.other + "bb"])
    }
}

import Diagnostics
import Foundation
import GRDB
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct CommitTests {
    @Test func `a new ledger has applied nothing`() throws {
        let folder = try TemporaryFolder()
        #expect(try folder.open().applied() == 0)
    }

    @Test func `changes, notifications and progress survive reopening`() throws {
        let folder = try TemporaryFolder()
        let first = try folder.open()
        try first.commit(changes: [change(7, json: "{\"id\":1}")], notifications: [entry(7)], applied: 9)
        try first.close()
        let second = try folder.open()
        #expect(try second.applied() == 9)
        #expect(try second.events(alert: "00112233445566aa") == [change(7, json: "{\"id\":1}")])
        #expect(try second.only()?.entry == entry(7))
    }

    @Test func `alerts that it does not have are told from those that it has`() throws {
        let ledger = try TemporaryFolder().open()
        _ = try ledger.commit(changes: [change(7)], notifications: [], applied: 7)
        #expect(try ledger.unknown(of: ["00112233445566aa", "00112233445566bb"]) == ["00112233445566bb"])
        #expect(try ledger.unknown(of: []).isEmpty)
    }

    @Test func `committing the same numbers again changes nothing`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let batch = ([change(7), change(7, 1, change: "updated")], [entry(7), entry(7, 1)])
        let first = try ledger.commit(changes: batch.0, notifications: batch.1, applied: 7)
        #expect((first.changes, first.notifications) == (2, 2))
        let sent = try #require(try ledger.take(1).first)
        try ledger.settle([Settlement(sent, .sent(answer: "HTTP 200"))], now: noon)
        let alert = try ledger.alert(id: "00112233445566aa")
        let second = try ledger.commit(
            changes: [change(7, severity: .low, json: "{\"other\":1}")] + batch.0, notifications: batch.1, applied: 7)
        #expect((second.changes, second.notifications) == (0, 0))
        #expect(try ledger.alert(id: "00112233445566aa") == alert)
        #expect(try ledger.deliveries().map(\.state) == [.pending, .sent])
    }

    @Test func `applied never goes back`() throws {
        let ledger = try TemporaryFolder().open()
        try ledger.commit(changes: [], notifications: [], applied: 12)
        try ledger.commit(changes: [], notifications: [], applied: 3)
        #expect(try ledger.applied() == 12)
    }

    @Test func `an alert is the fold of its changes, whatever order they came in`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let late = change(9, change: "resolved", state: "resolved", at: noon + minute, json: "{\"n\":2}")
        try ledger.commit(changes: [late], notifications: [], applied: 9)
        try ledger.commit(changes: [change(7, json: "{\"n\":1}")], notifications: [], applied: 9)
        let alert = try #require(try ledger.alert(id: "00112233445566aa"))
        #expect(alert.state == "resolved")
        #expect(alert.changed == noon + minute)
        #expect(String(decoding: alert.json, as: UTF8.self) == "{\"n\":2}")
        #expect(try ledger.events(alert: "00112233445566aa").map(\.record) == [7, 9])
    }

    @Test func `the JSON comes back byte for byte, even where it is no UTF-8`() throws {
        let ledger = try TemporaryFolder().open()
        var odd = change(1)
        odd.json = [0x7B, 0xFF, 0x00, 0x7D]
        try ledger.commit(changes: [odd], notifications: [], applied: 1)
        #expect(try ledger.events(alert: odd.alert).first?.json == odd.json)
    }

    @Test func `alerts are filtered, and paged without gap or repeat`() throws {
        let ledger = try TemporaryFolder().open()
        let ids = (0..<10).map { "a\($0)00000000000000" }
        // Two alerts a moment, so that a page ends between two of the same time.
        let changes = ids.enumerated().map { index, id in
            change(
                Int64(index + 1), alert: id, severity: index % 2 == 0 ? .high : .low,
                at: noon + .seconds(Int64(index / 2)))
        }
        try ledger.commit(changes: changes, notifications: [], applied: 10)
        var filter = AlertFilter()
        filter.limit = 3
        var seen: [String] = []
        while case let page = try ledger.alerts(filter), let last = page.last {
            seen += page.map(\.id)
            filter.after = last
        }
        #expect(seen == ids.reversed())
        var severe = AlertFilter()
        severe.severities = [.high]
        #expect(try ledger.alerts(severe).count == 5)
        var named = AlertFilter()
        named.prefix = "a30000"
        #expect(try ledger.alerts(named).map(\.id) == [ids[3]])
    }

    @Test func `the idempotency key is that of an independent SHA-256`() {
        // Python: hashlib.sha256("…".encode()).hexdigest()[:32]
        #expect(entry(42, 1).key == "a837eeee650364c27851261da19f2286")
        #expect(entry(42, 1, channel: "wecom-grid3", recipient: "罗阿姨").key == "79cf6f9ef4bde21e01f1d5d56924a4a7")
    }

    @Test func `names that are stored keep their spelling`() {
        #expect(
            DeliveryState.allCases.map(\.rawValue) == ["pending", "leased", "sent", "retry", "dead", "superseded"])
        #expect(OutboxEntry.Kind.change.rawValue == "change")
        #expect(OutboxEntry.Kind.text.rawValue == "text")
    }
}

@Suite struct LedgerFileTests {
    @Test func `the file and what SQLite puts beside it are private`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(entry(1))
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.ledgerPath + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
        try ledger.close()
    }

    @Test func `a file that others could read is made private at opening`() throws {
        let folder = try TemporaryFolder()
        try folder.open().close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.ledgerPath)
        try folder.open().close()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.ledgerPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a file that is no database is told as damaged, with a remedy`() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: folder.ledgerPath))
        let error = #expect(throws: LedgerError.self) { try folder.open() }
        #expect(error?.kind == .damaged)
        #expect(error?.path == folder.ledgerPath)
        #expect(error?.remedy.zh.contains("备份") == true)
        #expect(error?.remedy.en.contains("backup") == true)
    }

    @Test func `a folder that is not there is told as permission`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: LedgerError.self) { try Ledger(path: folder.path + "/none/x.sqlite") }
        #expect(error?.kind == .permission)
    }

    @Test func `a file of a newer version is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(entry(1))
        try ledger.close()
        let other = try DatabaseQueue(path: folder.ledgerPath)
        try other.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 from the future')") }
        try other.close()
        let error = #expect(throws: LedgerError.self) { try folder.open() }
        #expect(error?.kind == .newer)
    }

    @Test func `another process that writes is told as busy, and passes`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open(busySeconds: 0)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.ledgerPath, configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = #expect(throws: LedgerError.self) { try ledger.put(entry(1)) }
        #expect(error?.kind == .busy)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        try ledger.put(entry(1))
        #expect(try ledger.deliveries().count == 1)
    }

    @Test func `a closed ledger says so`() throws {
        let ledger = try TemporaryFolder().open()
        try ledger.close()
        let error = #expect(throws: LedgerError.self) { try ledger.applied() }
        #expect(error?.kind == .closed)
    }

    @Test func `errors never show what was to be stored`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open(busySeconds: 0)
        let other = try DatabaseQueue(path: folder.ledgerPath)
        try other.inDatabase { try $0.execute(sql: "DROP TABLE outbox") }
        let error = #expect(throws: LedgerError.self) { try ledger.put(entry(1, recipient: "罗阿姨")) }
        #expect(error.map { "\($0)".contains("罗阿姨") } == false)
    }
}

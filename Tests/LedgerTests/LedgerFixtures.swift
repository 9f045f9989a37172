import Foundation
import Ledger
import Timekeeping
import Vocabulary

/// A folder of its own for one test, removed with the value that holds it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var ledgerPath: String { path + "/shouwang.sqlite" }

    func open(outboxMax: Int = 100_000, busySeconds: Double = 5) throws -> Ledger {
        try Ledger(path: ledgerPath, outboxMax: outboxMax, busySeconds: busySeconds)
    }
}

let noon = Instant(milliseconds: 1_700_000_000_000)
let minute = Milliseconds.minutes(1)

func change(
    _ record: Int64, _ ordinal: Int32 = 0, alert: String = "00112233445566aa", change: String = "raised",
    severity: Severity = .high, state: String = "open", at: Instant = noon, json: String = "{}"
) -> LedgerChange {
    LedgerChange(
        record: record, ordinal: ordinal, alert: alert, change: change, rule: "no-movement", kind: "no_movement",
        severity: severity, state: state, key: "3栋2单元502", at: at, started: noon - .hours(24), json: Array(json.utf8))
}

func entry(
    _ record: Int64, _ ordinal: Int32 = 0, alert: String = "00112233445566aa", channel: String = "hook",
    recipient: String = "", severity: Severity = .high, change: String = "raised", at: Instant = noon
) -> OutboxEntry {
    OutboxEntry(
        record: record, ordinal: ordinal, alert: alert, channel: channel, recipient: recipient, severity: severity,
        change: change, kind: .change, body: "{\"record\":\(record)}", at: at)
}

extension Ledger {
    /// Commits notifications alone, as the last record's.
    func put(_ entries: OutboxEntry...) throws {
        try commit(changes: [], notifications: entries, applied: entries.map(\.record).max() ?? 0)
    }

    func take(_ limit: Int = 100, at now: Instant = noon, channel: String = "hook") throws -> [Delivery] {
        try lease(channel: channel, now: now, lasting: minute, limit: limit)
    }

    func only(_ filter: DeliveryFilter = DeliveryFilter()) throws -> DeliveryRow? { try deliveries(filter).first }
}

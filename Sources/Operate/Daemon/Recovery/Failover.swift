import Channels
import Diagnostics
import Foundation
import Ledger
import Logging
import MQTTIntake
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

/// Takes a critical message that its channel does not deliver to every other channel: once each, with a key of its own
/// that never changes, while the first is tried on.
///
/// It goes another way after the second failed attempt, or at once where the next lies more than 30 s ahead or there is
/// none. A delivery that is not even tried for 30 s, since its channel is held back by its platform or by a limit, goes
/// another way too. What was put into the ledger once is never put there again: the key of a delivery is made of change
/// and channel.
final class Failover: Sendable {
    /// Whoever calls for help does not wait longer for one channel.
    static let patience = Milliseconds.seconds(30)
    private static let lookEvery = Duration.seconds(5)
    /// So many go another way a look, the newest first; the others at the next.
    static let lookMax = 256

    /// A channel, and whether it takes the JSON or words.
    struct Way: Sendable {
        var name: String
        var takesChanges: Bool
    }

    private let ledger: Ledger
    private let ways: [Way]
    private let language: Language
    private let log: Logger
    private let state = Mutex(State())

    private struct State {
        /// Unsettled deliveries, and when each was seen first, by CLOCK_BOOTTIME; nil where it went another way.
        var seen: [Int64: Int64?] = [:]
        var wake: (@Sendable () -> Void)?
    }

    init(ledger: Ledger, ways: [Way], language: Language, log: Logger) {
        self.ledger = ledger
        self.ways = ways
        self.language = language
        self.log = log
    }

    /// - Parameter wake: called where something was put into the ledger.
    func connect(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// An attempt failed.
    /// - Parameter next: the next attempt's time; nil for none.
    func failed(_ delivery: Delivery, next: Instant?, now: Instant) async {
        guard delivery.entry.severity == .critical, ways.count > 1 else { return }
        let isLong = next.map { $0 - now > Failover.patience } ?? true
        guard delivery.attempt >= 2 || isLong else { return }
        await redirect(delivery.entry)
    }

    /// Looks after what waits without being tried, until the task is cancelled.
    func run() async {
        guard ways.count > 1 else { return }
        while !Task.isCancelled {
            do { try await Task.sleep(for: Failover.lookEvery) } catch { return }
            await look(at: SystemClock.boot)
        }
    }

    /// - Parameter boot: milliseconds of CLOCK_BOOTTIME.
    func look(at boot: Int64) async {
        let ids: [Int64]
        do throws(LedgerError) {
            ids = try await ledger.offloaded { ledger throws(LedgerError) in try ledger.criticalWaiting() }
        } catch {
            // The sender meets the same and tells it.
            return log.debug("what waits cannot be looked at: \(error)")
        }
        let late = state.withLock { state in
            state.seen = Dictionary(
                uniqueKeysWithValues: ids.map { id in (id, state.seen[id] ?? .some(boot)) })
            let late = ids.filter { id in
                guard let first = state.seen[id] ?? nil else { return false }
                return boot - first >= Failover.patience.count
            }
            return late.prefix(Failover.lookMax)
        }
        for id in late {
            await redirect(id)
            state.withLock { $0.seen[id] = .some(nil) }
        }
    }

    private func redirect(_ id: Int64) async {
        do throws(LedgerError) {
            let row = try await ledger.offloaded { ledger throws(LedgerError) in try ledger.delivery(id) }
            if let row, row.settled == nil { await redirect(row.entry) }
        } catch {
            log.error("a critical message could not be sent another way: \(error)")
        }
    }

    private func redirect(_ entry: OutboxEntry) async {
        let (ways, language) = (ways, language)
        do throws(LedgerError) {
            let added = try await ledger.offloaded { ledger throws(LedgerError) in
                let told = try ledger.channels(of: entry)
                let others = ways.filter { !told.contains($0.name) }
                guard !others.isEmpty, let change = try ledger.change(record: entry.record, ordinal: entry.ordinal)
                else { return 0 }
                let entries = others.compactMap { Failover.entry(change, from: entry, over: $0, language) }
                return try ledger.commit(changes: [], notifications: entries, applied: 0).notifications
            }
            guard added > 0 else { return }
            log.warning(
                "a critical message is told over every other channel",
                metadata: ["channel": "\(entry.channel)", "alert": "\(entry.alert)", "others": "\(added)"])
            state.withLock(\.wake)?()
        } catch {
            log.error(
                "a critical message could not be sent another way: \(error)", metadata: ["alert": "\(entry.alert)"])
        }
    }

    /// - Returns: nil where the channel takes words and the change has none that people are told.
    private static func entry(
        _ change: LedgerChange, from first: OutboxEntry, over way: Way, _ language: Language
    ) -> OutboxEntry? {
        let body: String
        if way.takesChanges {
            body = String(decoding: change.json, as: UTF8.self)
        } else {
            guard change.change != "updated", let words = message(of: change, language) else { return nil }
            body = mark(first.channel).text(in: language) + words
        }
        return OutboxEntry(
            record: change.record, ordinal: change.ordinal, alert: change.alert, channel: way.name, recipient: "",
            severity: change.severity, change: change.change, kind: way.takesChanges ? .change : .text, body: body,
            at: first.at)
    }

    private static func mark(_ channel: String) -> LocalizedText {
        LocalizedText(
            zh: "【改道】通道“\(channel)”没有送达，改由本通道通知：\n",
            en: "[Failover] the channel \(channel) has not taken this, so it comes here:\n")
    }

    private struct Change: Decodable { var message: [String: String] }

    private static func message(of change: LedgerChange, _ language: Language) -> String? {
        do {
            let read = try JSONDecoder().decode(Change.self, from: Data(change.json))
            return read.message[language.rawValue]
        } catch {
            return nil  // Not of the contract's form: the ledger was filled by another program.
        }
    }
}

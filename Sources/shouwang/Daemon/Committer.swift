import Alerts
import Community
import Diagnostics
import Glibc
import Ledger
import Logging
import SiteConfiguration

/// Puts alert changes and their notifications into the ledger, in one transaction a batch.
final class Committer: Sendable {
    let ledger: Ledger
    private let settings: Settings
    private let routing: Routing
    private let state: DaemonState
    private let log: Logger
    /// By channel: whether it takes the JSON or words.
    private let takesChanges: [String: Bool]

    /// - Parameter channels: the names of those that can be used.
    init(
        settings: Settings, registry: Registry, channels: [String], ledger: Ledger, state: DaemonState, log: Logger
    ) {
        self.settings = settings
        self.ledger = ledger
        self.state = state
        self.log = log
        routing = Routing(settings: settings, registry: registry, channels: channels)
        takesChanges = Dictionary(
            uniqueKeysWithValues: settings.channels.map { ($0.name, $0.kind == .webhook || $0.kind == .mqtt) })
    }

    /// Commits until the queue is closed and empty; `wake` is called after each batch with something to tell.
    func run(_ queue: LedgerQueue, wake: @Sendable () -> Void) {
        while let item = queue.next() {
            // A failing disk must not lose a change: it is tried again until it is in, while the queue holds the
            // intake.
            while !commit(item) {
                if queue.isClosed {
                    log.error("ending without the ledger; the journal has it, and the next start puts it in")
                    return
                }
                sleep(1)
            }
            if !item.changes.isEmpty { wake() }
        }
    }

    /// - Returns: false where the ledger could not take it.
    @discardableResult
    func commit(_ item: LedgerQueue.Item) -> Bool {
        do throws(LedgerError) {
            _ = try ledger.commit(
                changes: item.changes.map(row), notifications: item.changes.flatMap(notifications),
                applied: item.applied)
            state.committed(changes: item.changes.count, problem: nil)
            for change in item.changes {
                log.info(
                    "\(change.change.rawValue) \(change.rule) \(change.key)",
                    metadata: ["alert": "\(change.id)", "severity": "\(change.severity.rawValue)"])
            }
            return true
        } catch {
            log.error("the ledger cannot store: \(error)")
            state.committed(changes: 0, problem: "\(error)")
            return false
        }
    }

    private func row(_ change: AlertChange) -> LedgerChange {
        LedgerChange(
            record: change.record, ordinal: change.ordinal, alert: change.id, change: change.change.rawValue,
            rule: change.rule, kind: change.kind.rawValue, severity: change.severity.rawValue,
            state: change.state.rawValue, key: change.key, at: change.at, started: change.started,
            json: change.json(zone: settings.site.zone))
    }

    private func notifications(_ change: AlertChange) -> [OutboxEntry] {
        let resolution = routing.resolve(change)
        if resolution.isFault {
            state.unrouted(1)
            log.error(
                "no route reaches anybody for \(change.rule); told to every channel",
                metadata: ["alert": "\(change.id)"])
        }
        return resolution.destinations.compactMap { destination in
            let isChange = takesChanges[destination.channel] ?? false
            guard isChange || change.isTold else { return nil }
            let body =
                isChange
                ? String(decoding: change.json(zone: settings.site.zone), as: UTF8.self)
                : change.message.text(in: settings.site.language)
            return OutboxEntry(
                record: change.record, ordinal: change.ordinal, alert: change.id, channel: destination.channel,
                recipient: destination.recipient, severity: change.severity.rawValue, change: change.change.rawValue,
                kind: isChange ? .change : .text, body: body, at: change.at)
        }
    }
}

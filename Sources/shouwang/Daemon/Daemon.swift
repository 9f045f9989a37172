import ArgumentParser
import Channels
import Console
import Diagnostics
import Feeds
import Foundation
import Ledger
import Logging
import MQTTIntake
import ServiceLifecycle
import SiteConfiguration
import Timekeeping
import UnixSignals

/// The daemon: the only place that knows all the parts.
///
/// States: *watching* over one configuration; a reload ends that watch as a SIGTERM does (what is at hand is stored,
/// acknowledged and told, the state is kept) and begins the next in the same process, which starts as a restart starts.
/// A ledger that turns out to be damaged does the same with the same site: its opening restores it.
/// Threads of a watch: the intake's (MQTT, journal, decode, rules), the ledger's (one transaction a batch), the
/// snapshots', housekeeping's, the publisher's; and the async world of channels and console. They end in this order:
/// console, intake (its last batch is committed and acknowledged), ledger (its queue is emptied), snapshots, sender,
/// publisher.
struct Daemon {
    let config: String
    let demo: DemoClock?
    let log: Logger
    private let notifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment)

    init(config: String, demo: DemoClock?, log: Logger) {
        self.config = config
        self.demo = demo
        self.log = log
    }

    /// Watches until SIGTERM or SIGINT.
    /// - Parameter fault: why the site is the last good one and not what the configuration says now.
    func run(_ first: Site, fault: Phrase?) async throws {
        let store = try takeStore(first.settings)
        let lock = try takeLock(first.settings)
        let ending = CurrentEnding()
        let faults = BoxFaults()
        let pulse = Pulse()
        let restores = RestoreLimit()
        let isOver = StopFlag()
        let teller = pulse.tell(notifier, until: isOver)
        let signals = Task { await hear(ending, faults) }
        defer { signals.cancel() }
        if let fault { faults.raise(.config, .high, fault) }
        var site = first
        var isReload = false
        var hasWatched = false
        watches: while true {
            let watch = Watch(
                site: site, demo: demo, isReload: isReload, faults: faults, pulse: pulse,
                notifier: notifier, restores: restores, log: log)
            let reason: Ending.Reason
            do {
                reason = try await watch.run(ending: ending.renew(site))
            } catch let error as ExitCode where hasWatched && error == Exit.inputOutput {
                // What was wrong with the store was said. It was watched a moment ago and may be whole again soon.
                faults.raise(.journal, .critical, Phrase.cannotGoOn)
                log.error("the watch cannot go on; it is tried again in 2 s")
                notifier.tell(.status("the store cannot be opened: nothing is watched"))
                pulse.beat()
                try await Task.sleep(for: .seconds(2))
                if ending.isStopped { break watches }
                // Time passes in which nobody listens: the next is a start, and waits for the broker's backlog.
                isReload = false
                site = ending.site ?? site
                continue
            }
            hasWatched = true
            switch reason {
            case .stop: break watches
            case .restore: break
            case .reload(let next):
                faults.clear(.config)
                site = next
            }
            isReload = true
        }
        isOver.set()
        await teller?.ended()
        log.info("stopped")
        lock.close()
        store.close()
    }

    /// Turns signals into reasons to end. Trapped before the first watch begins, so that none is lost between two.
    private func hear(_ current: CurrentEnding, _ faults: BoxFaults) async {
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
            guard signal == .sighup else {
                notifier.tell(.stopping)
                current.ask(.stop)
                continue
            }
            guard let site = current.site else { continue }
            notifier.tell(.reloading)
            switch Reload.read(config: config, running: site) {
            case .accepted(let next):
                log.notice("reloading", metadata: ["config": "\(next.source.hash)"])
                current.ask(.reload(next))
            case .unchanged:
                faults.clear(.config)
                log.notice("nothing to reload: configuration and registry are unchanged")
                notifier.tell(.ready(status: "unchanged"))
            case .refused(let reasons):
                log.error("the reload is refused; the watch goes on as it was")
                for reason in reasons { log.error("\(reason)") }
                faults.raise(.config, .medium, Phrase.reloadRefused(reasons))
                notifier.tell(.ready(status: "reload refused: \(reasons.first ?? "")"))
            }
        }
    }

    /// One daemon a store, whatever its client id: two would write into one journal.
    private func takeStore(_ settings: Settings) throws -> ClientLock {
        let path = settings.store.path
        try Store.makeFolder(path)
        return try take(in: path) { () throws(ClientLock.Problem) in try ClientLock(store: path) }
    }

    /// One daemon a client id: two would kick each other out of the broker for ever.
    private func takeLock(_ settings: Settings) throws -> ClientLock {
        let path = settings.store.path
        return try take(in: path) { () throws(ClientLock.Problem) in
            try ClientLock(clientID: settings.mqtt.clientID, folder: path)
        }
    }

    private func take(
        in path: String, _ lock: () throws(ClientLock.Problem) -> ClientLock
    ) throws -> ClientLock {
        do throws(ClientLock.Problem) {
            return try lock()
        } catch {
            switch error {
            case .storeHeld(_, let pid):
                Talk.say(
                    "the store \(path) is in use by process \(pid.map(String.init) ?? "?"); stop that daemon, or give "
                        + "this one another store.path"
                )
            case .held(let id, let pid):
                Talk.say(
                    "the client id \(id) is in use by process \(pid.map(String.init) ?? "?"); stop that daemon, "
                        + "or give this one another mqtt.client_id and store.path"
                )
            default: Talk.say("\(path): the lock file cannot be used: \(error)")
            }
            throw Exit.inputOutput
        }
    }

    /// What the intake subscribes to: the feeds, and the probe that tells the end of the backlog.
    static func filters(_ settings: Settings) -> [String] {
        var seen: Set<String> = []
        let feeds = settings.feeds.flatMap(FeedPlan.subscriptions)
        return (feeds + ["shouwang/\(settings.site.id)/probe"]).filter { seen.insert($0).inserted }
    }
}

extension Phrase {
    fileprivate static var cannotGoOn: Phrase {
        Phrase(
            zh: "存储暂时无法打开,守望未在值守,正在不断重试;原因见日志。",
            en: "the store cannot be opened: nothing is watched, and it is tried again and again; the log says why.")
    }

    fileprivate static func reloadRefused(_ reasons: [String]) -> Phrase {
        let first = reasons.first ?? ""
        return Phrase(
            zh: "新配置有误,未采用,仍按原配置运行:\(first)", en: "the new configuration is refused, the old one goes on: \(first)")
    }
}

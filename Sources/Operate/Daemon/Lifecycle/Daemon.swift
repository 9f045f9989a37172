import ArgumentParser
import Channels
import ConfigReading
import Console
import Diagnostics
import Feeds
import FileIO
import Foundation
import Glibc
import Ledger
package import Logging
import MQTTIntake
import SiteConfiguration
package import SiteLoading
import Terminal
import Timekeeping
import UnixSignals
import Vocabulary

/// The daemon: the only place that knows all the parts.
///
/// States: *watching* over one configuration; a reload ends that watch as a SIGTERM does (what is at hand is stored,
/// acknowledged and told, the state is kept) and begins the next in the same process, which starts as a restart starts.
/// A ledger that turns out to be damaged does the same with the same site: its opening restores it.
/// Threads of a watch: the intake's (MQTT, journal, decode, rules), the ledger's (one transaction a batch), the
/// snapshots', housekeeping's, the publisher's; and the async world of channels and console. They end in this order:
/// console, intake (its last batch is committed and acknowledged), ledger (its queue is emptied), snapshots, sender,
/// publisher.
package struct Daemon {
    private let config: String
    private let demo: DemoClock?
    private let log: Logger
    private let notifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment)

    package init(config: String, demo: DemoClock?, log: Logger) {
        self.config = config
        self.demo = demo
        self.log = log
    }

    /// Watches until SIGTERM or SIGINT.
    /// - Parameter troubles: why the site is not what configuration and registry say now.
    package func run(_ first: Site, troubles: [StartTrouble]) async throws {
        let store = try takeStore(first.settings)
        var lock = try takeLock(first.settings)
        let current = CurrentStopRequest()
        let faults = BoxFaults()
        let watchdog = Watchdog()
        let restores = RestoreLimit()
        let isOver = StopFlag()
        let watchdogThread = watchdog.start(notifier, until: isOver)
        let signals = Task { await hear(current, faults) }
        defer { signals.cancel() }
        for trouble in troubles { faults.raise(trouble.part, .high, trouble.what) }
        // Whoever asked the daemon before this one was not answered and is gone.
        ReloadRequest.discard(store: first.settings.store.path)
        var site = first
        var isReload = false
        var hasWatched = false
        watches: while true {
            compare(site, faults, log)
            let siteRun = SiteRun(
                site: site, demo: demo, isReload: isReload, faults: faults, watchdog: watchdog,
                notifier: notifier, restores: restores, log: log)
            let reason: StopRequest.Reason
            do {
                reason = try await siteRun.run(until: current.renew(site))
            } catch let error as ExitCode where hasWatched && error == Exit.inputOutput {
                // What was wrong with the store was said. It was watched a moment ago and may be whole again soon.
                faults.raise(.journal, .critical, LocalizedText.cannotGoOn)
                log.error("the watch cannot go on; it is tried again in 2 s")
                notifier.send(.status("the store cannot be opened: nothing is watched"))
                watchdog.beat()
                try await Task.sleep(for: .seconds(2))
                if current.isStopped { break watches }
                // Time passes in which nobody listens: the next is a start, and waits for the broker's backlog.
                isReload = false
                site = current.site ?? site
                continue
            }
            hasWatched = true
            switch reason {
            case .stop: break watches
            case .restore: break
            case .reload(let next, let settled):
                // The broker may be another one, at which another daemon has the id.
                if next.settings.mqtt.broker == site.settings.mqtt.broker || relock(&lock, next.settings) {
                    faults.clear(.config)
                    if let settled { faults.clear(.registry, saying: settled) }
                    site = next
                } else {
                    faults.raise(.config, .high, LocalizedText.brokerTaken(next.settings.mqtt))
                }
            }
            isReload = true
        }
        isOver.set()
        await watchdogThread?.ended()
        log.info("stopped")
        lock.close()
        store.close()
    }

    /// Turns signals into reasons to end. Trapped before the first watch begins, so that none is lost between two.
    private func hear(_ current: CurrentStopRequest, _ faults: BoxFaults) async {
        let reloads = ReloadQueue()
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
            guard signal == .sighup else {
                notifier.send(.stopping)
                current.ask(.stop)
                continue
            }
            reloads.add { [self] in await reload(current, faults) }
        }
    }

    private func reload(_ current: CurrentStopRequest, _ faults: BoxFaults) async {
        guard let site = current.site else { return }
        notifier.send(.reloading)
        let store = site.settings.store.path
        let request = ReloadRequest.claim(store: store)
        let reading = await Reload.read(
            config: config, running: site, ask: request?.accept.map { .accept($0) } ?? .signal,
            now: Instant(milliseconds: SystemClock.wall), pause: GuardedSite.second)
        let report = ReloadReport(reading, running: site)
        report.send(log, faults)
        if let request, !request.answer(report.answer, store: store) {
            log.error("the answer to shouwang reload could not be written into \(store)")
        }
        guard case .accepted(let next) = reading.outcome else {
            notifier.send(.ready(status: report.status))
            return
        }
        current.ask(.reload(next, settled: report.settled))
    }

    /// What stands is made to fit what is to be watched.
    private func compare(_ site: Site, _ faults: BoxFaults, _ log: Logger) {
        raiseLeftOut(site, faults)
        Daemon.raiseDropped(site, faults, log)
        Daemon.endFeedTroubles(faults, site.settings)
    }

    /// People whose rows cannot be read are named until they can: nobody watches over them.
    private func raiseLeftOut(_ site: Site, _ faults: BoxFaults) {
        guard let words = RefusalWords.leftOut(site.registry) else {
            faults.clear(.unwatched, saying: RefusalWords.noneLeftOut)
            return
        }
        log.error("\(words.en)")
        faults.raise(.unwatched, .high, words, tellsChanges: true)
    }

    /// What the configuration says and is not acted on, until it is corrected. It stands apart from a configuration
    /// that is not in force at all.
    static func raiseDropped(_ site: Site, _ faults: BoxFaults, _ log: Logger) {
        guard let words = LocalizedText.dropped(site.settings) else { return faults.clear(.config, name: "dropped") }
        log.error("\(words.en)")
        faults.raise(.config, name: "dropped", .high, words, tellsChanges: true)
    }

    /// What a feed was told of that this configuration does not have ends with it; nobody would end it later.
    static func endFeedTroubles(_ faults: BoxFaults, _ settings: Settings) {
        faults.clear(.feed, allBut: FeedWatch.troubles(settings), saying: .feedsChanged)
    }

    /// One daemon a store, whatever its client id: two would write into one journal.
    private func takeStore(_ settings: Settings) throws -> ClientLock {
        let path = settings.store.path
        try Store.makeFolder(path)
        do throws(ClientLock.Problem) { return try ClientLock(store: path) } catch {
            return try refuse(error, settings)
        }
    }

    /// One daemon a client id and broker: two would kick each other out for ever. So is the publishing client's.
    private func takeLock(_ settings: Settings) throws -> ClientLock {
        do throws(ClientLock.Problem) { return try Daemon.lock(settings.mqtt) } catch {
            guard case .unusable(let path, let why) = error else { return try refuse(error, settings) }
            // A system without such sockets must not keep the watch away: what two daemons do to each other is told.
            log.warning("the client id cannot be locked: \(path): \(FileWriting.reason(why))")
            return ClientLock()
        }
    }

    /// Locks the ids at a new broker in place of the old one.
    /// - Returns: false where another process has one of them.
    private func relock(_ lock: inout ClientLock, _ settings: Settings) -> Bool {
        do throws(ClientLock.Problem) {
            lock = try Daemon.lock(settings.mqtt)
            return true
        } catch {
            switch error {
            // Held by this very process: the same broker by another name, and what is held goes on holding.
            case .held(_, let holder): return holder == getpid()
            case .storeHeld, .unusable: return true
            }
        }
    }

    /// Locks the ids of both clients at their broker.
    private static func lock(_ mqtt: MQTTSettings) throws(ClientLock.Problem) -> ClientLock {
        try ClientLock(
            clientIDs: [mqtt.clientID, mqtt.outClientID], host: mqtt.broker.host,
            port: UInt16(clamping: mqtt.broker.port))
    }

    private func refuse(_ problem: ClientLock.Problem, _ settings: Settings) throws -> ClientLock {
        let path = settings.store.path
        let broker = settings.mqtt.broker
        let words: LocalizedText
        switch problem {
        case .storeHeld(_, let pid):
            let process = pid.map(String.init) ?? "?"
            words = LocalizedText(
                zh: "存储目录 \(path) 正被进程 \(process) 使用；请停掉那个守望，或给这个换一个 store.path",
                en: "the store \(path) is in use by process \(process); stop that daemon, or give this one another "
                    + "store.path")
        case .held(let id, let pid):
            let process = pid.map(String.init) ?? "?"
            words = LocalizedText(
                zh: "客户端编号 \(id) 在代理服务器 \(broker.host)：\(broker.port) 上正被进程 \(process) 使用；请停掉那个守望，"
                    + "或给这个换一个 mqtt.client_id 和 store.path",
                en: "the client id \(id) is in use at the broker \(broker.host):\(broker.port) by process \(process); "
                    + "stop that daemon, or give this one another mqtt.client_id and store.path")
        case .unusable(let file, let why):
            let reason = FileWriting.reason(why)
            words = LocalizedText(
                zh: "\(file)：锁文件不可用（\(reason)）；请检查存储目录的所有者",
                en: "\(file): the lock file cannot be used: \(reason); check the owner of the store's folder")
        }
        StandardError.print(words.text(in: settings.site.language))
        throw Exit.inputOutput
    }

    /// What the intake subscribes to: the feeds, and the probe that tells the end of the backlog.
    static func filters(_ settings: Settings) -> [String] {
        var seen: Set<String> = []
        let feeds = settings.feeds.flatMap(FeedPlan.subscriptions)
        return (feeds + ["shouwang/\(settings.site.id)/probe"]).filter { seen.insert($0).inserted }
    }
}

extension LocalizedText {
    fileprivate static var cannotGoOn: LocalizedText {
        LocalizedText(
            zh: "存储暂时无法打开，守望未在值守，正在不断重试；原因见日志。",
            en: "the store cannot be opened: nothing is watched, and it is tried again and again; the log says why.")
    }

    /// - Returns: nil where all of it is acted on.
    fileprivate static func dropped(_ settings: Settings) -> LocalizedText? {
        guard let first = settings.dropped.first else { return nil }
        let count = settings.dropped.count
        return LocalizedText(
            zh: "配置中有\(count)处不再有效，未采用，其余照常运行；请按 shouwang check 的提示改正：\(first.rendered(in: .zhHans))",
            en: "\(count) settings are no longer valid and are left out, all else runs; correct them as shouwang check "
                + "says: \(first.rendered(in: .en))")
    }

    fileprivate static var feedsChanged: LocalizedText {
        LocalizedText(
            zh: "数据源配置已更改，原先有问题的主题不再订阅。",
            en: "the feeds were changed: the topic that was in trouble is not subscribed any more.")
    }

    fileprivate static func brokerTaken(_ mqtt: MQTTSettings) -> LocalizedText {
        let place = "\(mqtt.broker.host):\(mqtt.broker.port)"
        return LocalizedText(
            zh: "新配置未采用，仍按原配置运行：在代理服务器 \(place) 上，客户端编号 \(mqtt.clientID) 正被本机另一程序使用。",
            en:
                "the new configuration is not taken, the old one goes on: at the broker \(place) another program of "
                + "this machine has the client id \(mqtt.clientID).")
    }
}

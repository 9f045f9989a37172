import ArgumentParser
import Channels
import Community
import Console
import Diagnostics
import Feeds
import Foundation
import Glibc
import Ledger
import Logging
import MQTTIntake
import ServiceLifecycle
import SiteConfiguration
import Timekeeping
import UnixSignals

/// The daemon: the only place that knows all the parts.
///
/// Threads: the intake's (MQTT, journal, decode, rules), the ledger's (one transaction a batch), the publisher's; and
/// the async world of channels and console. They end in this order on SIGTERM: console, intake (its last batch is
/// committed and acknowledged), ledger (its queue is emptied), sender, publisher.
struct Daemon {
    let settings: Settings
    let registry: Registry
    let config: String
    let demo: DemoClock?
    let log: Logger

    func run() async throws {
        let broker = try brokerOptions()
        let lock = try takeLock()
        let (channels, problems) = ChannelBuilder.channels(of: settings)
        for problem in problems { log.error("\(problem.en)") }
        let start = try DaemonStart(
            settings: settings, registry: registry, config: config, channels: channels.map(\.name), demo: demo, log: log
        )
        let ledger = start.ledger
        let state = DaemonState()
        let queue = LedgerQueue()
        let out = PublishSession(
            PublishSession.Options(
                broker: broker, clientID: settings.mqtt.clientID + "-out",
                statusTopic: "shouwang/\(settings.site.id)/status"))
        let sender = makeSender(ledger, channels, out)
        let committer = Committer(
            settings: settings, registry: registry, channels: channels.map(\.name), ledger: ledger, state: state,
            log: log)
        state.channels(problems: problems.map(\.en))
        let session = IntakeSession(intakeOptions(broker))
        let services: [any Service] = [
            PublisherService(session: out, log: log),
            SenderService(sender: sender),
            IntakeService(
                session: session, queue: queue, committer: committer, sender: sender,
                seed: IntakeSeed(start: start, state: state, out: out, queue: queue, log: log), log: log),
        ]
        let console = settings.console.map { console in
            ConsoleServer(
                host: console.listen.host, port: console.listen.port, log: log,
                view: { Health.view(state.view, ledger: ledger, isOutConnected: out.isConnected) })
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (services + (console.map { [$0 as any Service] } ?? [])).map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        // A reload comes in a later version; until then the signal must not end the watch.
        signal(SIGHUP, SIG_IGN)
        try await group.run()
        do throws(LedgerError) { try ledger.close() } catch { log.error("\(error)") }
        log.info("stopped")
        lock.close()
    }

    private func brokerOptions() throws -> BrokerOptions {
        do throws(SecretError) { return try BrokerOptions(settings.mqtt) } catch {
            Talk.say("mqtt.password: \(error)")
            throw Exit.configuration
        }
    }

    /// One daemon a store and client id: two would kick each other out of the broker for ever.
    private func takeLock() throws -> ClientLock {
        try Store.makeFolder(settings.store.path)
        do throws(ClientLock.Problem) {
            return try ClientLock(clientID: settings.mqtt.clientID, folder: settings.store.path)
        } catch {
            switch error {
            case .held(let id, let pid):
                Talk.say(
                    "the client id \(id) is in use by process \(pid.map(String.init) ?? "?"); stop that daemon, "
                        + "or give this one another mqtt.client_id and store.path"
                )
            default: Talk.say("\(settings.store.path): the lock file cannot be used: \(error)")
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

    private func intakeOptions(_ broker: BrokerOptions) -> IntakeSession.Options {
        var options = IntakeSession.Options(
            broker: broker, clientID: settings.mqtt.clientID,
            filters: Daemon.filters(settings))
        options.qos = settings.mqtt.qos == 0 ? .atMostOnce : .atLeastOnce
        options.receiveMaximum = UInt16(clamping: settings.mqtt.inflight)
        let mark = SubscriptionMark(store: settings.store.path)
        options.subscribeAlways = !mark.holds(options.filters)
        return options
    }

    private func makeSender(_ ledger: Ledger, _ channels: [ChannelSetting], _ out: PublishSession) -> OutboxSender {
        var options = OutboxSender.Options()
        let timeout = ChannelBuilder.timeout(of: settings)
        options.total = .milliseconds(timeout.count)
        // A lease must outlast the slowest request, or nothing would be sent for fear of its end.
        options.lease = timeout + .seconds(30)
        return OutboxSender(
            ledger: ledger, channels: channels, options: options, log: log,
            now: { Instant(milliseconds: SystemClock.wall) },
            publish: { topic, payload, qos, retain in
                switch await out.publish(
                    topic: topic, payload: payload, qos: qos == 0 ? .atMostOnce : .atLeastOnce, retain: retain)
                {
                case .acknowledged: .acknowledged
                case .notConnected: .unreachable(reason: "no connection to the broker")
                case .refused(PublishSession.queueFull): .unreachable(reason: PublishSession.queueFull)
                case .refused(let reason): .refused(reason: reason)
                }
            })
    }
}

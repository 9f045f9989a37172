import Channels
import ConfigReading
import Console
import Delivery
import Diagnostics
import Ledger
import Logging
import MQTTIntake
import Pipeline
import ServiceLifecycle
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping

/// One watch over one configuration, from its recovery to its end.
struct SiteRun {
    let site: Site
    let demo: DemoClock?
    /// It follows a watch that has just ended: nothing was down.
    let isReload: Bool
    let faults: BoxFaults
    let watchdog: Watchdog
    let notifier: SystemdNotifier
    let restores: RestoreLimit
    let log: Logger

    var settings: Settings { site.settings }

    func run(until stopRequest: StopRequest) async throws -> StopRequest.Reason {
        let broker = try brokerOptions()
        let (channels, problems) = ConfiguredChannel.ready(settings.channels, site: settings.site.id)
        for problem in problems { log.error("\(problem.en)") }
        let state = DaemonState()
        state.keeps(settings.store.sync)
        state.channels(problems: problems.map(\.en), usable: channels.count)
        let start = try DaemonStart(
            site: site, channels: channels.map(\.name), demo: demo, isReload: isReload, stopRequest: stopRequest,
            shared: state, faults: faults, watchdog: watchdog, log: log)
        let ledger = start.ledger
        if case .stop? = stopRequest.asked {
            end(ledger)
            return .stop
        }
        let services = services(start, channels, broker, state, stopRequest)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: log))
        notifier.send(.ready(status: state.view.status))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                await stopRequest.wait()
                await group.triggerGracefulShutdown()
            }
            try await group.run()
            tasks.cancelAll()
        }
        end(ledger)
        return stopRequest.asked ?? .stop
    }

    private func end(_ ledger: Ledger) {
        do throws(LedgerError) { try ledger.close() } catch { log.error("\(error)") }
    }

    private func services(
        _ start: sending DaemonStart, _ channels: [ReadyChannel], _ broker: BrokerOptions, _ state: DaemonState,
        _ stopRequest: StopRequest
    ) -> [any Service] {
        let out = PublishSession(
            PublishSession.Options(
                broker: broker, clientID: settings.mqtt.outClientID,
                statusTopic: "shouwang/\(settings.site.id)/status"))
        let ledger = start.ledger
        // The watch ends as for a reload, and the next one's opening restores the ledger.
        let onDamage: @Sendable () -> Void = { [restores] in
            if restores.allows(at: SystemClock.boot) { stopRequest.ask(.restore) }
        }
        let failover = makeFailover(ledger, channels)
        let sender = makeSender(ledger, channels, out, failover, onDamage)
        failover.connect { sender.wake() }
        let session = IntakeSession(intakeOptions(broker))
        let entries = EntryDesk(wake: { session.wake() })
        let board = FigureBoard(start.pipeline.watchFigures)
        let (links, linkKey) = (start.links, start.linkKey)
        let committer = Committer(
            settings: settings, registry: site.registry, channels: channels.map(\.name), ledger: ledger,
            state: state, faults: faults, entries: entries, links: links, board: board, onDamage: onDamage, log: log)
        let parts = IntakeParts(
            state: state, out: out, queue: LedgerQueue(), entries: entries,
            dispatching: committer.dispatching, questions: PipelineQuestions(wake: { session.wake() }), faults: faults,
            watchdog: watchdog,
            restart: { session.restart() },
            wake: { session.wake() }, log: log)
        let snapshots = SnapshotKeeper(
            store: SnapshotStore(store: settings.store.path), state: state, faults: faults, log: log)
        let housekeeping = Housekeeping(
            settings: settings, ledger: ledger, state: state, faults: faults, notifier: notifier,
            wasUnclean: start.wasUnclean, onDamage: onDamage, log: log)
        let intake = IntakeService(
            session: session, committer: committer, sender: sender, snapshots: snapshots,
            seed: IntakeSeed(start: start, parts: parts), parts: parts)
        let direct = DirectSender(
            channels: channels, log: log, now: SiteRun.wall, publish: SiteRun.publisher(over: out))
        let faultService = BoxFaultService(
            faults: faults, sender: direct, settings: settings, registry: site.registry, channels: channels, log: log)
        let proof = ProofCounters()
        let health = healthView(
            state, proof, LedgerReader(ledger, channels: channels.map(\.name), now: SiteRun.wall), sender, out)
        let console = settings.console.map { console in
            ConsoleService(
                options: ConsoleServer.Options(console),
                parts: consoleParts(ledger, parts, sender, direct, linkKey), faults: faults, log: log, view: health)
        }
        let proofs = proofServices(board, proof, ledger, channels, sender, health)
        let services: [(any Service)?] = [
            PublisherService(session: out, log: log), SenderService(sender: sender, failover: failover, log: log),
            faultService, housekeeping,
            intake, LinkService(ledger: ledger, now: SiteRun.wall, log: log), console,
        ]
        return services.compactMap(\.self) + proofs
    }

    /// What tells others that the watch lives.
    private func proofServices(
        _ board: FigureBoard, _ proof: ProofCounters, _ ledger: Ledger, _ channels: [ReadyChannel],
        _ sender: OutboxSender, _ health: @escaping @Sendable () async -> HealthView
    ) -> [any Service] {
        let daily = DailyService(
            site: site, channels: channels.map(\.name), ledger: ledger, board: board, counters: proof,
            wake: { sender.wake() }, now: SiteRun.wall, log: log)
        let heartbeat = settings.heartbeat.map { settings in
            HeartbeatService(
                settings: settings, counters: proof, problems: { await health().problems }, now: SiteRun.wall, log: log)
        }
        return [daily] + (heartbeat.map { [$0 as any Service] } ?? [])
    }

    /// What the health pages say, and the heartbeat goes by.
    private func healthView(
        _ state: DaemonState, _ proof: ProofCounters, _ reader: LedgerReader, _ sender: OutboxSender,
        _ out: PublishSession
    ) -> @Sendable () async -> HealthView {
        { [registry = Health.registry(site), hasHeartbeat = settings.heartbeat != nil, faults] in
            var view = Health.view(
                state.view, faults: faults, ledger: await reader.answer(), channels: sender.counters(),
                isOutConnected: out.isConnected, now: SiteRun.wall())
            view.metrics += registry
            view.metrics += Health.proof(
                proof.view, hasHeartbeat: hasHeartbeat, isOutConnected: out.isConnected, now: SiteRun.wall())
            view.degraded += Health.proofTroubles(proof.view)
            return view
        }
    }

    private func brokerOptions() throws -> BrokerOptions {
        do throws(SecretError) { return try BrokerOptions(settings.mqtt) } catch {
            StandardError.print("mqtt: \(error)")
            throw Exit.configuration
        }
    }

    private func intakeOptions(_ broker: BrokerOptions) -> IntakeSession.Options {
        var options = IntakeSession.Options(
            broker: broker, clientID: settings.mqtt.clientID,
            filters: Daemon.filters(settings))
        options.qos = settings.mqtt.qos == 0 ? .atMostOnce : .atLeastOnce
        options.receiveMaximum = UInt16(clamping: settings.mqtt.inflight)
        let mark = SubscriptionMark(store: settings.store.path)
        let isHeld = mark.holds(options.filters, qos: settings.mqtt.qos)
        options.subscribeAlways = !isHeld
        options.formerFilters = mark.filters.filter { !options.filters.contains($0) }
        if !isHeld || mark.isYoung(wall: SystemClock.wall) {
            options.subscribesAnewUntil = SystemClock.boot + SubscriptionMark.youngFor.count
        }
        return options
    }

    private func makeFailover(_ ledger: Ledger, _ channels: [ReadyChannel]) -> Failover {
        let usable = Set(channels.map(\.name))
        let ways = settings.channels.filter { usable.contains($0.name) }.map {
            Failover.Way(name: $0.name, takesChanges: $0.takesChanges)
        }
        return Failover(ledger: ledger, ways: ways, language: settings.site.language, log: log)
    }

    private func makeSender(
        _ ledger: Ledger, _ channels: [ReadyChannel], _ out: PublishSession, _ failover: Failover,
        _ onDamage: @escaping @Sendable () -> Void
    ) -> OutboxSender {
        var options = OutboxSender.Options()
        let timeout = ConfiguredChannel.timeoutMax(of: settings.channels)
        options.total = .milliseconds(timeout.count)
        // A lease must outlast the slowest request, or nothing would be sent for fear of its end.
        options.lease = timeout + .seconds(30)
        return OutboxSender(
            ledger: ledger, channels: channels, options: options, log: log, now: SiteRun.wall,
            publish: SiteRun.publisher(over: out),
            onLedgerError: { [log] error in
                guard error.kind == .damaged else { return }
                ledger.markDamaged("\(error)", log)
                onDamage()
            },
            onFailure: { delivery, next in await failover.failed(delivery, next: next, now: SiteRun.wall()) })
    }

    @Sendable static func wall() -> Instant { Instant(milliseconds: SystemClock.wall) }

    private static func publisher(over out: PublishSession) -> OutboxSender.Publish {
        { topic, payload, qos, retain in
            switch await out.publish(
                topic: topic, payload: payload, qos: qos == 0 ? .atMostOnce : .atLeastOnce, retain: retain)
            {
            case .acknowledged: .acknowledged
            // Nobody waits any more: the delivery is given back as one that may have arrived.
            case .notConnected where Task.isCancelled: .unanswered(reason: "the watch ended")
            case .notConnected: .unreachable(reason: "no connection to the broker")
            case .refused(PublishSession.queueFull): .unreachable(reason: PublishSession.queueFull)
            case .refused(let reason): .refused(reason: reason)
            }
        }
    }
}

import ArgumentParser
import Community
import Daemon
import Diagnostics
import Foundation
import Logging
import MQTTIntake
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The daemon, in the foreground.",
        discussion: """
            Subscribes to the broker, keeps the journal, runs the rules and tells the alerts. SIGTERM ends it in \
            order: the last \
            batch is stored and acknowledged, the ledger's queue is emptied.

            Example:
              shouwang run --config /etc/shouwang/shouwang.yaml
            """)

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "How much to log: debug, info, notice, warning, error.")
    var log: Level = .info

    /// The demo's clock, START:FACTOR:BOOT; nobody else has a use for it.
    @Option(help: .hidden)
    var demoClock: String?

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "shouwang")
        logger.logLevel = log.level
        let (site, troubles) = try await siteToWatch(logger)
        for trouble in troubles { logger.error("\(trouble.what.en)") }
        if site.settings.channels.isEmpty {
            StandardError.print(
                LocalizedText(
                    zh: "没有配置任何通道：预警只会写入台账，不会通知任何人",
                    en: "no channel is configured: alerts go to the ledger alone, nobody is told"
                ).text(in: site.settings.site.language))
        }
        let daemon = Daemon(config: config, demo: demoClock.flatMap(DemoClock.init(text:)), log: logger)
        try await daemon.run(site, troubles: troubles)
    }

    /// The configuration as it is now, or, where that does not pass, the last one that did; the registry as it is now,
    /// or, where that would leave people unwatched, the last one that was accepted.
    private func siteToWatch(_ log: Logger) async throws -> (Site, [StartTrouble]) {
        let read = await GuardedSite.read(
            config: config, ask: .start, now: Instant(milliseconds: SystemClock.wall), pause: GuardedSite.second)
        let files = read.files
        for line in files.told(atMost: ReloadReport.linesMax) { StandardError.print(line) }
        for line in read.diff?.lines() ?? [] { log.notice("\(line.en)") }
        if let taken = read.taken { log.notice("\(taken.en)") }
        var troubles = read.refused.map { [StartTrouble.registry($0)] } ?? []
        if let site = files.usable { return (site, troubles) }
        let stores =
            files.settings.map { [$0.store.path] }
            ?? ConfigStore.candidates(config: config, environment: ProcessInfo.processInfo.environment)
        for store in stores {
            guard let kept = ConfigStore(store: store).lastGood(of: config),
                let site = SiteFiles(kept: kept).usable
            else { continue }
            let first = files.told.first ?? ""
            let what = LocalizedText(
                zh: "配置有误，现按上一次正确的配置运行；请修正：\(first)",
                en: "the configuration does not pass; running with the last good one. Correct it: \(first)")
            troubles.append(.config(what))
            return (site, troubles)
        }
        throw Exit.configuration
    }
}

enum Level: String, ExpressibleByArgument, CaseIterable {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

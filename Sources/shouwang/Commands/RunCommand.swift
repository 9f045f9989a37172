import ArgumentParser
import Diagnostics
import Logging
import SiteConfiguration

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
        let site = try SiteFiles.require(config: config)
        if site.settings.channels.isEmpty {
            Talk.say(
                Phrase(
                    zh: "没有配置任何通道:预警只会写入台账,不会通知任何人",
                    en: "no channel is configured: alerts go to the ledger alone, nobody is told"
                ).text(in: site.settings.site.language))
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "shouwang")
        logger.logLevel = log.level
        let daemon = Daemon(
            settings: site.settings, registry: site.registry, config: config,
            demo: demoClock.flatMap(DemoClock.init(text:)),
            log: logger)
        try await daemon.run()
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

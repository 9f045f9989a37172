import ArgumentParser
import Community
import Diagnostics
import Glibc
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract:
            "What led to an alert: the records, the times, the thresholds, and how far silence could be believed.",
        discussion: """
            Replays the store's journal, or the logs named, beside a daemon that runs or not, and tells how the alert \
            came about. The alert is named by its id or the id's first digits, as they stand in each message.

            Example:
              shouwang why 7F3A9C --config /etc/shouwang/shouwang.yaml
              shouwang why 7f3a9c --config shouwang.yaml march.jsonl.gz --through 2026-03-05T08:00:00
            """)

    @Argument(help: "The alert: its id, or the id's first digits.")
    var alert: String

    @Argument(help: "Logs; without any, the store's journal.")
    var logs: [String] = []

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "As of this time (ISO 8601): no later record is looked at; behind the last the clock goes on to it.")
    var through: String?

    func validate() throws {
        guard !alert.isEmpty, alert.count <= 16, alert.allSatisfy(\.isHexDigit) else {
            throw ValidationError(
                "\"\(alert)\" is no alert's id; name its first digits as they stand in the message, as 7F3A9C")
        }
    }

    func run() throws {
        let site = try SiteFiles.require(config: config)
        let asOf = try through.map { try Journals.time($0, "--through", site.settings.site.zone) }
        let paths = Journals.paths(logs, of: site.settings)
        try Journals.checkOutput(site, paths)
        let explanation = try Explanation(
            alert: alert, settings: site.settings, registry: site.registry, threads: Journals.threads, through: asOf
        ) { try LogArgument.open(paths) }
        guard let report = WhyReport(site: site, explanation: explanation, asOf: asOf) else {
            StandardError.print(notThere(asOf, site).text(in: site.settings.site.language))
            throw Exit.noInput
        }
        for line in report.lines { StandardError.write(line + "\n", to: 1) }
    }

    private func notThere(_ asOf: Instant?, _ site: Site) -> LocalizedText {
        let until = asOf.map { ISO8601.plain($0, in: site.settings.site.zone) }
        return LocalizedText(
            zh: "这些记录里\(until.map { "到 \($0) 为止" } ?? "")没有编号以 \(alert.uppercased()) 开头的预警；请核对编号，或给出当时的日志",
            en: "no alert in these logs \(until.map { "up to \($0) " } ?? "")has an id that begins with "
                + "\(alert.uppercased()); check the number, or name the logs of that time")
    }
}

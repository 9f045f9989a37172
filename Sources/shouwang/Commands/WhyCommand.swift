import Alerts
import ArgumentParser
import Community
import Diagnostics
import Feeds
import Glibc
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
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
              shouwang why 7f3a9c --config shouwang.yaml march.jsonl.gz
            """)

    @Argument(help: "The alert: its id, or the id's first digits.")
    var alert: String

    @Argument(help: "Logs; without any, the store's journal.")
    var logs: [String] = []

    @Option(help: "The configuration.")
    var config: String

    func validate() throws {
        guard !alert.isEmpty, alert.count <= 16, alert.allSatisfy(\.isHexDigit) else {
            throw ValidationError(
                "\"\(alert)\" is no alert's id; name its first digits as they stand in the message, as 7F3A9C")
        }
    }

    func run() throws {
        let site = try SiteFiles.require(config: config)
        let paths = Journals.paths(logs, of: site.settings)
        try Journals.checkOutput(site, paths)
        let explanation = try Explanation(
            alert: alert, settings: site.settings, registry: site.registry, threads: Journals.threads
        ) { try LogArgument.open(paths) }
        guard let last = explanation.changes.last else {
            Talk.say(
                Phrase(
                    zh: "这些记录里没有编号以 \(alert.uppercased()) 开头的预警;请核对编号,或给出当时的日志",
                    en: "no alert in these logs has an id that begins with \(alert.uppercased()); check the number, or "
                        + "name the logs of that time"
                ).text(in: site.settings.site.language))
            throw Exit.noInput
        }
        let report = WhyReport(site: site, explanation: explanation, last: last)
        for line in report.lines { Talk.write(line + "\n", to: 1) }
    }
}

/// Where commands that explain read from.
enum Journals {
    static func paths(_ logs: [String], of settings: Settings) -> [String] {
        logs.isEmpty ? [settings.store.path + "/journal"] : logs
    }

    /// - Throws: 64 where standard output was sent to one of the files that are read.
    static func checkOutput(_ site: Site, _ paths: [String]) throws {
        var inputs = CommandInputs(of: site.source)
        inputs.add(logs: paths, files: try LogArgument.open(paths).flatMap(\.paths))
        try inputs.checkStandardOutput()
    }

    static var threads: Int { max(1, min(ReaderPool.threadsMax, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

/// An explanation as lines that a person reads.
private struct WhyReport {
    let site: Site
    let explanation: Explanation
    let last: AlertChange

    private var zone: Zone { site.settings.site.zone }

    var lines: [String] { head + course + rest + evidence + more }

    private func text(_ zh: String, _ en: String) -> String {
        Phrase(zh: zh, en: en).text(in: site.settings.site.language)
    }

    private func time(_ instant: Instant) -> String { ISO8601.write(instant, in: zone) }

    private var head: [String] {
        var lines = ["\(last.id)  \(last.rule) (\(last.kind.rawValue))  \(last.key)  \(last.severity.rawValue)"]
        if let rule = site.settings.allRules.first(where: { $0.name == last.rule || $0.was == last.rule }) {
            lines.append(
                text("规则:", "Rule: ") + RuleCatalogue.explanation(of: rule).text(in: site.settings.site.language))
        }
        lines.append(text("开始:", "Began: ") + time(last.started))
        let wait = last.detected - last.started
        lines.append(text("判定:", "Fired: ") + time(last.detected) + text("(开始后 \(wait))", " (\(wait) after it began)"))
        return lines
    }

    private var course: [String] {
        [text("经过:", "Course:")]
            + explanation.changes.map { change in
                "  \(time(change.at))  \(change.change.rawValue)  \(change.severity.rawValue)  "
                    + change.message.text(in: site.settings.site.language)
            }
    }

    private var rest: [String] {
        var lines: [String] = []
        if let verdict = last.verdict { lines.append(text("研判:", "Verdict: ") + verdict.rawValue) }
        lines.append(text("数值:", "Numbers: ") + last.detail)
        return lines
    }

    private var evidence: [String] {
        let words = ObservationWords(registry: site.registry, site: site.settings.site)
        guard !explanation.records.isEmpty else { return [text("依据:没有任何记录", "Evidence: no record at all")] }
        return [text("依据:", "Evidence:")]
            + explanation.records.map { record in
                text("  第\(record.number)条 ", "  record \(record.number) ")
                    + text("到达 \(time(record.arrival)) ", "arrived \(time(record.arrival)) ")
                    + words.text(of: record.observation, record.batch)
            }
    }

    private var more: [String] {
        explanation.others.isEmpty
            ? [] : [text("还有:", "Also: ") + explanation.others.joined(separator: ", ")]
    }
}

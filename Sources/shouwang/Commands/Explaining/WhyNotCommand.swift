import ArgumentParser
import Community
import Diagnostics
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping
import Vocabulary

struct WhyNotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "Why there is no alert: what each rule has of a key, what is missing, and when it would fire.",
        discussion: """
            Replays the store's journal, or the logs named, to its end. The key is what the rule counts for: a \
            dwelling, a person, a device, a building.

            Example:
              shouwang why-not 3栋/2单元/502 --config /etc/shouwang/shouwang.yaml
              shouwang why-not 3栋/2单元/502 --config shouwang.yaml march.jsonl.gz --through 2026-03-05T08:00:00
              shouwang why-not lift-3 --rule lift-ebike --config shouwang.yaml march.jsonl.gz
            """)

    @Argument(help: "What the rule counts for: a dwelling, a person, a device, a building.")
    var key: String

    @Argument(help: "Logs; without any, the store's journal.")
    var logs: [String] = []

    @Option(help: "Only this rule.")
    var rule: String?

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "As of this time (ISO 8601): no later record is looked at; behind the last the clock goes on to it.")
    var through: String?

    func run() throws {
        let site = try SiteFiles.require(config: config)
        let names = site.settings.allRules.map(\.name)
        if let rule, !names.contains(rule) {
            throw ValidationError(
                "--rule: there is no rule \"\(rule)\""
                    + (SpellingSuggestion.name(to: rule, among: names).map { "; did you mean \($0)?" } ?? ""))
        }
        let paths = Journals.paths(logs, of: site.settings)
        try Journals.checkOutput(site, paths)
        var options = Replay.Options()
        options.threads = Journals.threads
        options.asOf = try through.map { try Journals.time($0, "--through", site.settings.site.zone) }
        var replay = Replay(settings: site.settings, registry: site.registry, options: options)
        let summary = replay.run(
            logs: try LogArgument.open(paths), give: { _ in }, progress: { _, _ in })
        let language = site.settings.site.language
        func text(_ zh: String, _ en: String) -> String { LocalizedText(zh: zh, en: en).text(in: language) }
        func time(_ instant: Instant) -> String { ISO8601.plain(instant, in: site.settings.site.zone) }
        guard let last = summary.last else {
            let until = options.asOf.map { time($0) }
            StandardError.print(
                text(
                    "日志里\(until.map { "到 \($0) 为止" } ?? "")没有记录",
                    "there is no record in the logs\(until.map { " up to \($0)" } ?? "")"))
            throw Exit.noInput
        }
        if rule == nil, !names.contains(where: { !replay.status(ofKey: key, rule: $0).isEmpty }) {
            throw unknownKey(site.registry)
        }
        StandardError.write(text("截至 \(time(last))：", "As of \(time(last)):") + "\n", to: 1)
        for settings in site.settings.allRules where rule == nil || settings.name == rule {
            let statuses = replay.status(ofKey: key, rule: settings.name)
            if statuses.isEmpty, rule == nil { continue }
            StandardError.write(
                "\(settings.name): \(RuleCatalogue.explanation(of: settings).text(in: language))\n", to: 1)
            if statuses.isEmpty {
                StandardError.write(
                    "  "
                        + text(
                            "没有关于“\(key)”的任何记录；这条规则按 \(settings.keys[0].rawValue) 计",
                            "it has met nothing of \"\(key)\"; this rule counts by \(settings.keys[0].rawValue)")
                        + "\n", to: 1)
            }
            for status in statuses {
                let due = status.due.map {
                    text("；若无新记录，\(time($0)) 触发", "; if nothing comes it fires at \(time($0))")
                }
                StandardError.write("  " + status.text.text(in: language) + (due ?? "") + "\n", to: 1)
            }
        }
    }

    /// No rule has met anything of the key.
    private func unknownKey(_ registry: Registry) -> any Error {
        let known = registry.places.map(\.id) + registry.residents.map(\.id) + registry.devices.map(\.id)
        let near = known.contains(key) ? nil : SpellingSuggestion.name(to: key, among: known)
        StandardError.print(
            "no rule has met anything of \"\(key)\""
                + (near.map { "; did you mean \($0)?" } ?? "; a key is a dwelling, a person, a device, a building"))
        return Exit.noInput
    }
}

import ArgumentParser
import Community
import Diagnostics
import RecordLog
import SiteConfiguration
import SiteLoading
import Terminal

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads configuration, registry, rules and routes and tells everything that is wrong.",
        discussion: """
            Secrets and certificates that are not there, and sheets that are missing, are problems too. \
            Each problem is one line: file:line:column: what is wrong; what to do. For the registry's CSV files the \
            spreadsheet's letter and header stand with it. Exit 0 without errors, 78 with; --strict counts warnings too.

            Example:
              shouwang check --config /etc/shouwang/shouwang.yaml
              shouwang check --config shouwang.yaml --who
            """)

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "text or json.")
    var format: Form = .text

    @Flag(help: "Warnings count as errors.")
    var strict = false

    @Flag(help: "A line an elder: dwelling, covering devices, credentials, worker, channel, or what is missing.")
    var who = false

    enum Form: String, ExpressibleByArgument, CaseIterable { case text, json }

    func run() throws {
        var files = SiteFiles(config: config)
        try CommandInputs(of: files.source).checkStandardOutput()
        files.lookForStart()
        let sorted = files.diagnostics.enumerated().sorted {
            ($0.element.file, $0.element.line, $0.element.column, $0.offset)
                < ($1.element.file, $1.element.line, $1.element.column, $1.offset)
        }.map(\.element)
        for diagnostic in sorted {
            let line =
                format == .json
                ? DiagnosticJSON.line(diagnostic, files.language) : diagnostic.rendered(in: files.language)
            StandardError.write(line + "\n", to: 1)
        }
        if who, let settings = files.settings {
            for line in WhoIsWatched(settings: settings, registry: files.registry).lines {
                StandardError.write(line + "\n", to: 1)
            }
            let unknown = UnknownCredentials(settings: settings, registry: files.registry, config: config)
            for line in unknown.lines { StandardError.write(line + "\n", to: 1) }
        }
        if format == .text, let settings = files.settings {
            // To where the summary goes: what a script reads stays what it was.
            for rule in settings.rules {
                StandardError.print(
                    "\(rule.name): \(RuleCatalogue.explanation(of: rule).text(in: settings.site.language))")
            }
        }
        let errors = files.errorCount
        let warnings = sorted.count { $0.severity == .warning }
        if format == .text, let settings = files.settings {
            let registry = files.registry
            StandardError.print(
                LocalizedText(
                    zh:
                        "\(config)：\(errors) 个错误，\(warnings) 个警告。场所 \(registry.places.count)，设备 "
                        + "\(registry.devices.count),"
                        + "居民 \(registry.residents.count)（关注 \(registry.watchedCount)），工作人员 "
                        + "\(registry.workers.count)",
                    en: "\(config): \(errors) errors, \(warnings) warnings. \(registry.places.count) places, "
                        + "\(registry.devices.count) devices, \(registry.residents.count) residents "
                        + "(\(registry.watchedCount) watched), \(registry.workers.count) workers"
                ).text(in: settings.site.language))
        }
        if errors > 0 || (strict && warnings > 0) { throw Exit.configuration }
    }
}

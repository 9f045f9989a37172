import Alerts
import ArgumentParser
import Glibc
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs the pipeline over logs and writes alert changes as JSON lines.",
        discussion: """
            Reads what `mosquitto_sub -F '%J'`, '%j', '%U %t %p' or '%I %t %p' printed, plain or gzip, files, \
            journal folders \
            or - for standard input; several logs are merged by time. Opens no store and no socket and reads no \
            secret. The \
            same logs give the same bytes.

            Example:
              shouwang replay march.jsonl.gz april.jsonl.gz --config shouwang.yaml --alerts alerts.jsonl
              mosquitto_sub -t '#' -F '%J' | shouwang replay - --config shouwang.yaml --alerts -
            """)

    @Argument(help: "Logs: files, journal folders, or - for standard input.")
    var logs: [String]

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "Where alert changes go; - is standard output.")
    var alerts: String?

    @Option(help: "Show alerts added, lost and moved against an earlier output; exit 1 on any.")
    var compare: String?

    @Option(help: "Give out no changes before this time (ISO 8601). Earlier records still warm the windows.")
    var from: String?

    @Option(help: "Give out no changes after this time.")
    var to: String?

    @Option(help: "Go on ticking to this time after the last record.")
    var through: String?

    @Option(help: "Threads that read and parse (1…64).")
    var threads: Int = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    @Option(help: "text or json.")
    var summary: SummaryForm = .text

    @Flag(help: "Exit 65 where a line or record was refused.")
    var strict = false

    enum SummaryForm: String, ExpressibleByArgument, CaseIterable { case text, json }

    func validate() throws {
        guard (1...ReaderPool.threadsMax).contains(threads) else {
            throw ValidationError("--threads takes 1…\(ReaderPool.threadsMax), not \(threads)")
        }
    }

    func run() throws {
        let site = try SiteFiles.require(config: config)
        var options = Replay.Options()
        options.threads = threads
        if let from { options.from = try Journals.time(from, "--from", site.settings.site.zone) }
        if let to { options.to = try Journals.time(to, "--to", site.settings.site.zone) }
        if let through { options.through = try Journals.time(through, "--through", site.settings.site.zone) }
        let arguments = try LogArgument.open(logs)
        try checkOutputs(site, arguments)
        let zone = site.settings.site.zone
        let before = try compare.map { try AlertComparison.raised(in: $0) }
        let output = try AlertOutput(path: alerts)
        var kept: [AlertKey] = []
        var meter = ProgressMeter(total: arguments.reduce(0) { $0 + $1.byteCount })
        var replay = Replay(settings: site.settings, registry: site.registry, options: options)
        let result = replay.run(
            logs: arguments,
            give: { change in
                output.write(change.json(zone: zone))
                if compare != nil { kept.append(AlertKey(change)) }
            }, progress: { bytes, clock in meter.update(bytes: bytes, clock: clock) })
        meter.end()
        let isForeign = result.counters.refused[Refusal.notALog] != nil
        // Of what was no log there is nothing to put in an earlier output's place.
        if !isForeign { try output.finish() }
        let report = ReplayReport(summary: result, seconds: meter.elapsed, zone: zone)
        let text = summary == .json ? report.json + "\n" : report.text
        StandardError.write(text, to: alerts == "-" ? 2 : 1)
        if isForeign {
            StandardError.print("a log could not be read as one, see above; no alert changes were written")
            throw Exit.badData
        }
        if let before { try AlertComparison(now: kept, before: before).finish(zone: zone) }
        if strict, result.refusedCount > 0 { throw Exit.badData }
    }

    private func checkOutputs(_ site: Site, _ arguments: [LogArgument]) throws {
        var inputs = CommandInputs(of: site.source)
        inputs.add(logs: logs, files: arguments.flatMap(\.paths))
        if let compare { inputs.add(compare) }
        try inputs.checkStandardOutput()
        if let alerts, alerts != "-" { try inputs.check(output: alerts, of: "--alerts") }
    }
}

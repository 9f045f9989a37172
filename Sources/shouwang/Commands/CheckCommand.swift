import ArgumentParser
import Community
import Diagnostics
import RecordLog
import SiteConfiguration

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
            Talk.write(line + "\n", to: 1)
        }
        if who, let settings = files.settings {
            for line in WhoIsWatched(settings: settings, registry: files.registry).lines {
                Talk.write(line + "\n", to: 1)
            }
            let unknown = UnknownCredentials(settings: settings, registry: files.registry, config: config)
            for line in unknown.lines { Talk.write(line + "\n", to: 1) }
        }
        if format == .text, let settings = files.settings {
            // To where the summary goes: what a script reads stays what it was.
            for rule in settings.rules {
                Talk.say("\(rule.name): \(RuleCatalogue.explanation(of: rule).text(in: settings.site.language))")
            }
        }
        let errors = files.errorCount
        let warnings = sorted.count { $0.severity == .warning }
        if format == .text, let settings = files.settings {
            let registry = files.registry
            Talk.say(
                Phrase(
                    zh:
                        "\(config):\(errors) 个错误,\(warnings) 个警告。场所 \(registry.places.count),设备 "
                        + "\(registry.devices.count),"
                        + "居民 \(registry.residents.count)(关注 \(registry.watchedCount)),工作人员 "
                        + "\(registry.workers.count)",
                    en: "\(config): \(errors) errors, \(warnings) warnings. \(registry.places.count) places, "
                        + "\(registry.devices.count) devices, \(registry.residents.count) residents "
                        + "(\(registry.watchedCount) watched), \(registry.workers.count) workers"
                ).text(in: settings.site.language))
        }
        if errors > 0 || (strict && warnings > 0) { throw Exit.configuration }
    }
}

/// A diagnostic as one JSON object, for editors and scripts.
enum DiagnosticJSON {
    static func line(_ diagnostic: Diagnostic, _ language: Language) -> String {
        var out: [UInt8] = Array("{\"severity\":".utf8)
        func add(_ key: String, _ value: String) {
            out.append(contentsOf: ",\"\(key)\":".utf8)
            JSONText.appendString(value, to: &out)
        }
        JSONText.appendString(diagnostic.severity.rawValue, to: &out)
        add("code", diagnostic.code)
        add("file", diagnostic.file)
        out.append(contentsOf: ",\"line\":\(diagnostic.line),\"column\":\(diagnostic.column)".utf8)
        if let cell = diagnostic.cell {
            add("letter", cell.letter)
            add("header", cell.header)
        }
        add("what", diagnostic.what.text(in: language))
        add("remedy", diagnostic.remedy.text(in: language))
        out.append(0x7D)
        return String(decoding: out, as: UTF8.self)
    }
}

/// `check --who`: who is watched by what, and who is told.
struct WhoIsWatched {
    let settings: Settings
    let registry: Registry

    var lines: [String] {
        let people = registry.peopleByDwelling
        return registry.residents.filter(\.isWatched).map { line($0, people) }
            + registry.leftOut.filter(\.isWatched).map(leftOut)
    }

    /// Somebody whose row cannot be read.
    private func leftOut(_ person: LeftOutResident) -> String {
        let what = Phrase(
            zh: "无人关注:residents.csv 第\(person.line)行未读",
            en: "not watched: line \(person.line) of residents.csv is left out")
        return [person.place, person.maskedName, what.text(in: settings.site.language)].joined(separator: "\t")
    }

    /// - Parameter people: how many live in each dwelling.
    private func line(_ resident: Resident, _ people: [Int32: Int]) -> String {
        let place = resident.dwelling.map { registry.places[Int($0.index)] }
        let devices = registry.devices.filter { device in
            guard let dwelling = resident.dwelling, let at = device.place else { return false }
            return registry.places[Int(at.index)].dwelling == dwelling
        }.map(\.id)
        let grid = place?.grid
        let workers = registry.workers.filter { worker in grid.map { worker.grids.contains($0) } ?? false }
        let channels = Set(workers.flatMap { $0.channels.map(\.channel) }).sorted()
        let parts = [
            resident.id, resident.maskedName, place?.displayName ?? missing("住所", "dwelling"),
            part("设备", "devices", devices),
            part("凭证", "credentials", resident.credentials.isEmpty ? [] : ["\(resident.credentials.count)"]),
            part("网格员", "worker", workers.map(\.id)), part("通道", "channel", channels),
        ]
        return (parts + together(resident, people)).joined(separator: "\t")
    }

    /// Sensors do not tell people apart.
    private func together(_ resident: Resident, _ people: [Int32: Int]) -> [String] {
        guard let dwelling = resident.dwelling, let people = people[dwelling.index], people > 1 else { return [] }
        return [
            Phrase(
                zh: "同住\(people)人:一人倒下而另一人活动时,传感器看不出来",
                en: "\(people) people live there: sensors cannot see one who has fallen while another moves"
            ).text(in: settings.site.language)
        ]
    }

    private func part(_ zh: String, _ en: String, _ values: [String]) -> String {
        values.isEmpty
            ? missing(zh, en)
            : Phrase(zh: zh, en: en).text(in: settings.site.language) + ":" + values.joined(separator: ",")
    }

    private func missing(_ zh: String, _ en: String) -> String {
        Phrase(zh: "缺少\(zh)", en: "no \(en)").text(in: settings.site.language)
    }
}

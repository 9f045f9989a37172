import ArgumentParser
import ConfigReading
import Diagnostics
import FileIO
import Foundation
import JSONWriting
import RecordLog
import Scenarios
import SiteConfiguration
import SiteLoading
import Terminal

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs scenario files: records on a drawn timeline, and the alert changes that must come of them.",
        discussion: """
            A case that fails is told with what was expected (-) and what came (+), in the scenario's own notation. \
            Exit 0 where all cases hold, 1 where one fails, 65 where a file is no scenario, 66 where there is no file. \
            docs/scenarios.md has the format.

            Example:
              shouwang test rules.scenario
              shouwang test scenarios/*.scenario --only "72 hours"
            """)

    @Argument(help: "Scenario files.")
    var files: [String]

    @Option(help: "Only cases with this text in their name.")
    var only: String?

    @Option(help: "text or json.")
    var format: Form = .text

    enum Form: String, ExpressibleByArgument, CaseIterable { case text, json }

    func run() throws {
        var inputs = CommandInputs()
        for file in files { inputs.add(file) }
        try inputs.checkStandardOutput()
        var tally = Tally()
        for file in files { runCases(of: file, &tally) }
        if let only, tally.cases == 0, !tally.isMissing, !tally.isBad {
            throw ValidationError("--only: no case has \"\(only)\" in its name")
        }
        switch format {
        case .json: StandardError.write("{\"cases\":\(tally.cases),\"failed\":\(tally.failed)}\n", to: 1)
        case .text where tally.failed > 0:
            StandardError.write("FAILED \(tally.failed) of \(tally.cases) cases\n", to: 1)
        case .text: if tally.cases > 0 { StandardError.write("ok \(tally.cases) cases\n", to: 1) }
        }
        if tally.isMissing { throw Exit.noInput }
        if tally.isBad { throw Exit.badData }
        if tally.failed > 0 { throw Exit.differs }
    }

    private struct Tally {
        var cases = 0
        var failed = 0
        var isMissing = false
        var isBad = false
    }

    private func runCases(of file: String, _ tally: inout Tally) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try TestCommand.read(file)
        } catch {
            StandardError.print("\(file): cannot be read: \(error.reason); name a scenario file")
            tally.isMissing = true
            return
        }
        let read = ScenarioFile.parse(bytes, file: file, read: TestCommand.read)
        var (scenario, diagnostics) = (read.scenario, read.diagnostics)
        if let site = scenario {
            // A place that stands for nothing would make a rule other than it was meant.
            let unknown = CrossCheck.problems(site.settings, site.registry).filter { $0.severity == .error }
            diagnostics += unknown
            if !unknown.isEmpty { scenario = nil }
        }
        let language = read.language
        for diagnostic in diagnostics { StandardError.print(diagnostic.rendered(in: language)) }
        guard let scenario else { return tally.isBad = true }
        let runner = ScenarioRunner(scenario)
        for item in scenario.cases where only.map({ item.name.contains($0) }) ?? true {
            let outcome = runner.run(item)
            tally.cases += 1
            if !outcome.holds { tally.failed += 1 }
            if format == .json {
                StandardError.write(OutcomeJSON.line(outcome, language) + "\n", to: 1)
            } else if !outcome.holds {
                StandardError.write(outcome.rendered(in: language), to: 1)
            }
        }
    }

    /// A file up to what a scenario may have; the registry's sheets may be larger than the scenario.
    private static func read(_ path: String) throws(FileError) -> [UInt8] {
        try FileBytes.read(path, max: bytesMax)
    }

    /// As much as a sheet of the registry may have.
    private static let bytesMax = 64 << 20
}

/// What came of a case as one JSON object.
private enum OutcomeJSON {
    static func line(_ outcome: Outcome, _ language: Language) -> String {
        JSONWriter.text { writer in
            writer.text("file", outcome.scenario)
            writer.number("line", outcome.line)
            writer.text("case", outcome.name)
            writer.truth("ok", outcome.holds)
            writer.text("trouble", ifAny: outcome.trouble?.text(in: language))
            if !outcome.holds { writer.list("changes", outcome.lines, write) }
        }
    }

    private static func write(_ writer: inout JSONWriter, _ line: Outcome.Line) {
        writer.element { writer in
            switch line {
            case .same(let item):
                writer.text("is", "same")
                writer.text("text", item)
            case .missing(let item, let number):
                writer.text("is", "missing")
                writer.number("line", number)
                writer.text("text", item)
            case .surplus(let item):
                writer.text("is", "surplus")
                writer.text("text", item)
            }
        }
    }
}

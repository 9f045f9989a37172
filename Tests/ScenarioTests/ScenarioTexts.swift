import FileIO
import ConfigReading
import Diagnostics
import SiteConfiguration
import Testing

@testable import Scenarios

/// Scenarios written in tests: an invented site, and cases under it.
enum ScenarioTexts {
    static let head = """
        site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
        rules:
          silence: {kind: no_movement, stages: [{after: 24h, severity: medium}, {after: 72h, severity: high}],
                    evidence: {count: 1}}
          bike: {kind: ebike_in_building, zone: lift, merge: 60s, confirm: {count: 2, within: 5s},
                 publish: {topic: "lift/{device}/hold", payload: 'hold', release: 'let go'}}
        registry:
          places: |
            id,kind,parent,name
            b3,building,,3栋
          devices: |
            id,place,family,kind,name
            p1,3栋/2单元/502,elder,pir,客厅红外

            lift3,b3,camera,lift,
          residents: |
            id,dwelling,name,care
            e1,3栋/2单元/502,罗桂华,独居
        start: 2026-03-05 00:00:00
        ---

        """
    /// The line of the head's `---`.
    static let border = head.split(separator: "\n", omittingEmptySubsequences: false).count - 1

    /// - Parameter files: what a scenario may name, by its path.
    static func parse(_ text: String, files: [String: String] = [:]) -> (
        scenario: ScenarioFile?, diagnostics: [Diagnostic], language: Language
    ) {
        ScenarioFile.parse(Array(text.utf8), file: "/site/a.scenario") { (path) throws(FileError) in
            guard let text = files[path] else { throw FileError(reason: "no such file", isMissing: true) }
            return Array(text.utf8)
        }
    }

    /// What is wrong, as `line:column code what`.
    static func problems(_ text: String, files: [String: String] = [:]) -> [String] {
        parse(text, files: files).diagnostics.map { "\($0.line):\($0.column) \($0.code)" }
    }

    /// The problems of cases under ``head``; lines are counted from the one behind `---`.
    static func problems(ofCases text: String) -> [String] {
        parse(head + text).diagnostics.map { "\($0.line - border):\($0.column) \($0.code)" }
    }

    /// Runs cases under ``head``.
    static func run(
        _ text: String, restartsEverywhere: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [Outcome] {
        let (scenario, diagnostics, _) = parse(head + text)
        let told = diagnostics.map { $0.rendered(in: .en) }
        let read = try #require(scenario, "\(told)", sourceLocation: sourceLocation)
        let runner = ScenarioRunner(read)
        return read.cases.map { runner.run($0, restartsEverywhere: restartsEverywhere) }
    }
}

import FileIO
import ConfigReading
import Diagnostics
import Foundation
import SiteConfiguration
import Testing

@testable import Scenarios

/// The catalogue's own scenarios (docs/scenarios.md), which stand beside this file.
@Suite struct CatalogueTests {
    /// Also where the folder of tests is a link out of another package.
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("catalogue")
    static let files =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".scenario") }.sorted() ?? []
    /// What a kind needs at the least: a file that lost its cases would pass unnoticed.
    static let casesMin = 10

    private func scenario(_ name: String) throws -> ScenarioFile {
        let path = CatalogueTests.folder.appendingPathComponent(name)
        let read = ScenarioFile.parse(Array(try Data(contentsOf: path)), file: path.path) { (path) throws(FileError) in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw FileError(reason: "no such file", isMissing: true)
            }
            return Array(data)
        }
        let told = read.diagnostics.map { $0.rendered(in: .en) }.joined(separator: "\n")
        return try #require(read.scenario, "\(told)")
    }

    @Test(arguments: files)
    func `each case holds, also with a restart after every record`(_ name: String) throws {
        let scenario = try scenario(name)
        #expect(scenario.cases.count >= CatalogueTests.casesMin)
        let runner = ScenarioRunner(scenario)
        for item in scenario.cases {
            let outcome = runner.run(item)
            #expect(outcome.holds, "\(outcome.rendered(in: .en))")
            let split = runner.run(item, restartsEverywhere: true)
            #expect(split.lines == outcome.lines, "with restarts: \(split.rendered(in: .en))")
            #expect(split.trouble == outcome.trouble)
        }
    }

    @Test func `the example in the documentation holds, and its failure is told as it stands there`() throws {
        let root = CatalogueTests.folder.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/scenarios.md"), encoding: .utf8)
        let blocks = text.split(separator: "```\n", omittingEmptySubsequences: false).map(String.init)
        try #require(blocks.count > 3)
        let wrong = blocks[1].replacing("severity=high", with: "severity=critical")
        for (example, failures) in [(blocks[1], 0), (wrong, 1)] {
            let read = ScenarioFile.parse(Array(example.utf8), file: "bike.scenario") { (_) in [] }
            let scenario = try #require(read.scenario, "\(read.diagnostics.map { $0.rendered(in: .en) })")
            let runner = ScenarioRunner(scenario)
            let failed = scenario.cases.map { runner.run($0) }.filter { !$0.holds }
            #expect(failed.count == failures)
            if let first = failed.first {
                #expect(first.rendered(in: .en) + "FAILED 1 of \(scenario.cases.count) cases\n" == blocks[3])
            }
        }
    }

    @Test func `there are scenarios of the catalogue`() throws {
        let counts = try CatalogueTests.files.map { try scenario($0).cases.count }
        #expect(CatalogueTests.files.count >= 3)
        #expect(counts.reduce(0, +) >= 100)
    }
}

import Diagnostics
import SiteConfiguration
import Testing
import Timekeeping

@testable import Scenarios

@Suite struct ScenarioParsingTests {
    // MARK: Cases

    /// Each line stands second in a case, behind `case: one`.
    @Test(arguments: [
        ("+5m elder/p1 motion [retaind]", "2:24 scenario.unknown-mark"),
        ("+5m elder/p1 motion [x3 evry 5s]", "2:24 scenario.bad-mark"),
        ("+5m elder/p1 motion [x0 every 5s]", "2:24 scenario.bad-mark"),
        ("+5m elder/p1 motion [qos 2]", "2:24 scenario.bad-mark"),
        ("+5m elder/p1 motion [mid 0]", "2:24 scenario.bad-mark"),
        ("+5m elder/p1 motion [retained", "2:23 scenario.unclosed"),
        ("+5m elder/p1 motion [redelivered]", "2:7 scenario.nothing-redelivered"),
        ("+5m elder/p2 motion", "2:7 scenario.unknown-device"),
        ("+5m eldr/p1 motion", "2:7 scenario.unknown-family"),
        ("+5x elder/p1 motion", "2:3 scenario.bad-time"),
        ("+5 elder/p1 motion", "2:3 scenario.bad-time"),
        ("2026-02-30T00:00:00 elder/p1 motion", "2:3 scenario.bad-time"),
        ("+5m", "2:6 scenario.incomplete"),
        ("+5m restrt", "2:7 scenario.unknown-verb"),
        ("+5m restart now", "2:15 scenario.surplus"),
        ("+5m elder/p1 motion value", "2:28 scenario.incomplete"),
        ("+5m elder/p1 motion value=", "2:29 scenario.incomplete"),
        ("+5m elder/p1 {\"type\":\"motion\"", "2:16 scenario.unclosed"),
        ("+5m elder/p1 {\"type\":\"motion}", "2:24 scenario.unclosed"),
        ("+5m elder/p1 {\"type\":motion}", "2:16 scenario.bad-json"),
        ("+5m elder/p1 {\"type\":\"motion\",\"ts\":@5}", "2:38 scenario.bad-time"),
        ("+5m elder/p1 'motion", "2:16 scenario.unclosed"),
        ("+5m elder/p1/status online now", "2:30 scenario.surplus"),
        ("+5m own sesion lost", "2:11 scenario.unknown-own"),
        ("+5m own session stat=lost", "2:19 scenario.unknown-field"),
        ("+5m own act ack alert=$silense", "2:25 scenario.unknown-rule"),
        ("+5m =>", "2:9 scenario.incomplete"),
        ("+5m => raisd silence", "2:10 scenario.unknown-change"),
        ("+5m => raised", "2:16 scenario.incomplete"),
        ("+5m => raised silense", "2:17 scenario.unknown-rule"),
        ("+5m => raised silence severty=high", "2:25 scenario.unknown-field"),
        ("+5m => raised silence severity", "2:33 scenario.incomplete"),
        ("+5m => raised silence severity= key=a", "2:34 scenario.incomplete"),
        ("+5m => raised silence message.fr~x", "2:25 scenario.unknown-field"),
        ("+5m => nothing silense", "2:18 scenario.unknown-rule"),
        ("+5m => publish", "2:17 scenario.incomplete"),
        ("strt 2026-03-05", "2:3 scenario.unknown-word"),
        ("start 2026-03-05 noon", "2:9 scenario.bad-time"),
        ("end +5m later", "2:11 scenario.surplus"),
    ])
    func `a line that is wrong is told with its place`(_ line: String, _ problem: String) {
        #expect(ScenarioTexts.problems(ofCases: "case: one\n  " + line) == [problem], "\(line)")
    }

    @Test(arguments: [
        ("  +0 elder/p1 motion\ncase: one\n", ["1:3 scenario.no-case"]),
        ("caes: one\n", ["1:1 scenario.no-case"]),
        ("case:   # nothing\n", ["1:18 scenario.incomplete"]),
        ("case: a\ncase: a\n", ["2:1 scenario.duplicate-case"]),
        ("# no case\n", ["2:0 scenario.no-cases"]),
        ("case: a\n  +5m elder/p1 motion\n  +4m elder/p1 motion", ["3:3 scenario.time-goes-back"]),
        ("case: a\n  +5m elder/p1 motion [x3 every 1m]\n  end +6m", ["3:7 scenario.time-goes-back"]),
        ("case: a\n  +5m elder/p1 motion\n  start 2026-03-01 00:00", ["3:9 scenario.late-start"]),
        ("case: a\n  +5m down\n  +6m elder/p1 motion", ["3:0 scenario.box-is-down"]),
        ("case: a\n  with t=+1m\n  with u=+1m\n  <t> restart", ["3:8 scenario.uneven-table"]),
        ("case: a\n  with t\n", ["2:9 scenario.incomplete"]),
        ("case: a\n  with t=+1m\n  with t=+2m\n  <time> restart", ["4:3 scenario.unknown-column"]),
        ("case: a\n  with t=+1m\n  with t=later\n  <t> restart", ["4:3 scenario.unknown-word"]),
        ("case: a\n  +0 own tick\n  with t=1\n  +0  <t>  motion [oops", ["4:7 scenario.unknown-verb"]),
    ])
    func `a case that is wrong as a whole is told with its place`(_ text: String, _ problems: [String]) {
        #expect(ScenarioTexts.problems(ofCases: text) == problems, "\(text)")
    }

    @Test func `a column behind a value of the table is that of the file`() {
        #expect(
            ScenarioTexts.problems(ofCases: "case: a\n  with t=+1h30m\n  <t> restart now") == ["3:15 scenario.surplus"])
    }

    @Test func `unknown words name the nearest known one, and all problems are told`() {
        let (scenario, diagnostics, language) = ScenarioTexts.parse(
            ScenarioTexts.head + "case: a\n  +1m elder/p1 motion [retaind]\n  +2m => raised silense\n")
        #expect(scenario == nil)
        #expect(language == .en)
        let line = ScenarioTexts.border + 2
        #expect(
            diagnostics.map { $0.rendered(in: .en) } == [
                "/site/a.scenario:\(line):24: there is no mark \"retaind\"; did you mean retained?",
                "/site/a.scenario:\(line + 1):17: there is no rule \"silense\"; did you mean silence?",
            ])
    }

    // MARK: The head

    private static let one = "---\ncase: a\n  +0 own tick\n"

    @Test(arguments: [
        ("registri: x\n", ["1:1 scenario.unknown-key"]),
        ("start: 2026-13-05\n", ["1:8 scenario.bad-time"]),
        ("rules:\n  a: {kind: no_movment}\n", ["2:13 rule.unknown-kind"]),
        ("registry:\n  devises: |\n    id,place\n", ["2:3 scenario.unknown-sheet"]),
        ("registry: sheets\n", ["1:1 scenario.unreadable"]),
        ("config: shouwang.yaml\n", ["1:1 scenario.unreadable"]),
        ("config: shouwang.yaml\nrules: {}\n", ["2:1 scenario.beside-config", "1:1 scenario.unreadable"]),
        // Rows keep their line and column, though the registry reads them without indent.
        (
            "registry:\n  devices: |\n    id,place\n\n    p1,3栋/2单元/502\n    p1,3栋/2单元/503\n",
            ["6:5 devices.duplicate-id"]
        ),
    ])
    func `a head that is wrong is told with its place`(_ head: String, _ problems: [String]) {
        let told = ScenarioTexts.parse(head + ScenarioParsingTests.one).diagnostics.filter { $0.severity == .error }
        #expect(told.map { "\($0.line):\($0.column) \($0.code)" } == problems, "\(head)")
    }

    @Test func `a head with nothing in it is a site without rules`() throws {
        let scenario = try #require(ScenarioTexts.parse(ScenarioParsingTests.one).scenario)
        #expect(scenario.settings.site.zone.identifier == "Asia/Shanghai")
        #expect(scenario.cases.map(\.start) == [Instant(seconds: 1_772_409_600)])  // 2026-03-02T08:00:00+08:00
    }

    @Test func `a text that is no scenario is refused`() {
        #expect(ScenarioTexts.problems("case: a\n") == ["0:0 scenario.no-cases"])
        let (scenario, told, _) = ScenarioFile.parse([0xFF, 0xFE], file: "a") { (_) in [] }
        #expect(scenario == nil)
        #expect(told.map(\.code) == ["scenario.encoding"])
    }

    @Test func `the rules as they run are read from the configuration, with its registry`() throws {
        let config = """
            site: {id: hgs, timezone: Asia/Shanghai}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: sheets
            store: {path: state}
            feeds: [{topic: "community/+/+/+", format: native}]
            rules: {quiet: {kind: no_movement, after: 24h}}
            """
        let text = "config: ../shouwang.yaml\n---\ncase: a\n  +0 own tick\n  +24h => raised quiet\n"
        let files = [
            "/shouwang.yaml": config, "/sheets/residents.csv": "id,dwelling,care,credentials\ne1,3栋/2单元/502,独居,c1\n",
        ]
        let scenario = try #require(ScenarioTexts.parse(text, files: files).scenario)
        let outcome = ScenarioRunner(scenario).run(scenario.cases[0])
        #expect(outcome.holds, "\(outcome.rendered(in: .en))")
    }

    // MARK: Times

    @Test(
        arguments: [
            ("+0", 0), ("+72h", 259_200_000), ("+71h59m59.999s", 259_199_999), ("+72h-1ms", 259_199_999),
            ("-3d", -259_200_000),
            ("+0.5h", 1_800_000), ("+1w", 604_800_000), ("+1h-1h", 0), ("72h", nil), ("+", nil), ("+1", nil),
            ("+1.5ms", nil),
            ("+1h 1m", nil), ("++1h", nil), ("+99999999999999d", nil), ("+1,5h", nil),
        ] as [(String, Int64?)])
    func `a time after the start is a sum of lengths`(_ text: String, _ milliseconds: Int64?) {
        #expect(TimeText.offset(text)?.count == milliseconds)
    }

    @Test(
        arguments: [
            (0, "+0"), (259_199_999, "+71h59m59.999s"), (259_200_000, "+72h"), (345_600_000, "+4d"), (-1, "-0.001s"),
            (349_261_050, "+4d1h1m1.050s"),
        ] as [(Int64, String)])
    func `a time is told as it is written`(_ milliseconds: Int64, _ text: String) {
        let start = Instant(seconds: 1_772_409_600)
        #expect(TimeText.write(Instant(milliseconds: start.milliseconds + milliseconds), since: start) == text)
        #expect(TimeText.offset(text)?.count == milliseconds)
    }
}

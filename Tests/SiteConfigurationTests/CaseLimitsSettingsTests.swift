import Cases
import Diagnostics
import Testing
import Timekeeping
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

/// `limits.critical` … `limits.categories`, and `work`.
@Suite struct CaseLimitsSettingsTests {
    private func text(_ limits: String, rules: String = "", work: String = "") -> String {
        BrokenSettings.good
            .replacing("rules:\n", with: "limits: {\(limits)}\n" + (work.isEmpty ? "" : "work: \(work)\n") + "rules:\n")
            .replacing("channels:\n", with: rules + "channels:\n")
    }

    private static let repair = "  repair: {kind: report, categories: [报修, 噪声]}\n"

    @Test func `what is left out has the defaults of the table, which are those of the code`() throws {
        let settings = try #require(parsed(BrokenSettings.good).settings)
        #expect(settings.limits.cases == CaseLimits())
        #expect(settings.work == [WorkCalendar.standardHours])
        #expect(settings.work.map(\.description) == ["Mon-Fri 09:00-18:00"])
    }

    @Test func `an entry changes what it names, and an exception keeps what it does not`() throws {
        let written = "critical: {ack: 2m}, kinds: {sos: {arrive: 8m}}, categories: {报修: {case: 3d, time: work_day}}"
        let (settings, diagnostics) = parsed(text(written, rules: CaseLimitsSettingsTests.repair))
        #expect(diagnostics.map(\.code) == [])
        let limits = try #require(settings).limits.cases
        let call = limits.frozen(severity: .critical, kind: .sos)
        #expect(call.ack == ClockLimit(.minutes(2)))
        #expect(call.arrive == ClockLimit(.minutes(8)))
        #expect(call.handle == ClockLimit(.hours(1)))
        #expect(
            limits.frozen(severity: .low, kind: .report, category: "报修").whole == ClockLimit(.days(3), .workDay))
    }

    @Test func `the golden dates hold for a configuration as people write it`() throws {
        let holidays = (1...7).map { "2026-10-0\($0),holiday\n" }.joined() + "2026-10-10,workday\n"
        let written = text("payload: 1MB", work: #""Mon-Fri 09:00-18:00""#)
            .replacing("name: 红谷春天}", with: "name: 红谷春天, holidays: h.csv}")
        let calendar = try #require(
            parsed(written, files: ["/etc/shouwang/h.csv": "date,kind\n" + holidays]).settings
        ).workCalendar
        guard case .instant(let start)? = ISO8601.read("2026-09-30T17:00:00+08:00") else {
            Issue.record("no time")
            return
        }
        func end(_ length: Milliseconds, _ time: ClockTime) -> String {
            calendar.instant(length, behind: Instant(microseconds: start), in: time)
                .map { ISO8601.plain($0, in: calendar.zone) } ?? "never"
        }
        #expect(end(.days(2), .workDay) == "2026-10-09 17:00:00")
        #expect(end(.days(3), .workDay) == "2026-10-10 17:00:00")
        #expect(end(.hours(4), .workHour) == "2026-10-08 12:00:00")
    }

    @Test(arguments: [
        ("kinds: {▶lift_falt: {case: 24h}}", "limits.unknown-kind", "lift_fault"),
        ("categories: {▶报销: {case: 3d}}", "limits.unknown-category", "报修"),
        ("categories: {▶漏水: {case: 3d}}", "limits.unknown-category", "add a rule"),
        ("critical: {case: ▶1h}", "limits.case-too-short", "longer"),
        ("high: {handle: ▶30h}", "limits.case-too-short", "longer"),
        ("kinds: {no_movement: {case: ▶30m}}", "limits.case-too-short", "longer"),
        ("categories: {噪声: {ack: 1h, arrive: 1h, handle: 1h, case: ▶2h}}", "limits.case-too-short", "longer"),
        ("critical: {time: ▶work_hour}", "limits.not-urgent", "urgent"),
        ("kinds: {sos: {case: 1d, time: ▶work_day}}", "limits.not-urgent", "urgent"),
        ("low: {ack: ▶2h}", "limits.part-of-a-day", "work_hour"),
        ("kinds: {lift_fault: {time: ▶work_hour}}", "limits.time-alone", "case"),
    ])
    func `what cannot be met, or stands for nothing, is a warning at its place`(
        _ written: String, _ code: String, _ remedy: String
    ) throws {
        let (text, line, column) = marked(text(written, rules: CaseLimitsSettingsTests.repair))
        let (settings, diagnostics) = parsed(text)
        #expect(settings != nil)
        #expect(diagnostics.map(\.code) == [code])
        let told = try #require(diagnostics.first)
        #expect(told.severity == .warning)
        #expect([told.line, told.column] == [line, column])
        #expect(told.remedy.en.contains(remedy), "\(told.remedy.en)")
    }

    @Test func `hours in which nobody works are told where a limit counts them`() {
        #expect(
            parsed(text("payload: 1MB", work: #""holidays 09:00-12:00""#)).diagnostics.map(\.code) == [
                "limits.nobody-works"
            ])
        let urgent = "low: {ack: 1h, arrive: 1h, handle: 1h, case: 4h, time: urgent}"
        #expect(parsed(text(urgent, work: #""holidays 09:00-12:00""#)).diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("critical: {ack: ▶3 min}", "config.bad-duration"), ("critical: {ack: ▶0s}", "config.out-of-range"),
        ("high: {case: ▶2000d}", "config.out-of-range"), ("low: {time: ▶workday}", "config.bad-value"),
        ("high: {▶arive: 3m}", "config.unknown-key"), ("kinds: ▶[sos]", "config.wrong-type"),
        ("medium: ▶5m", "config.wrong-type"),
    ])
    func `a value that is none is an error at its place`(_ written: String, _ code: String) {
        let (text, line, column) = marked(text(written))
        let (settings, diagnostics) = parsed(text)
        #expect(settings == nil)
        #expect(diagnostics.map(\.code) == [code])
        #expect(diagnostics.map { [$0.line, $0.column] } == [[line, column]])
    }

    @Test func `hours that are none are told`() {
        #expect(parsed(text("payload: 1MB", work: "nine to five")).diagnostics.map(\.code) == ["config.bad-hours"])
    }
}

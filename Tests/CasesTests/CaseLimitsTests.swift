import Testing
import Timekeeping
import Vocabulary

@testable import Cases

@Suite struct CaseLimitsTests {
    private let limits = CaseLimits(
        kinds: [.liftFault: CaseLimits.Entry(whole: .hours(24)), .report: CaseLimits.Entry(ack: .hours(1))],
        categories: ["报修": CaseLimits.Entry(whole: .days(3), time: .workDay)])

    @Test func `the narrowest entry that names a step wins, and the others keep theirs`() {
        let lift = limits.frozen(severity: .low, kind: .liftFault)
        #expect(lift.whole == ClockLimit(.hours(24)))
        #expect(lift.ack == ClockLimit(.days(1), .workDay))
        let repair = limits.frozen(severity: .critical, kind: .report, category: "报修")
        #expect(repair.whole == ClockLimit(.days(3), .workDay))
        #expect(repair.ack == ClockLimit(.hours(1)))
        #expect(repair.arrive == ClockLimit(.minutes(10)))
        #expect(limits.frozen(severity: .high, kind: .report, category: "噪声").whole == ClockLimit(.hours(24)))
    }

    @Test func `critical and high are to be on site in ten minutes`() {
        for severity in [Severity.critical, .high] {
            #expect(CaseLimits().frozen(severity: severity, kind: .sos).arrive == ClockLimit(.minutes(10)))
        }
    }

    @Test func `frozen limits are read back as they were written`() {
        let all = limits.frozen(severity: .high, kind: .report, category: "报修", check: ClockLimit(.hours(24)))
        #expect(
            all.json == #"{"ack":"3600000 urgent","arrive":"600000 urgent","handle":"7200000 urgent","#
                + #""check":"86400000 urgent","case":"259200000 work_day"}"#)
        for limits in [all, FrozenLimits(), FrozenLimits(whole: ClockLimit(Milliseconds(1), .naturalDay))] {
            #expect(FrozenLimits(json: limits.json) == limits)
        }
        #expect(
            FrozenLimits(json: #"{ "ack" : "5 work_hour", "later":"x" }"#)
                == FrozenLimits(ack: ClockLimit(Milliseconds(5), .workHour)))
    }

    @Test(arguments: [
        "", "{", "[]", #"{"ack":5}"#, #"{"ack":"5"}"#, #"{"ack":"0 urgent"}"#, #"{"ack":"-5 urgent"}"#,
        #"{"ack":"5 soon"}"#, #"{"ack":"5 urgent",}"#, #"{"ack":"5 urgent"} x"#, #"{"ack":"5 urgent""#,
    ])
    func `anything else is refused`(_ json: String) {
        #expect(FrozenLimits(json: json) == nil)
    }

    @Test func `the words of configuration, API and ledger are pinned`() {
        #expect(ClockTime.allCases.map(\.rawValue) == ["urgent", "work_hour", "work_day", "natural_day"])
        #expect(ClockStep.allCases.map(\.rawValue) == ["ack", "arrive", "handle", "check", "case"])
        #expect(Lamp.allCases.map(\.rawValue) == ["green", "yellow", "red"])
        #expect(
            EvaluationGroup.allCases.map(\.rawValue) == [
                "worker", "grid", "department", "rule", "device", "week", "all",
            ])
    }
}

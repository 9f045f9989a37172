import Testing
import Timekeeping

@testable import Feeds

/// The daemon's own records that people and floods make.
@Suite struct OwnRecordTests {
    private func says(_ name: String, _ payload: String) -> SystemRecord? {
        NativeFormatTests.fixture.batch("$shouwang/" + name, Array(payload.utf8)).own[0]
    }

    @Test func `an act tells who did what to which alert`() {
        let all =
            #"{"alert":"0123456789abcdef","resident":"e1","verb":"check","actor":"w-1","found":"away","#
            + #""until":"2026-03-08T00:00:00+08:00","note":"去\u513f子家\n","key":"k1","more":1}"#
        #expect(
            says("act", all)
                == .act(
                    Act(
                        alert: "0123456789abcdef", resident: "e1", verb: "check", actor: "w-1", found: "away",
                        until: "2026-03-08T00:00:00+08:00", note: "去儿子家\n", key: "k1")))
        #expect(says("act", #"{"resident":"e1","verb":"away"}"#) == .act(Act(resident: "e1", verb: "away")))
        #expect(
            says("act", #"{"alert":"a1","verb":"suspend","until":1772712930000,"note":null,"actor":""}"#)
                == .act(Act(alert: "a1", verb: "suspend", until: "1772712930000")))
    }

    @Test(arguments: [
        #"{"alert":"a1"}"#, #"{"verb":"ack"}"#, #"{"alert":"","verb":"ack"}"#, #"{"alert":"a1","verb":""}"#,
        #"{"alert":null,"resident":{},"verb":"ack"}"#, #"{"alert":"a1","verb":true}"#, "{}", "ack", "",
    ]) func `an act without a verb, or without anything it was done to, is unknown`(_ payload: String) {
        #expect(says("act", payload) == .unknown("act"))
    }

    @Test func `a flood names the device and how many records were cut`() {
        #expect(says("flood", #"{"device":"pir-7","cut":412}"#) == .flood(device: "pir-7", cut: 412))
        #expect(says("flood", #"{"device":"p\u0069r-7","cut":0}"#) == .flood(device: "pir-7", cut: 0))
        for payload in [
            #"{"device":"pir-7"}"#, #"{"cut":3}"#, #"{"device":"pir-7","cut":-1}"#, #"{"device":"pir-7","cut":"3"}"#,
            #"{"device":"pir-7","cut":1.5}"#, #"{"device":null,"cut":3}"#, "",
        ] {
            #expect(says("flood", payload) == .unknown("flood"), "\(payload)")
        }
    }

    @Test func `what was seen before names the rule, the home and since when`() {
        #expect(
            says("seen", #"{"rule":"quiet","key":"3栋/1单元/101","since":"2026-03-05T00:00:00Z"}"#)
                == .seen(rule: "quiet", home: "3栋/1单元/101", since: Instant(milliseconds: 1_772_668_800_000)))
        for payload in [
            #"{"rule":"quiet","key":"a"}"#, #"{"rule":"","key":"a","since":1}"#, #"{"rule":"q","since":1}"#,
        ] {
            #expect(says("seen", payload) == .unknown("seen"), "\(payload)")
        }
    }

    @Test func `a silence is of a later version`() {
        #expect(says("silence", #"{"id":"s1","until":"3d"}"#) == .unknown("silence"))
    }
}

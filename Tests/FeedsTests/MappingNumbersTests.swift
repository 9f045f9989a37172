import RecordLog
import Testing

@testable import Feeds

/// Exact decimals and calls for help, through a mapping.
@Suite struct MappingNumbersTests {
    typealias Vector = NativeFormatTests.Vector

    static let mapping = """
        topic: "nears/{home}/+/+/{sensor}"
        device: "{home}-{/n/dev}"
        person: "{/who}"
        id: "{/n/seq}"
        events:
          - when: {"{sensor}": panic}
            kind: sos
            confidence: /score
          - when: {/code: 1}
            kind: sos
            value: {at: /state, table: {"1": on, "0": off, RELEASED: off, "2": 0}}
            confidence: /n/score
            credential: /n/card
          - when: {/n/code: 12345678901234567890}
            kind: smoke
            value: /n/state
            confidence: /score
          - when: {/n/level: 1.50}
            kind: motion
            value: {at: /n/v, table: {"1.0": on, "0": off, 1e40: 7}}
          - when: {/n/level: 2}
            kind: pass
            credential: /n/card
            track: /n/track

        """
    static let fixture = FeedFixture(nears: Array(mapping.utf8))

    static let vectors: [Vector] = [
        // Guards and tables, flat and deep.
        Vector("a", #"{"code":1.0,"n":{"dev":7}}"#, "sos ?h-7"),
        Vector("a", #"{"code":10e-1,"n":{"dev":7.0}}"#, "sos ?h-7"),
        Vector("a", #"{"code":"1.0","n":{"dev":7}}"#, "!no-event"),
        Vector("a", #"{"n":{"dev":7,"code":12345678901234567890}}"#, "smoke ?h-7"),
        Vector("a", #"{"n":{"dev":7,"code":12345678901234567890.0}}"#, "smoke ?h-7"),
        Vector("a", #"{"n":{"dev":7,"code":12345678901234567891}}"#, "!no-event"),
        Vector("a", #"{"n":{"dev":7,"code":12345678901234567000}}"#, "!no-event"),
        Vector("a", #"{"n":{"dev":7,"level":1.5,"v":1}}"#, "motion on detection ?h-7"),
        Vector("a", #"{"n":{"dev":7,"level":15e-1,"v":-0.0}}"#, "motion off detection ?h-7"),
        Vector(
            "a", #"{"n":{"dev":7,"level":1.5,"v":10000000000000000000000000000000000000000}}"#,
            "motion on detection number=7.0 ?h-7"),
        Vector("a", #"{"n":{"dev":7,"level":1.5,"v":1e999}}"#, "!bad-value"),
        Vector("a", #"{"n":{"dev":7,"level":1.5000000000000000000001,"v":1}}"#, "!no-event"),
        Vector("a", #"{"n":{"dev":"007","level":2,"card":22}}"#, "pass ?h-007 person=?22"),
        Vector("a", #"{"n":{"dev":12345678901234567890,"level":2.0,"seq":1e0}}"#, "pass ?h-12345678901234567890 id"),
        Vector("a", #"{"n":{"dev":1e2,"level":2,"card":1.2345678901234567890e19}}"#, "pass ?h-100 person=e3"),
        Vector("a", #"{"n":{"dev":7,"level":2,"card":12345678901234567890}}"#, "pass ?h-7 person=e3"),
        Vector("a", #"{"x":1e999,"n":{"dev":7,"level":2}}"#, "pass ?h-7"),
        // Who is meant.
        Vector("a", #"{"who":"","n":{"dev":7,"level":2,"card":"c77"}}"#, "pass ?h-7 person=e1"),
        Vector("a", #"{"who":"9001","n":{"dev":7,"level":2,"card":"c77"}}"#, "pass ?h-7 person=e1"),
        Vector("a", #"{"who":null,"n":{"dev":7,"level":2,"card":"04A21B9C"}}"#, "pass ?h-7 person=e2"),
        Vector("a", #"{"who":"x","n":{"dev":7,"level":2,"card":"y"}}"#, "pass ?h-7 person=?x"),
        // Calls for help.
        Vector("a", #"{"code":1,"state":0,"n":{"dev":7}}"#, "sos detection no-call ?h-7"),
        Vector("a", #"{"code":1,"state":0.0,"n":{"dev":7}}"#, "sos detection no-call ?h-7"),
        Vector("a", #"{"code":1,"state":"RELEASED","n":{"dev":7}}"#, "sos detection no-call ?h-7"),
        Vector("a", #"{"code":1,"state":2,"n":{"dev":7}}"#, "sos detection no-call number=0.0 ?h-7"),
        Vector("a", #"{"code":1,"state":"1","n":{"dev":7}}"#, "sos detection ?h-7"),
        Vector("a", #"{"code":1,"state":"PRESSED","n":{"dev":7}}"#, "sos ?h-7 unreadable=value"),
        Vector("a", #"{"code":1,"state":false,"n":{"dev":7}}"#, "sos no-call ?h-7"),
        Vector("a", #"{"code":1,"state":null,"n":{"dev":7}}"#, "sos ?h-7"),
        Vector("a", #"{"code":1,"n":{"dev":7,"score":"high"}}"#, "sos ?h-7 unreadable=confidence"),
        Vector("a", #"{"code":1,"n":{"dev":7,"score":93}}"#, "sos confidence=0.93 ?h-7"),
        Vector("a", #"{"n":{"dev":7,"code":12345678901234567890,"state":"off"}}"#, "smoke no-call ?h-7"),
        Vector("a", #"{"code":1}"#, "sos ?nears/h/x/y/a"), Vector("panic", "now!", "sos ?nears/h/x/y/panic"),
        Vector("panic", "{\"x\":", "sos ?nears/h/x/y/panic"), Vector("panic", "", "sos ?nears/h/x/y/panic"),
        Vector("a", "{\"code\":1,", "!bad-payload"), Vector("a", "{\"sos\":", "!unreadable-call"),
        Vector("a", #"{"type":"sos"}"#, "!unreadable-call"), Vector("a", #"{"n":{"level":2}}"#, "!no-device"),
        Vector("a", #"{"code":1,"n":{"dev":7},"pad":""# + String(repeating: "x", count: 70_000) + "\"}", "sos ?h-7"),
        Vector(
            "a", #"{"n":{"dev":7,"level":2},"pad":""# + String(repeating: "x", count: 70_000) + "\"}",
            "!payload-too-long"),
    ]

    @Test(arguments: vectors) func `numbers are exact decimals, texts are texts, and calls are taken`(_ vector: Vector)
    {
        let fixture = MappingNumbersTests.fixture
        #expect(fixture.problems.isEmpty)
        #expect(fixture.says("nears/h/x/y/" + vector.tail, vector.payload) == vector.meaning, "\(vector.payload)")
    }

    static let pointed = """
        topic: "nears/{home}/+/+/{sensor}"
        device: "{home}-{sensor}"
        events:
          - when: {"{sensor}": table}
            kind: smoke
            value: {at: /smoke, table: {"true": on, "false": off}}
          - when: {/alarm: gas}
            kind: gas
            value: /level
          - kind: smoke
            value: /a/smoke

        """

    static let pointedVectors: [Vector] = [
        Vector("table", #"{"battery":100,"linkquality":80}"#, "!no-event"),
        // Not as a call that cannot be read, whatever words are in it.
        Vector("table", #"{"battery":100,"smoke_density":0,"of":"smoke"}"#, "!no-event"),
        Vector("table", #"{"smoke":true}"#, "smoke detection ?h-table"),
        Vector("table", #"{"smoke":false}"#, "smoke detection no-call ?h-table"),
        Vector("table", #"{"smoke":null}"#, "smoke ?h-table"), Vector("table", #"{"smoke":""}"#, "smoke ?h-table"),
        Vector("table", #"{"smoke":[1]}"#, "smoke ?h-table unreadable=value"),
        Vector("table", "{\"smoke\":tr", "smoke ?h-table"),
        Vector("deep", #"{"a":{"battery":100}}"#, "!no-event"), Vector("deep", "7", "!no-event"),
        Vector("deep", #"{"a":{"smoke":null}}"#, "smoke ?h-deep"),
        Vector("deep", #"{"a":{"smoke":0}}"#, "smoke no-call number=0.0 ?h-deep"),
        // A guard on the payload says what it is about.
        Vector("deep", #"{"alarm":"gas"}"#, "gas ?h-deep"),
    ]

    @Test(arguments: pointedVectors)
    func `a message without the value by which a call is known is about something else`(_ vector: Vector) {
        let fixture = FeedFixture(nears: Array(MappingNumbersTests.pointed.utf8))
        #expect(fixture.problems == [])
        #expect(fixture.says("nears/h/x/y/" + vector.tail, vector.payload) == vector.meaning, "\(vector.payload)")
    }

    /// cJSON, by which `mosquitto_sub -F '%J'` prints, writes 1.0 as 1.
    @Test func `a recording says what was said live`() {
        let fixture = MappingNumbersTests.fixture
        let live = fixture.says("nears/h/x/y/a", #"{"code":1.0,"state":0.0,"n":{"dev":7}}"#)
        let head = #"{"tst":"2026-03-05T12:15:30Z","topic":"nears/h/x/y/a","payloadlen":42,"payload":"#
        let recorded = fixture.says(line: Array((head + #"{"code":1,"state":0,"n":{"dev":7}}}"#).utf8))
        #expect(live == "sos detection no-call ?h-7" && recorded == live)
    }
}

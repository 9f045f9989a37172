import RecordLog
import TestSupport
import Testing

@testable import Feeds

/// Vectors of the native feed (docs/feeds.md): what a payload on `community/hgs/{tail}` means.
@Suite struct NativeFormatTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var tail: String
        var payload: String
        var meaning: String

        init(_ tail: String, _ payload: String, _ meaning: String) {
            self.tail = tail
            self.payload = payload
            self.meaning = meaning
        }

        var testDescription: String { tail + " " + payload.prefix(60) }
    }

    static let fixture = FeedFixture()

    static func check(_ vector: Vector) {
        #expect(fixture.problems.isEmpty)
        let said = fixture.says("community/hgs/" + vector.tail, vector.payload)
        #expect(said == vector.meaning, "\(vector.tail) \(vector.payload)")
    }

    static let families: [(family: String, device: String, types: [String])] = [
        ("access", "x", ["pass", "denied", "door_open", "door_close", "exit_button", "visitor_pass", "tamper"]),
        ("camera", "x", ["thrown_object", "ebike", "vehicle", "person", "fall", "smoke", "fire", "crowd"]),
        (
            "elder", "x",
            [
                "motion", "contact", "presence", "power", "water", "bed", "sos", "fall", "smoke", "gas", "co", "leak",
            ]
        ),
        ("report", "x", ["resident_report", "patrol_report", "dissuasion", "lift_fault", "lift_trapped"]),
    ]

    static let calls: Set = ["sos", "fall", "smoke", "fire", "gas", "co", "leak", "lift_trapped"]

    @Test func `each type comes from its family, and only a call for help from any other`() {
        let any = ["heartbeat", "online", "offline"]
        let all = Set(NativeFormatTests.families.flatMap(\.types))
        for (family, device, types) in NativeFormatTests.families {
            for type in all.union(any).sorted() {
                let said = NativeFormatTests.fixture.says(
                    "community/hgs/\(family)/\(device)", "{\"type\":\"\(type)\",\"value\":1}")
                if types.contains(type) || any.contains(type) || NativeFormatTests.calls.contains(type) {
                    #expect(said.hasPrefix(type + " "), "\(family) \(type): \(said)")
                } else {
                    #expect(said == "!wrong-family", "\(family) \(type)")
                }
            }
        }
    }

    static let shapes: [Vector] = [
        Vector("elder/p1", #"{"type":"motion"}"#, "motion on detection p1"),
        Vector("elder/nobody", #"{"type":"motion"}"#, "motion on detection ?nobody"),
        Vector("elder/p1", #"{"type":"Motion"}"#, "!unknown-type"),
        Vector("elder/p1", #"{"type":"jump"}"#, "!unknown-type"),
        Vector("elder/p1", #"{"type":7}"#, "!no-type"), Vector("elder/p1", "{}", "!no-type"),
        Vector("elder/p1", "", "!empty-payload"), Vector("elder/p1", "on", "!bad-payload"),
        Vector("elder/p1", "[]", "!bad-payload"),
        Vector("elder/p1", #"{"type":"motion""#, "!bad-payload"), Vector("elder/p1", "\"x\"", "!bad-payload"),
        Vector("elder/p1", #"{"type":"m\u006ftion","x":{"y":[1,2]}}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","device":"p1"}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","device":"p2"}"#, "!spoofed-device"),
        Vector("elder/p1", #"{"type":"motion","device":1}"#, "!spoofed-device"),
        Vector("elder/nobody", #"{"type":"motion","device":"nobody"}"#, "motion on detection ?nobody"),
        Vector("elder/nobody", #"{"type":"motion","device":"p1"}"#, "!spoofed-device"),
        Vector("camera/cam-01", #"{"type":"person","device":"cam-01"}"#, "person f3"),
        Vector("elder/p1", #"{"type":"motion","id":"a1"}"#, "motion on detection p1 id"),
        Vector("elder/p1", #"{"type":"motion","id":17}"#, "motion on detection p1 id"),
        Vector("elder/p1", #"{"type":"motion","id":null}"#, "motion on detection p1"),
        Vector("robot/p1", #"{"type":"motion"}"#, "!unknown-family"),
        Vector("elder/", #"{"type":"motion"}"#, "!no-device"),
        Vector("elder/p1/status", "online", "online p1"), Vector("elder/p1/status", "\"offline\"", "offline p1"),
        Vector("elder/p1/status", "Online", "online p1"), Vector("elder/p1/status", "", "-"),
        Vector("elder/p1/status", "{\"type\":\"motion\"}", "!bad-status"),
        Vector("elder/p1/state", "online", "!no-feed"), Vector("elder", "{}", "!no-feed"),
        Vector(
            "elder/p1", #"{"type":"motion","pad":""# + String(repeating: "x", count: 65_536) + "\"}",
            "!payload-too-long"),
    ]

    @Test(arguments: shapes) func `topics, types and devices`(_ vector: Vector) { NativeFormatTests.check(vector) }

    static let values: [Vector] = [
        Vector("elder/p1", #"{"type":"motion","value":1}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":1.0}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":true}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":"ON"}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":"on"}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":"\u006fn"}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":0}"#, "motion off detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":false}"#, "motion off detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":"OFF"}"#, "motion off detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":2}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"motion","value":"maybe"}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"motion","value":{}}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"contact","value":"open"}"#, "contact on p1"),
        Vector("elder/p1", #"{"type":"contact","value":"CLOSED"}"#, "contact off p1"),
        Vector("elder/p1", #"{"type":"contact"}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"presence","value":true}"#, "presence on p1"),
        Vector("elder/p1", #"{"type":"bed","value":0}"#, "bed off p1"),
        Vector("elder/p1", #"{"type":"water","value":0.4}"#, "water on detection number=0.4 p1"),
        Vector("elder/p1", #"{"type":"water","value":0}"#, "water off detection number=0.0 p1"),
        Vector("elder/p1", #"{"type":"power","value":-1}"#, "power off detection number=-1.0 p1"),
        Vector("elder/p1", #"{"type":"power"}"#, "power detection p1"),
        Vector("elder/p1", #"{"type":"sos"}"#, "sos p1"),
        Vector("access/g1", #"{"type":"pass","person":"e1","dir":"1"}"#, "pass in g1 person=e1"),
        Vector("access/g1", #"{"type":"pass","person":"e1","dir":2}"#, "pass out g1 person=e1"),
        Vector("access/g1", #"{"type":"pass","person":"e1","dir":"in"}"#, "pass g1 person=e1"),
        Vector("access/g2", #"{"type":"pass","dir":"out"}"#, "pass in g2"),
        Vector("access/g3", #"{"type":"pass","dir":"OUT"}"#, "pass out g3"),
        Vector("access/g3", #"{"type":"pass","credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g1", #"{"type":"pass","credential":22}"#, "pass g1 person=e1"),
        Vector("access/g3", #"{"type":"pass","credential":22}"#, "pass g3 person=?22"),
        Vector("access/g3", #"{"type":"pass","person":"e2","credential":"c77"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":""}"#, "pass g3"),
        Vector("camera/lift3", #"{"type":"ebike","confidence":0.75}"#, "ebike confidence=0.75 zone=lift lift3"),
        Vector("camera/lift3", #"{"type":"ebike","confidence":1,"zone":"lobby"}"#, "ebike confidence=1.0 lift3"),
        Vector("camera/x", #"{"type":"ebike","zone":"lift","floor":-1}"#, "ebike floor=-1 zone=lift ?x"),
        Vector("camera/x", #"{"type":"ebike","confidence":1.01}"#, "ebike confidence=1.0 ?x"),
        Vector("camera/x", #"{"type":"ebike","confidence":-0.01}"#, "ebike ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"ebike","confidence":"0.9"}"#, "ebike confidence=0.9 ?x"),
        Vector("camera/x", #"{"type":"ebike","confidence":null,"floor":99999}"#, "ebike ?x unreadable=floor"),
    ]

    @Test(arguments: values) func `values, persons and cameras`(_ vector: Vector) { NativeFormatTests.check(vector) }

    static let times: [Vector] = [
        Vector("elder/p1", #"{"type":"sos","ts":1772712930000}"#, "sos at0 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1772712930}"#, "sos at0 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1772712929.25}"#, "sos at-750 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"1772712929000"}"#, "sos at-1000 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"1772712929"}"#, "sos at-1000 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"2026-03-05T12:15:30Z"}"#, "sos at0 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"2026-03-05T20:15:30.116510Z+0800"}"#, "sos at116 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"2026-03-05 20:15:00"}"#, "sos at-30000 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"2026-03-05T20:15:00.5"}"#, "sos at-29500 p1"),
        // Believed to two minutes ahead, and from 2020 on.
        Vector("elder/p1", #"{"type":"sos","ts":1772713049999}"#, "sos at119999 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1772713050000}"#, "sos at120000 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1772713050001}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1577836799999}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1577836800000}"#, "sos at-194876130000 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1577836800001}"#, "sos at-194876129999 p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"1970-01-01T00:00:03"}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":0}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":-1}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":1e300}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":18446744073709551615}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"soon"}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":"nan"}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":""}"#, "sos clock-fault p1"),
        Vector("elder/p1", #"{"type":"sos","ts":{"a":1}}"#, "sos clock-fault p1"),
    ]

    @Test(arguments: times) func `the payload's own time, and clocks that cannot be right`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    @Test func `a retained message is marked, and a refused one moves nothing but the clock`() {
        let fixture = NativeFormatTests.fixture
        #expect(
            fixture.says("community/hgs/elder/p1", #"{"type":"motion"}"#, retain: true)
                == "motion on retained detection p1")
        #expect(fixture.says("community/hgs/elder/p1/status", "offline", retain: true) == "offline retained p1")
        let batch = fixture.batch("community/hgs/elder/p1", [0xFF, 0xD8])
        #expect(batch.records.map(\.stampMicroseconds) == [FeedFixture.arrival * 1000])
        #expect(batch.refusals.map(\.topic) == ["community/hgs/elder/p1"])
    }

    @Test func `changed bytes of a payload never crash, and leave one record`() {
        var random = SeededRandom(for: "NativeFormatTests")
        let text =
            #"{"type":"pass","ts":"2026-03-05T12:15:30Z","id":"a\u00e9","person":"e1","dir":"in","confidence":0.5,"#
            + #""zone":"lift","floor":3}"#
        let good = Array(text.utf8)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0...random.int(0...3) {
                let at = random.int(0...bytes.count - 1)
                bytes[at] = random.chance(50) ? UInt8(random.int(0...255)) : random.pick(Array("\"\\{}[],:0-e.".utf8))
            }
            for topic in ["community/hgs/access/g3", "vendor/h1/x/motion"] {
                let batch = NativeFormatTests.fixture.batch(topic, bytes)
                #expect(
                    batch.records.count == 1 && batch.observations.count + batch.refusals.count == 1,
                    "\(bytes), seed \(random.seed)")
            }
        }
    }
}

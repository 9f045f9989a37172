import RecordLog
import SiteConfiguration
import TestSupport
import Testing

@testable import Feeds
import Vocabulary

/// Nothing but an unreadable `type` or topic refuses a call for help.
@Suite struct LifeSafetyTests {
    typealias Vector = NativeFormatTests.Vector

    static let calls: [Vector] = [
        // Letters, blanks, families, topics.
        Vector("elder/p1", #"{"type":"SOS"}"#, "sos p1"), Vector("elder/p1", #"{"type":" Sos\n"}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"S\u004fS"}"#, "sos p1"), Vector("camera/x", #"{"type":"FALL"}"#, "fall ?x"),
        Vector("report/lift", #"{"type":"Lift_Trapped"}"#, "lift_trapped ?lift"),
        Vector("elder/p1", #"{"type":"CO"}"#, "co p1"), Vector("access/g3", #"{"type":"sos"}"#, "sos g3"),
        Vector("camera/x", #"{"type":"sos"}"#, "sos ?x"), Vector("elder/p1", #"{"type":"fire"}"#, "fire p1"),
        Vector("access/g3", #"{"type":"leak"}"#, "leak g3"),
        Vector("elder/p1", #"{"type":"lift_trapped"}"#, "lift_trapped p1"),
        Vector("sensor/p1", #"{"type":"sos"}"#, "sos p1"), Vector("sensor/nobody", #"{"type":"gas"}"#, "gas ?nobody"),
        Vector("sensor/p1", #"{"type":"motion"}"#, "!unknown-family"),
        Vector("sensor/p1/status", "online", "!unknown-family"),
        Vector("elder/p1/status", #"{"type":"sos"}"#, "sos p1"),
        Vector(
            "elder/p1", "{" + (0..<300).map { "\"f\($0)\":\($0)," }.joined() + #""type":"sos"}"#, "sos p1"),
        // Another device.
        Vector("elder/p1", #"{"type":"sos","device":"p9"}"#, "sos p1 spoofed"),
        Vector("elder/p1", #"{"type":"sos","device":9}"#, "sos p1 spoofed"),
        Vector("elder/p1", #"{"type":"sos","device":null}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","device":""}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","device":["p9"]}"#, "sos p1 unreadable=device"),
        Vector("elder/p1", #"{"type":"sos","device":"p1"}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"motion","device":null}"#, "motion on detection p1"),
        // Fields beside.
        Vector("camera/x", #"{"type":"fall","confidence":93}"#, "fall confidence=0.93 ?x"),
        Vector("camera/x", #"{"type":"smoke","confidence":"0.95"}"#, "smoke confidence=0.95 ?x"),
        Vector("camera/x", #"{"type":"smoke","confidence":" 95 % "}"#, "smoke confidence=0.95 ?x"),
        Vector("camera/x", #"{"type":"smoke","confidence":1.0001}"#, "smoke confidence=1.0 ?x"),
        Vector("camera/x", #"{"type":"smoke","confidence":"high"}"#, "smoke ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"smoke","confidence":null}"#, "smoke ?x"),
        Vector("camera/x", #"{"type":"smoke","confidence":""}"#, "smoke ?x"),
        Vector("camera/x", #"{"type":"fall","confidence":1.5}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":100}"#, "fall confidence=1.0 ?x"),
        Vector("camera/x", #"{"type":"fall","confidence":100.5}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":-3}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":1e999}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":"nan"}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":"0x1"}"#, "fall ?x unreadable=confidence"),
        Vector("camera/x", #"{"type":"fall","confidence":{"v":1}}"#, "fall ?x unreadable=confidence"),
        Vector(
            "elder/p1", #"{"type":"sos","id":{"a":[1]},"ts":[],"battery":{},"zone":7,"floor":"x"}"#,
            "sos clock-fault p1 id unreadable=battery unreadable=floor"),
        Vector("elder/p1", #"{"type":"sos","x":1e999,"y":123456789012345678901234567890}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","pad":""# + String(repeating: "x", count: 70_000) + "\"}", "sos p1"),
        Vector(
            "elder/p1", #"{"type":"motion","pad":""# + String(repeating: "x", count: 70_000) + "\"}",
            "!payload-too-long"),
    ]

    @Test(arguments: calls) func `a call for help is taken`(_ vector: Vector) { NativeFormatTests.check(vector) }

    static let denials: [Vector] = [
        Vector("elder/p1", #"{"type":"sos","value":false}"#, "sos no-call p1"),
        Vector("elder/p1", #"{"type":"sos","value":0}"#, "sos no-call number=0.0 p1"),
        Vector("elder/p1", #"{"type":"sos","value":-0.0}"#, "sos no-call number=-0.0 p1"),
        Vector("elder/p1", #"{"type":"SOS","value":" OFF "}"#, "sos no-call p1"),
        Vector("elder/p1", #"{"type":"sos","value":"False"}"#, "sos no-call p1"),
        Vector("elder/p1", #"{"type":"sos","value":"no"}"#, "sos no-call p1"),
        Vector("elder/p1", #"{"type":"gas","value":"0"}"#, "gas no-call number=0.0 p1"),
        Vector("elder/p1", #"{"type":"leak","value":"0.00"}"#, "leak no-call number=0.0 p1"),
        Vector("report/l", #"{"type":"lift_trapped","value":false}"#, "lift_trapped no-call ?l"),
        Vector("camera/x", #"{"type":"smoke","phase":"end"}"#, "smoke no-call ?x phase=end"),
        Vector("camera/x", #"{"type":"fire","phase":"END"}"#, "fire no-call ?x phase=end"),
        Vector("camera/x", #"{"type":"fall","phase":" end"}"#, "fall no-call ?x phase=end"),
        Vector("elder/p1", #"{"type":"gas","phase":"end"}"#, "gas no-call p1 phase=end"),
        Vector("elder/p1", #"{"type":"co","phase":"end"}"#, "co no-call p1 phase=end"),
        Vector("elder/p1", #"{"type":"sos","phase":"end"}"#, "sos p1 phase=end"),
        Vector("camera/x", #"{"type":"smoke","phase":"start"}"#, "smoke ?x phase=start"),
        Vector("elder/p1", #"{"type":"sos","value":null}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","value":""}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","value":true}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","value":1}"#, "sos number=1.0 p1"),
        Vector("elder/p1", #"{"type":"sos","value":1e-400}"#, "sos number=0.0 p1"),
        Vector("elder/p1", #"{"type":"sos","value":"none"}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","value":[false]}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"sos","value":{}}"#, "sos p1"),
        Vector("elder/p1", #"{"type":"motion","value":0}"#, "motion off detection p1"),
    ]

    @Test(arguments: denials) func `a stated no is no call, anything else is one`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    static let unreadable: [Vector] = [
        Vector("elder/p1", #"{"type":"sos""#, "!unreadable-call"), Vector("elder/p1", "SOS", "!unreadable-call"),
        Vector("elder/p1", #"{"Type":"sos"}"#, "!unreadable-call"),
        Vector("elder/p1", #"{"type":"sos_alarm"}"#, "!unreadable-call"),
        Vector("elder/p1", #"{"event":{"type":"fall"}}"#, "!unreadable-call"),
        Vector("elder/p1", #"{"type":"sos"}{"type":"sos"}"#, "!unreadable-call"),
        Vector("elder/p1", #"{"type":"motion","note":"waterfall"}x"#, "!bad-payload"),
        Vector("elder/p1", #"{"type":"contact""#, "!bad-payload"),
        Vector("elder/p1", #"{"type":"count"}"#, "!unknown-type"),
        Vector("elder/", #"{"type":"sos"}"#, "!unreadable-call"),
        Vector("elder/p1", #"{"type":"motion","device":"p2","note":"no sos"}"#, "!spoofed-device"),
    ]

    @Test(arguments: unreadable) func `what cannot be read and names a call has a code of its own`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    @Test func `a text of two bytes a letter names its call`() {
        let bytes = #"{"type":"sos"}"#.utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(NativeFormatTests.fixture.says("community/hgs/elder/p1", bytes: bytes) == "!unreadable-call")
    }

    @Test func `a record of a log that is no journal, and cannot be read, names its call; a journal's line does not`() {
        let cut = Array(#"{"tst":"2026-03-05T12:15:30Z","topic":"community/hgs/elder/p1","payload":{"type":"sos""#.utf8)
        #expect(NativeFormatTests.fixture.says(line: cut) == "!?unreadable-call")
        let plan = NativeFormatTests.fixture.plan
        let journal = Decoder.decode(Chunk(text: cut + [0x0A], file: "test", firstNumber: 7), plan: plan)
        #expect(journal.refusals.map(\.code) == ["bad-json"])
        let quiet = Array(#"{"tst":"2026-03-05T12:15:30Z","topic":"t","payload":{"type":"motion""#.utf8)
        #expect(NativeFormatTests.fixture.says(line: quiet) == "!?bad-json")
    }

    @Test(arguments: [
        (#"{"type":"sos"}"#, true), ("SOS", true), ("a Fall!", true), ("lift_trapped", true), ("x:co", true),
        ("CO2", false), ("sos1", false), ("waterfall", false), ("gases", false), ("lift trapped", false), ("", false),
        ("c", false), ("smok", false), ("smoke", true), ("_fire_", true), ("contact count", false), ("桂sos桂", true),
    ]) func `a word is one of its own`(_ text: String, _ isThere: Bool) {
        let bytes = Array(text.utf8)
        #expect(unsafe bytes.withUnsafeBufferPointer { unsafe CallWords.occur(in: $0) } == isThere)
    }

    /// Values that side fields are told with: of each shape, and out of each range.
    private static let odd = [
        "null", "true", "false", "0", "-0", "1", "-1", "93", "1e999", "-1e999", "1e-999", "12345678901234567890123",
        "\"\"", "\" \"", "\"x\"", "\"9\"", "\"9%\"", "\"-3.5\"", "\"1e5\"", "\"nan\"", "\"\\u0000\"", "\"\\ud83d\"",
        "\"桂华\"", "[]", "{}", "[1,2]", "{\"a\":{\"b\":[null]}}", "\"2026-03-05T12:00:00Z\"", "1772712930000",
        "\"end\"", "\"off\"",
    ]

    @Test func `whatever stands beside its type, a call for help makes one observation`() {
        var random = SeededRandom(for: "LifeSafetyTests")
        let kinds = ObservationKind.allCases
        for _ in 0..<20_000 {
            let kind = random.pick(kinds)
            let name = random.chance(20) ? kind.name.uppercased() : kind.name
            var fields = ["\"type\":\"\(name)\""]
            for key in NativeKey.allCases where key != .type && random.chance(30) {
                fields.append("\"\(key.name)\":\(random.pick(LifeSafetyTests.odd))")
            }
            fields.swapAt(0, random.int(0...fields.count - 1))
            let payload = "{" + fields.joined(separator: ",") + "}"
            let family = random.pick(["access", "camera", "elder", "report", "robot"])
            let batch = NativeFormatTests.fixture.batch("community/hgs/\(family)/p1", Array(payload.utf8))
            #expect(batch.records.count == 1 && batch.observations.count + batch.refusals.count == 1, "\(payload)")
            guard kind.isLifeSafety else { continue }
            #expect(batch.observations.first?.kind == kind, "\(payload), seed \(random.seed)")
            #expect(batch.observations.first?.device == .known(0), "\(payload), seed \(random.seed)")
            let numbers = batch.observations.map { [Double($0.confidence), Double($0.temperature), $0.number] }
            #expect(numbers.joined().allSatisfy { !$0.isInfinite }, "\(payload), seed \(random.seed)")
        }
    }
}

import Community
import RecordLog
import Testing
import Timekeeping

@testable import Feeds

/// Who is meant, and which message it is.
@Suite struct IdentityTests {
    typealias Vector = NativeFormatTests.Vector

    static let who: [Vector] = [
        Vector("access/g3", #"{"type":"pass","person":null,"credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":"","credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":" ","credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":"9001","credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":9001,"credential":" c77 "}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":{"id":1},"credential":"c77"}"#, "pass g3 person=e1"),
        Vector("access/g3", #"{"type":"pass","person":"e2","credential":"c77"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":"e2","credential":"nobody"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":"x","credential":"y"}"#, "pass g3 person=?x"),
        Vector("access/g3", #"{"type":"pass","person":"","credential":"y"}"#, "pass g3 person=?y"),
        Vector("access/g3", #"{"type":"pass","person":"","credential":null}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","person":true}"#, "pass g3 unreadable=person"),
        // Numbers are decimals, texts are texts.
        Vector("access/g1", #"{"type":"pass","credential":22.0}"#, "pass g1 person=e1"),
        Vector("access/g1", #"{"type":"pass","credential":2.2e1}"#, "pass g1 person=e1"),
        Vector("access/g1", #"{"type":"pass","credential":"22.0"}"#, "pass g1 person=?22.0"),
        Vector("access/g1", #"{"type":"pass","credential":"022"}"#, "pass g1 person=?022"),
        Vector("access/g3", #"{"type":"pass","credential":12345678901234567890}"#, "pass g3 person=e3"),
        Vector(
            "access/g3", #"{"type":"pass","credential":12345678901234567891}"#, "pass g3 person=?12345678901234567891"),
        Vector("access/g3", #"{"type":"pass","credential":-0}"#, "pass g3 person=?0"),
        Vector("access/g3", #"{"type":"pass","credential":3E12}"#, "pass g3 person=e3"),
        Vector("access/g3", #"{"type":"pass","credential":"3e12"}"#, "pass g3 person=e3"),
        // Hexadecimal numbers of cards.
        Vector("access/g3", #"{"type":"pass","credential":"04:A2:1B:9C"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","credential":"04a21b9c"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","credential":"04-a2-1B 9C"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","credential":"04a21b9d"}"#, "pass g3 person=?04a21b9d"),
        // A device's own number does not hide the card; what is written so is surer than another form.
        Vector("access/g3", #"{"type":"pass","person":12345678,"credential":"04:a2:1b:9c"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":"12345678","credential":"04:a2:1b:9c"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":"12345678","credential":"04A21B9C"}"#, "pass g3 person=e4"),
        Vector("access/g3", #"{"type":"pass","person":12345678,"credential":"04A21B9C"}"#, "pass g3 person=e2"),
        Vector("access/g3", #"{"type":"pass","person":12345678}"#, "pass g3 person=?12345678"),
        Vector("access/g3", #"{"type":"pass","person":"12345678"}"#, "pass g3 person=e4"),
        Vector("access/g3", #"{"type":"pass","credential":"0x04.A2.1B_9C"}"#, "pass g3 person=e2"),
        // A table of directions.
        Vector("access/g1", #"{"type":"pass","dir":1.0}"#, "pass in g1"),
        Vector("access/g1", #"{"type":"pass","dir":20e-1}"#, "pass out g1"),
        Vector("access/g1", #"{"type":"pass","dir":" 2"}"#, "pass out g1"),
        Vector("access/g1", #"{"type":"pass","dir":"1.0"}"#, "pass g1"),
    ]

    @Test(arguments: who) func `every field that could name somebody is tried`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    private func id(_ json: String, _ topic: String = "community/hgs/elder/p1") -> DecodedRecord? {
        let payload =
            topic.hasPrefix("vendor")
            ? #"{"source":{"name":"d","type":"door"},"seq":\#(json)}"# : #"{"type":"motion","id":\#(json)}"#
        return NativeFormatTests.fixture.batch(topic, Array(payload.utf8)).records.first
    }

    @Test func `an id is a text, or an exact decimal`() throws {
        for topic in ["community/hgs/elder/p1", "vendor/h1/a/x"] {
            let one = try #require(id("1", topic))
            #expect(one.id != 0 && one.marks.contains(.hasID))
            #expect(id("1.0", topic)?.id == one.id && id("10e-1", topic)?.id == one.id)
            #expect(id("2", topic)?.id != one.id)
            let text = try #require(id("\"a7\"", topic))
            #expect(text.id != 0 && id("\"\\u0061\\u0037\"", topic)?.id == text.id)
            #expect(id("\"a8\"", topic)?.id != text.id)
            #expect(id("12345678901234567890", topic)?.id != id("12345678901234567891", topic)?.id)
            #expect(id("0", topic)?.id != 0)
            for none in ["null", "\"\""] {
                let record = try #require(id(none, topic))
                #expect(record.id == 0 && !record.marks.contains(.hasID), "\(none)")
            }
        }
        #expect(id("[1]")?.id != id("[2]")?.id && id("[1]")?.marks.contains(.hasID) == true)
    }

    @Test func `an old record's own time is believed from a day before it arrived`() {
        let fixture = NativeFormatTests.fixture
        let arrival: Int64 = 1_285_000_000_000  // 2010-09-20
        let day: Int64 = 24 * 3_600_000
        func says(_ time: Int64) -> String {
            fixture.says("community/hgs/elder/p1", "{\"type\":\"motion\",\"ts\":\(time)}", arrival: arrival)
        }
        #expect(says(arrival - day) == "motion on detection at-86400000 p1")
        // Not believed; up to 30 days it may have been handed in late, before that the clock is wrong.
        #expect(says(arrival - day - 1) == "motion on clock-fault detection perhaps-late p1")
        #expect(says(arrival - 30 * day) == "motion on clock-fault detection perhaps-late p1")
        #expect(says(arrival - 30 * day - 1) == "motion on clock-fault detection p1")
        #expect(says(arrival + 120_000) == "motion on detection at120000 p1")
        #expect(says(arrival + 120_001) == "motion on clock-fault detection p1")
        let young: Int64 = 1_577_836_800_000 + 3_600_000
        #expect(
            fixture.says(
                "community/hgs/elder/p1", "{\"type\":\"motion\",\"ts\":\(young - day)}", arrival: young)
                == "motion on detection at-86400000 p1")
        // From 2020 on a month is no matter: what is late is history, and what is before 2020 a wrong clock.
        let late: Int64 = 1_577_836_800_000 + 45 * day
        for (time, said) in [
            (late - 45 * day, "motion on detection at-3888000000 p1"),
            (late - 45 * day - 1, "motion on clock-fault detection p1"),
        ] {
            let payload = "{\"type\":\"motion\",\"ts\":\(time)}"
            #expect(fixture.says("community/hgs/elder/p1", payload, arrival: late) == said)
        }
    }

    @Test(arguments: [
        "2012-03-05T08:00:00+08:00", "1999-03-05T08:00:00+08:00", "1970-03-05T08:00:00+08:00",
        "2019-12-31T23:59:59+08:00", "2020-01-01T00:00:00Z",
    ])
    func `in a log of any year a time that agrees with its arrival is believed, however it is written`(_ text: String) {
        guard case .instant(let micros)? = ISO8601.read(text) else {
            Issue.record("\(text) is no time")
            return
        }
        let seconds = micros / 1_000_000
        for told in ["\"\(text)\"", "\(seconds)", "\"\(seconds)\"", "\(seconds).0"] {
            for late in [-90, 0, 240] as [Int64] {
                let said = NativeFormatTests.fixture.says(
                    "community/hgs/elder/p1", "{\"type\":\"motion\",\"ts\":\(told)}",
                    arrival: (seconds + late) * 1000)
                #expect(said == "motion on detection at\(-late * 1000) p1", "\(told)")
            }
        }
    }

    static let numbers: [Vector] = [
        Vector("elder/p1", #"{"type":"heartbeat","battery":" 9 "}"#, "heartbeat p1 battery=9"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":"9%"}"#, "heartbeat p1 battery=9"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":"low"}"#, "heartbeat p1 unreadable=battery"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":""}"#, "heartbeat p1"),
        Vector("access/g3", #"{"type":"pass","temp_c":"38.6 °C"}"#, "pass g3 temperature=38.6"),
        Vector("access/g3", #"{"type":"pass","temp_c":"38.6℃"}"#, "pass g3 temperature=38.6"),
        Vector("access/g3", #"{"type":"pass","temp_c":"38,6"}"#, "pass g3 unreadable=temp_c"),
        Vector("access/g3", #"{"type":"pass","temp_c":"nan"}"#, "pass g3 unreadable=temp_c"),
        Vector("camera/x", #"{"type":"crowd","count":"3.0"}"#, "crowd ?x count=3"),
        Vector("camera/x", #"{"type":"crowd","count":"many"}"#, "crowd ?x unreadable=count"),
        Vector("camera/x", #"{"type":"crowd","floor":"-1"}"#, "crowd floor=-1 ?x"),
        Vector("camera/x", #"{"type":"ebike","zone":[1]}"#, "ebike ?x unreadable=zone"),
        Vector("elder/p1", #"{"type":"water","value":"21.5"}"#, "water on detection number=21.5 p1"),
        Vector("elder/p1", #"{"type":"power","value":" 0 "}"#, "power off detection number=0.0 p1"),
        Vector("elder/p1", #"{"type":"power","value":null}"#, "power detection p1"),
        Vector("elder/p1", #"{"type":"power","value":1e999}"#, "power on detection p1 unreadable=value"),
        Vector("elder/p1", #"{"type":"power","value":"much"}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"heartbeat","value":"21.5"}"#, "heartbeat number=21.5 p1"),
        Vector("elder/p1", #"{"type":"motion","value":"1.0"}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":10e-1}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":1.00000000000000000000001}"#, "!bad-value"),
        Vector("elder/p1", #"{"type":"motion","value":" ON "}"#, "motion on detection p1"),
        Vector("elder/p1", #"{"type":"motion","value":""}"#, "motion on detection p1"),
        Vector("camera/x", #"{"type":"ebike","confidence":"93"}"#, "ebike confidence=0.93 ?x"),
        Vector("camera/x", #"{"type":"ebike","confidence":"high"}"#, "ebike ?x unreadable=confidence"),
    ]

    @Test(arguments: numbers) func `numbers that are told as texts are read, or counted`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    @Test func `a track or visit that is a number is one however it is written`() {
        func batch(_ json: String) -> DecodedBatch {
            NativeFormatTests.fixture.batch(
                "community/hgs/camera/x", Array("{\"type\":\"ebike\",\"track\":\(json),\"plate\":\(json)}".utf8))
        }
        #expect(batch("17").observations.first?.track == batch("17.0").observations.first?.track)
        #expect(batch("17.0").names.find("17") >= 0)
    }
}

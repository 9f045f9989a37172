import Foundation
import Testing

@testable import Feeds

@Suite struct MappingFormatTests {
    static let fixture = FeedFixture()

    typealias Vector = NativeFormatTests.Vector

    static let vectors: [Vector] = [
        Vector(
            "h1/a/motion", #"{"source":{"name":"porch"},"sensor":"pir","state":"1"}"#, "motion on detection h1-porch"),
        Vector(
            "h1/a/motion", #"{"source":{"name":"porch"},"sensor":"radar","state":0}"#, "motion off detection h1-porch"),
        Vector(
            "h1/a/motion", #"{"source":{"name":"porch"},"sensor":"pir","state":true}"#, "motion on detection h1-porch"),
        Vector(
            "h1/a/motion", #"{"source":{"name":"porch"},"sensor":"pir","state":"LOUD"}"#,
            "motion on detection number=7.0 h1-porch"),
        Vector("h1/a/motion", #"{"source":{"name":"porch"},"sensor":"pir","state":"loud"}"#, "!bad-value"),
        Vector("h1/a/motion", #"{"source":{"name":"porch"},"sensor":"pir"}"#, "!bad-value"),
        Vector("h1/a/other", #"{"source":{"name":"porch"},"sensor":"pir","state":"1"}"#, "!no-event"),
        Vector("h1/a/motion", #"{"source":{"name":"porch"},"sensor":["pir"],"state":"1"}"#, "!no-event"),
        Vector("h1/a/motion", #"{"source":{},"sensor":"pir","state":"1"}"#, "!no-device"),
        Vector("h1/a/motion", #"{"sensor":"pir","state":"1"}"#, "!no-device"),
        Vector("h1/motion", #"{"sensor":"pir","state":"1"}"#, "!bad-topic"),
        Vector("h1/a/motion", #"{"sensor":"#, "!bad-payload"),
        Vector(
            "h1/a/x", #"{"source":{"name":7},"armed":true,"level":3,"state":"Occupied"}"#, "presence on detection ?h1-7"
        ),
        Vector(
            "h1/a/x", #"{"source":{"name":7},"armed":"true","level":"3","state":0}"#, "presence off detection ?h1-7"),
        Vector("h1/a/x", #"{"source":{"name":7},"armed":true,"level":3.0,"state":1}"#, "presence on detection ?h1-7"),
        Vector("h1/a/x", #"{"source":{"name":7,"type":"room"},"state":"on"}"#, "motion on ?h1-7"),
        Vector("h1/a/x", #"{"source":{"name":7,"type":"room"}}"#, "motion on ?h1-7"),
        Vector("h1/a/open", #"{"source":{"name":"d"},"gone":null}"#, "contact on ?h1-d"),
        Vector(
            "h1/a/x", #"{"source":{"name":"d","type":"bike"},"score":0.5,"area":"lift"}"#,
            "ebike confidence=0.5 zone=lift ?h1-d"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"bike"},"score":5}"#, "ebike confidence=0.05 ?h1-d"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door"},"way":"in","card":"c77"}"#, "pass in ?h1-d person=e1"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door"},"card":"c78"}"#, "pass ?h1-d person=?c78"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door"},"card":"c77","who":"e2"}"#, "pass ?h1-d person=e2"),
        Vector(
            "h1/a/x", #"{"source":{"name":"d","type":"door","when":1772712900},"seq":12}"#, "pass at-30000 ?h1-d id"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door","when":"1772712930123"}}"#, "pass at123 ?h1-d"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door","when":17}}"#, "pass clock-fault ?h1-d"),
        Vector("h1/a/x", #"{"source":{"name":"d","type":"door","when":null}}"#, "pass ?h1-d"),
        Vector("h1/a/x", #"{"source":{"name":"\u0064","type":"d\u006for"},"card":"c\u00377"}"#, "pass ?h1-d person=e1"),
    ]

    @Test(arguments: vectors) func `a mapping reads what its file says`(_ vector: Vector) {
        #expect(MappingFormatTests.fixture.problems.isEmpty)
        #expect(
            MappingFormatTests.fixture.says("vendor/" + vector.tail, vector.payload) == vector.meaning,
            "\(vector.payload)")
    }

    static let nears: [Vector] = [
        Vector(
            "kitchen/kitchen/motion", #""location":"kitchen","subject":"kitchen","sensor":"motion","state":"ON""#,
            "motion on detection at-190 ?kitchen-kitchen id"),
        Vector(
            "kitchen/kitchen/motion", #""location":"kitchen","subject":"kitchen","sensor":"motion","state":"OFF""#,
            "motion off detection at-190 ?kitchen-kitchen id"),
        Vector(
            "kitchen/freezer/contact", #""location":"kitchen","subject":"freezer","sensor":"contact","state":"OPEN""#,
            "contact on at-190 ?kitchen-freezer id"),
        Vector(
            "entrance/door/contact", #""location":"entrance","subject":"door","sensor":"contact","state":"OFF""#,
            "contact off at-190 ?entrance-door id"),
        Vector(
            "kitchen/kitchen/temperature",
            #""location":"kitchen","subject":"kitchen","sensor":"temperature","state":"25.3 °C""#,
            "heartbeat at-190 ?kitchen-kitchen id"),
        Vector(
            "living/tv/instant_power",
            #""location":"living","subject":"tv","sensor":"instant_power","state":"300,25,10""#,
            "heartbeat at-190 ?living-tv id"),
        Vector(
            "kitchen/kitchen/smell", #""location":"kitchen","subject":"kitchen","sensor":"smell","state":"ON""#,
            "!no-event"),
        Vector(
            "kitchen/kitchen/motion", #""location":"kitchen","subject":"kitchen","sensor":"motion","state":"on""#,
            "!bad-value"),
    ]

    static let sides = """
        topic: "nears/{home}/+/+/{sensor}"
        device: "{home}"
        events:
          - when: {"{sensor}": cell}
            kind: heartbeat
            battery: /level
          - when: {"{sensor}": pir}
            kind: motion
            battery: /power/left
          - when: {"{sensor}": gate}
            kind: pass
            temp_c: /t
            plate: /plate
            visit: /code
          - kind: crowd
            count: /n
            floor: /at/floor

        """
    static let sideVectors: [(tail: String, payload: String, meaning: String)] = [
        ("cell", #"{"level":87}"#, "heartbeat ?h battery=87"), ("cell", #"{"level":"9 %"}"#, "heartbeat ?h battery=9"),
        ("cell", #"{"level":0}"#, "heartbeat ?h battery=0"), ("cell", #"{"level":100.0}"#, "heartbeat ?h battery=100"),
        ("cell", #"{"level":101}"#, "heartbeat ?h unreadable=battery"),
        ("cell", #"{"level":-1}"#, "heartbeat ?h unreadable=battery"),
        ("cell", #"{"level":"UNDEF"}"#, "heartbeat ?h unreadable=battery"),
        ("cell", #"{"level":null}"#, "heartbeat ?h"), ("cell", "{}", "heartbeat ?h"),
        ("cell", "{", "!bad-payload"),
        ("pir", #"{"power":{"left":12}}"#, "motion on detection ?h battery=12"),
        ("pir", #"{"power":{"left":"low"}}"#, "motion on detection ?h unreadable=battery"),
        ("pir", #"{"power":7}"#, "motion on detection ?h"),
        (
            "gate", #"{"t":"38.6℃","plate":"赣A12345","code":7.0}"#,
            "pass ?h temperature=38.6 plate=赣A12345 visit=7"
        ), ("gate", #"{"t":"hot"}"#, "pass ?h unreadable=temp_c"),
        ("cam", #"{"n":"12","at":{"floor":-1}}"#, "crowd floor=-1 ?h count=12"),
        ("cam", #"{"n":1.5,"at":{"floor":"top"}}"#, "crowd ?h unreadable=count unreadable=floor"),
    ]

    @Test(arguments: sideVectors)
    func `a mapping reads what stands beside an event as the native feed does`(
        _ vector: (tail: String, payload: String, meaning: String)
    ) {
        let fixture = FeedFixture(nears: Array(MappingFormatTests.sides.utf8))
        #expect(fixture.problems.isEmpty)
        #expect(
            fixture.says("nears/h/x/y/" + vector.tail, vector.payload) == vector.meaning, "\(vector.payload)")
    }

    @Test func `the ready mapping of a NEARS home reads what such a home sends`() throws {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("config/feeds/nears.yaml")
        let bytes = Array(try Data(contentsOf: file))
        let fixture = FeedFixture(nears: bytes)
        #expect(fixture.problems.isEmpty)
        for vector in MappingFormatTests.nears {
            let payload =
                #"{"sentAt":"2026-03-05T12:15:29.810Z",\#(vector.payload),"model":"hsm02","#
                + #""id":"63d0286122ebcc7b908954a0"}"#
            #expect(fixture.says("nears/0104/" + vector.tail, payload) == vector.meaning, "\(payload)")
        }
    }
}

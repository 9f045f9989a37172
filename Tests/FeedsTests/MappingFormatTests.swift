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

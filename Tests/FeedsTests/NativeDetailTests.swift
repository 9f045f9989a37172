import Testing

@testable import Feeds

/// The fields of the native feed that only some kinds have (docs/feeds.md): each with values, out of its range,
/// absent, null, of another type, and with escapes.
@Suite struct NativeDetailTests {
    typealias Vector = NativeFormatTests.Vector

    static let numbers: [Vector] = [
        Vector("access/g3", #"{"type":"pass","temp_c":36.5}"#, "pass g3 temperature=36.5"),
        Vector("access/g3", #"{"type":"pass","temp_c":-7}"#, "pass g3 temperature=-7.0"),
        Vector("access/g3", #"{"type":"pass","temp_c":1e300}"#, "pass g3 unreadable=temp_c"),
        Vector("access/g3", #"{"type":"pass","temp_c":"36.5"}"#, "pass g3 temperature=36.5"),
        Vector("access/g3", #"{"type":"pass","temp_c":null}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","temp_c":[36.5]}"#, "pass g3 unreadable=temp_c"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":-1}"#, "heartbeat p1 unreadable=battery"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":0}"#, "heartbeat p1 battery=0"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":99.5}"#, "heartbeat p1 battery=100"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":100}"#, "heartbeat p1 battery=100"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":101}"#, "heartbeat p1 unreadable=battery"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":300}"#, "heartbeat p1 unreadable=battery"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":"80"}"#, "heartbeat p1 battery=80"),
        Vector("elder/p1", #"{"type":"heartbeat","battery":null}"#, "heartbeat p1"),
        Vector(
            "elder/p1", #"{"type":"motion","battery":18446744073709551616}"#,
            "motion on detection p1 unreadable=battery"),
        Vector("camera/x", #"{"type":"crowd","count":-1}"#, "crowd ?x unreadable=count"),
        Vector("camera/x", #"{"type":"crowd","count":-5}"#, "crowd ?x unreadable=count"),
        Vector("camera/x", #"{"type":"crowd","count":0}"#, "crowd ?x count=0"),
        Vector("camera/x", #"{"type":"crowd","count":12.0}"#, "crowd ?x count=12"),
        Vector("camera/x", #"{"type":"crowd","count":2147483647}"#, "crowd ?x count=2147483647"),
        Vector("camera/x", #"{"type":"crowd","count":2147483648}"#, "crowd ?x unreadable=count"),
        Vector("camera/x", #"{"type":"crowd","count":2.5}"#, "crowd ?x unreadable=count"),
        Vector("camera/x", #"{"type":"crowd","count":"3"}"#, "crowd ?x count=3"),
        Vector("camera/x", #"{"type":"crowd","count":null}"#, "crowd ?x"),
    ]

    @Test(arguments: numbers) func `numbers in their ranges`(_ vector: Vector) { NativeFormatTests.check(vector) }

    static let words: [Vector] = [
        Vector("camera/x", #"{"type":"ebike","phase":"start"}"#, "ebike ?x phase=start"),
        Vector("camera/x", #"{"type":"ebike","phase":"UPDATE"}"#, "ebike ?x phase=update"),
        Vector("camera/x", #"{"type":"ebike","phase":"\u0065nd"}"#, "ebike ?x phase=end"),
        Vector("camera/x", #"{"type":"ebike","phase":"over"}"#, "ebike ?x"),
        Vector("camera/x", #"{"type":"ebike","phase":""}"#, "ebike ?x"),
        Vector("camera/x", #"{"type":"ebike","phase":1}"#, "ebike ?x"),
        Vector("camera/x", #"{"type":"ebike","phase":null}"#, "ebike ?x"),
        Vector("access/g3", #"{"type":"pass","method":"face"}"#, "pass g3 method=face"),
        Vector("access/g3", #"{"type":"pass","method":"card"}"#, "pass g3 method=card"),
        Vector("access/g3", #"{"type":"pass","method":"code"}"#, "pass g3 method=code"),
        Vector("access/g3", #"{"type":"pass","method":"QR"}"#, "pass g3 method=qr"),
        Vector("access/g3", #"{"type":"pass","method":"phone"}"#, "pass g3 method=phone"),
        Vector("access/g3", #"{"type":"pass","method":"but\u0074on"}"#, "pass g3 method=button"),
        Vector("access/g3", #"{"type":"pass","method":"iris"}"#, "pass g3 method=other"),
        Vector("access/g3", #"{"type":"pass","method":""}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","method":3}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","method":null}"#, "pass g3"),
        Vector("access/g3", #"{"type":"visitor_pass","visit":"v-7"}"#, "visitor_pass g3 visit=v-7"),
        Vector("access/g3", #"{"type":"visitor_pass","visit":7}"#, "visitor_pass g3 visit=7"),
        Vector("access/g3", #"{"type":"visitor_pass","visit":null}"#, "visitor_pass g3"),
        Vector("access/g3", #"{"type":"pass","plate":"鲁A12345"}"#, "pass g3 plate=鲁A12345"),
        Vector("access/g3", #"{"type":"pass","plate":"\u9c81A\\1"}"#, #"pass g3 plate=鲁A\1"#),
        Vector("access/g3", #"{"type":"pass","plate":""}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","plate":{"no":"A1"}}"#, "pass g3"),
        Vector("access/g3", #"{"type":"pass","plate":true}"#, "pass g3"),
        Vector("access/g3", #"{"type":"denied","reason":"expired"}"#, "denied g3 word=expired"),
        Vector("access/g3", #"{"type":"denied","reason":12}"#, "denied g3 word=12"),
        Vector("access/g3", #"{"type":"denied","reason":null}"#, "denied g3"),
        Vector("access/g3", #"{"type":"pass","reason":"expired"}"#, "pass g3"),
        Vector("access/g3", #"{"type":"denied","category":"noise","text":"t","by":"e1","place":"b3"}"#, "denied g3"),
    ]

    @Test(arguments: words) func `phases, methods and the words of doors`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    static let reports: [Vector] = [
        Vector(
            "report/app", #"{"type":"resident_report","category":"noise","text":"太吵","by":"e2","place":"b3"}"#,
            "resident_report ?app word=noise text=太吵 by=e2 place=b3"),
        Vector(
            "report/app", #"{"type":"patrol_report","place":"3栋/2单元/502"}"#, "patrol_report ?app place=3栋/2单元/502"),
        Vector("report/app", #"{"type":"patrol_report","place":"\u0062\u0033"}"#, "patrol_report ?app place=b3"),
        Vector("report/app", #"{"type":"patrol_report","place":"b4"}"#, "patrol_report ?app"),
        Vector("report/app", #"{"type":"patrol_report","place":3}"#, "patrol_report ?app"),
        Vector("report/app", #"{"type":"patrol_report","place":null,"by":null,"text":null}"#, "patrol_report ?app"),
        Vector("report/app", #"{"type":"dissuasion","by":17,"text":8}"#, "dissuasion ?app text=8 by=17"),
        Vector("report/app", #"{"type":"dissuasion","text":["x"],"category":{}}"#, "dissuasion ?app"),
        Vector("report/app", #"{"type":"lift_fault","text":"a\nb\u00e9\ud83d\ude97"}"#, "lift_fault ?app text=a\nbé🚗"),
        Vector("report/app", #"{"type":"lift_fault","text":"\ud83d"}"#, "lift_fault ?app"),
    ]

    @Test(arguments: reports) func `reports say what, where and by whom`(_ vector: Vector) {
        NativeFormatTests.check(vector)
    }

    @Test(arguments: [299, 300, 301]) func `a report's text is cut at 300 characters`(_ length: Int) {
        for character in ["a", "吵", "🚗"] {
            let text = String(repeating: character, count: length)
            let said = NativeFormatTests.fixture.says(
                "community/hgs/report/app", #"{"type":"resident_report","text":""# + text + #""}"#)
            #expect(said == "resident_report ?app text=" + text.prefix(300))
        }
    }

    @Test func `a track is the same where it is written the same, and another otherwise`() {
        func track(_ json: String) -> UInt32? {
            let payload = Array(#"{"type":"ebike","track":\#(json)}"#.utf8)
            return NativeFormatTests.fixture.batch("community/hgs/camera/x", payload).observations.first?.track
        }
        #expect(track(#""t-1""#) == track(#""t\u002d1""#))
        #expect(track("17") == track(#""17""#))
        #expect(track("17") != track("18"))
        #expect(track("17") != 0)
        for json in ["null", "\"\"", "[]", "{}", "true"] { #expect(track(json) == 0, "\(json)") }
    }

    private static func fall(points: Int) -> String {
        let list = (0..<points).map { "[\(1_772_712_930_000 + 40 * $0),0.5,\(60.0 - 0.0078 * Double($0 * $0))]" }
        return "[" + list.joined(separator: ", ") + "]"
    }

    @Test func `a camera's path is fitted`() throws {
        let payload = #"{"type":"thrown_object","path":\#(NativeDetailTests.fall(points: 50))}"#
        let batch = NativeFormatTests.fixture.batch("community/hgs/camera/f", Array(payload.utf8))
        var times: ContiguousArray<Double> = []
        var heights: ContiguousArray<Double> = []
        for index in 0..<50 {
            times.append(Double(1_772_712_930_000 + 40 * index))
            heights.append(60.0 - 0.0078 * Double(index * index))
        }
        let expected = try #require(FallFit(milliseconds: times, heights: heights))
        #expect(batch.observations.map(\.fit) == [0])
        #expect(Array(batch.fits) == [expected])
    }

    @Test(arguments: [1999, 2000, 2001]) func `a path has at most 2,000 points`(_ points: Int) {
        let list = (0..<points).map { "[\(40 * $0),0,\(points - $0)]" }.joined(separator: ",")
        let payload = Array(#"{"type":"thrown_object","path":[\#(list)]}"#.utf8)
        let batch = NativeFormatTests.fixture.batch("community/hgs/camera/f", payload)
        #expect(batch.observations.count == 1)
        #expect(batch.fits.count == (points <= 2000 ? 1 : 0))
    }

    @Test(arguments: [
        "null", "[]", "7", "\"x\"", "{}", "[[]]", "[[0,0]]", "[[0,0,9,1]]", "[0,0,9]", "[[0,0,\"9\"]]", "[[0,0,null]]",
        "[[0,0,9],[40,0,8],[80,0,7],[120,0,6],[160,0,[5]]]", "[[0,0,9],[40,0,8],[80,0,7],[120,0,6],{}]",
        "[[0,0,9],[40,0,8],[80,0,7],[120,0,6],[160,0,1e999]]",
    ]) func `what is no path leaves the observation without one`(_ path: String) {
        let said = NativeFormatTests.fixture.says(
            "community/hgs/camera/f", #"{"type":"thrown_object","path":\#(path)}"#)
        #expect(said == "thrown_object ?f" || said == "!bad-json", "\(path)")
    }

    @Test func `a path that does not come from a camera is evidence alone`() {
        let said = NativeFormatTests.fixture.says(
            "community/hgs/elder/p1", #"{"type":"fall","path":\#(NativeDetailTests.fall(points: 50))}"#)
        #expect(said == "fall p1")
    }

    @Test func `the keys of the feed are spelled as the contract has them`() {
        let names = [
            "type", "ts", "id", "device", "value", "person", "credential", "dir", "confidence", "zone", "floor",
            "temp_c", "battery", "phase", "method", "count", "track", "plate", "visit", "reason", "category", "text",
            "by", "place", "path",
        ]
        #expect(NativeKey.allCases.map(\.name) == names)
    }
}

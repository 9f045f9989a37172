import Alerts
import Cases
import Testing
import Vocabulary

@testable import Pipeline

/// What people's records do to alerts (`Case`), by way of the log.
@Suite struct ActTests {
    private static let scene = Scene(rules: ["sos: {kind: sos}"])
    private static let call = Line.native(0, "elder/p1", "sos")

    private static func act(_ at: Int64, _ verb: String, _ fields: String = "") throws -> Line {
        let id = try #require(scene.run([call]).changes.first?.id)
        return .own(at, "act", "{\"verb\":\"\(verb)\",\"alert\":\"\(id)\",\"actor\":\"w1\"\(fields)}")
    }

    /// What was told behind the raise, and the counters; the same with a restart after each record.
    private func told(_ acts: [Line]) throws -> (changes: [String], counters: Pipeline.Counters) {
        let lines = [ActTests.call] + acts
        let whole = ActTests.scene.run(lines)
        let (split, _) = try ActTests.scene.run(lines) { pipeline in
            pipeline = try ActTests.scene.restored(pipeline.encoded()).pipeline
        }
        #expect(ActTests.scene.json(whole) == ActTests.scene.json(split) && whole.counters == split.counters)
        return (
            whole.changes.dropFirst().map { "\($0.change.rawValue) \($0.state.rawValue)" }, whole.counters
        )
    }

    @Test func `a case goes from hand to hand, and what is closed is nobody's any more`() throws {
        let verbs = ["dispatch", "ack", "arrive", "handle", "check", "note"]
        let result = try told(
            verbs.enumerated().map {
                // Another looks at it.
                try ActTests.act(
                    Scene.minute * Int64($0.offset + 1), $0.element, $0.element == "check" ? ",\"actor\":\"w2\"" : "")
            })
        #expect(
            result.changes == [
                "dispatched dispatched", "acknowledged acknowledged", "arrived on_site", "handled handled",
                "checked handled", "closed closed",
            ])
        #expect(result.counters.lostActs == 1, "the note behind the closing, which brings no page")
    }

    @Test func `the same act told twice is done once, restart or not`() throws {
        let key = ",\"key\":\"k1\""
        let result = try told([
            ActTests.act(1000, "ack", key), ActTests.act(2000, "ack", key),
            // It is known behind what the sensors say as well.
            .native(3000, "elder/p1", "sos"), ActTests.act(4000, "ack", key),
            // Another verb, another key, none: acts of their own.
            ActTests.act(5000, "note", key), ActTests.act(6000, "note", ",\"key\":\"k2\""), ActTests.act(7000, "note"),
            // And behind the end, when it is no open alert's any more.
            ActTests.act(8000, "close", key), ActTests.act(9000, "close", key),
        ])
        #expect(result.changes.filter { $0.hasPrefix("acknowledged") }.count == 1)
        #expect(result.changes.filter { $0.hasPrefix("noted") }.count == 3)
        #expect(result.changes.filter { $0.hasPrefix("closed") }.count == 1)
        #expect(result.counters.redelivered == 3 && result.counters.unknownOwn == 0 && result.counters.lostActs == 0)
    }

    @Test func `what people did is in a snapshot, and comes out of it as it went in`() throws {
        func bytes(_ key: String) throws -> [UInt8] {
            ActTests.scene.pipeline(after: [ActTests.call, try ActTests.act(1000, "ack", key)]).encoded()
        }
        let (without, with) = (try bytes(""), try bytes(",\"key\":\"k1\""))
        // Eight bytes for a key.
        #expect(with.count == without.count + 8)
        #expect(try ActTests.scene.restored(without).pipeline.encoded() == without)
        #expect(try ActTests.scene.restored(with).pipeline.encoded() == with)
    }

    @Test func `a word that is no verb, an alert that nobody knows and a person who is not there are counted`() throws {
        let result = try told([
            ActTests.act(1000, "Ack"), ActTests.act(2000, "take"),
            .own(3000, "act", "{\"verb\":\"ack\",\"alert\":\"0123456789abcdef\"}"),
            .own(4000, "act", "{\"verb\":\"handle\",\"resident\":\"nobody\",\"found\":\"well\"}"),
        ])
        #expect(result.changes.isEmpty && result.counters.unknownOwn == 4)
    }

    @Test func `what the sensors end is theirs who took it, and over where nobody did`() throws {
        let scene = Scene(
            rules: ["gone: {kind: device_silent}"], residents: "",
            devices: "id,place,kind,heartbeat,via\na1,3栋/1单元/101,pir,10m,hub\np9,gates,pir,,\n")
        let beats = (0...6).map { Line.native(Int64($0) * 10 * Scene.minute, "elder/a1", "heartbeat") }
        let lines = beats + [.quiet(3 * Scene.hour)]
        let back = Line.native(4 * Scene.hour, "elder/a1", "heartbeat")
        let id = try #require(scene.run(lines).changes.last?.id)
        func ends(_ verb: String) -> [String] {
            let act = Line.own(3 * Scene.hour + 1, "act", "{\"verb\":\"\(verb)\",\"alert\":\"\(id)\"}")
            return scene.run(lines + [act, back]).changes.dropFirst().map {
                "\($0.change.rawValue) \($0.state.rawValue)"
            }
        }
        #expect(ends("dispatch") == ["dispatched dispatched", "resolved resolved"])
        #expect(ends("ack") == ["acknowledged acknowledged", "updated acknowledged"])
        #expect(ends("return") == ["returned open", "resolved resolved"])
    }
}

import Alerts
import Diagnostics
import Testing

@testable import Pipeline
import Vocabulary

/// What only counts is written once a minute and alert, and the last count is not lost.
@Suite struct CountUpdatesTests {
    private static let minute = Scene.minute

    private func run(_ scene: Scene, _ lines: [Line]) throws -> Scene.Result {
        let whole = scene.run(lines)
        for every in [1, 7] {
            let (split, _) = try scene.run(lines) { pipeline in
                if pipeline.record % Int64(every) == 0 { pipeline = try scene.restored(pipeline.encoded()).pipeline }
            }
            #expect(scene.json(whole) == scene.json(split), "a restart after each \(every) records")
        }
        return whole
    }

    @Test func `refusals of a burst are written once a minute with their count, the last a minute behind`() throws {
        let scene = Scene(rules: ["burst: {kind: access_denied_burst, key: device}"])
        let refusals = (0..<900).map {
            Line.native(Int64($0) * 200, "access/north", "denied", ",\"credential\":\"x\($0)\"")
        }
        let told = try run(scene, refusals + [.quiet(5 * CountUpdatesTests.minute)])
        #expect(told.changes.filter { $0.change == .raised }.count == 1)
        let updates = told.changes.filter { $0.change == .updated }
        // From the fifth refusal at 0.8 s to the last at 179.8 s: at once, and then each minute.
        #expect(updates.count == 4 && updates.allSatisfy { !$0.isTold })
        #expect(told.times.last == 1000 + 3 * CountUpdatesTests.minute)
        #expect(updates.last?.detail.contains("\"total\":900") == true, "\(updates.last?.detail ?? "")")
        #expect(updates.last?.message.zh.contains("累计900次") == true)
    }

    @Test func `two alerts that count at one instant are told in one order, a restart between or not`() throws {
        let scene = Scene(rules: ["burst: {kind: access_denied_burst}"])
        // A card at one door: an alert of the door and one of the card; twice, minutes apart.
        let lines = [0, 30].flatMap { minute in
            (0..<12).map { index -> Line in
                .native(
                    Int64(minute) * CountUpdatesTests.minute + Int64(index) * 1000, "access/north", "denied",
                    ",\"credential\":\"x\(minute)\"")
            }
        }
        let told = try run(scene, lines + [.quiet(60 * CountUpdatesTests.minute)])
        #expect(told.changes.count { $0.change == .updated } >= 6)
    }

    @Test func `a closing has the last count`() throws {
        let scene = Scene(rules: ["burst: {kind: access_denied_burst, key: device}"])
        let lines = (0..<50).map { Line.native(Int64($0) * 500, "access/north", "denied") }
        let id = try #require(scene.run(lines).changes.first?.id)
        let close = Line.own(26_000, "act", "{\"verb\":\"close\",\"alert\":\"\(id)\",\"actor\":\"w1\"}")
        let told = try run(scene, lines + [close, .quiet(5 * CountUpdatesTests.minute)])
        #expect(told.changes.last?.change == .closed)
        #expect(told.changes.last?.detail.contains("\"total\":50") == true, "\(told.changes.last?.detail ?? "")")
    }

    @Test func `ticks change neither what is written nor when`() {
        let scene = Scene(rules: ["burst: {kind: access_denied_burst, key: device}"])
        let refusals = (0..<300).map { Line.native(Int64($0) * 500, "access/north", "denied") }
        let ticked = refusals.flatMap { line in [line, .own(line.at + 1, "tick"), .own(line.at + 250, "tick")] }
        let end = Line.quiet(9 * CountUpdatesTests.minute)
        #expect(scene.json(scene.run(refusals + [end])) == scene.json(scene.run(ticked + [end])))
    }

    @Test func `what waits is not told once its alert is closed, or told otherwise`() throws {
        let scene = Scene(rules: ["warm: {kind: fever}"])
        func measured(_ at: Int64, _ celsius: Double) -> Line {
            .native(at, "access/north", "pass", ",\"person\":\"e1\",\"temp_c\":\(celsius)")
        }
        let lines = [measured(0, 37.5), measured(1000, 37.6), measured(2000, 37.9), measured(3000, 38.4)]
        let told = try run(scene, lines + [.quiet(CountUpdatesTests.minute * 3)])
        #expect(told.changes.map(\.change) == [.raised, .updated, .updated])
        let over = try run(scene, lines + [measured(4000, 36.5), .quiet(CountUpdatesTests.minute * 3)])
        #expect(over.changes.map(\.change) == [.raised, .updated, .resolved])
        let id = try #require(told.changes.first?.id)
        let close = Line.own(
            5000, "act", "{\"verb\":\"close\",\"alert\":\"\(id)\",\"actor\":\"w1\",\"found\":\"real\"}")
        let closed = try run(scene, lines + [close, .quiet(CountUpdatesTests.minute * 3)])
        #expect(closed.changes.map(\.change) == [.raised, .updated, .closed])
    }

    @Test func `a step of the clock moves what waits`() throws {
        let scene = Scene(rules: ["burst: {kind: access_denied_burst, key: device}"])
        let refusals = (0..<20).map { Line.native(Int64($0) * 1000, "access/north", "denied") }
        let hour = Scene.hour
        let step = Line.clock(20_000, from: 20_000, to: hour + 20_000, "step")
        let told = try run(scene, refusals + [step, .quiet(hour + 5 * CountUpdatesTests.minute)])
        #expect(told.times.last == hour + 5000 + CountUpdatesTests.minute)
    }
}

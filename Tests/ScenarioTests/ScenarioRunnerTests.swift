import Diagnostics
import TestSupport
import Testing

@testable import Scenarios

@Suite struct ScenarioRunnerTests {
    /// One case that uses each kind of line and of expectation.
    static let whole = """
        case: a day at home   # with everything
          +1m       elder/p1 motion value=1 id=7
          +2m       elder/p1 motion value=1 id=7    [redelivered]
          +24h1m    => raised silence severity=medium key=3栋/2单元/502 person=e1 started=+1m detected=+24h1m \
        device=- state=open detail.after=24h detail.stage=1 evidence.0.device=p1 message.zh~24小时 message.en~"Please go"
          +72h1m    => updated silence severity=high detail.stage=2 last_evidence=+1m
          +80h      elder/p1 {"type":"motion","ts":@+80h}
          +80h      => resolved silence state=resolved last_evidence=2026-03-08T08:00:00+08:00
          +81h      elder/p1 motoin
          +81h      => refused unknown-type
          +81h1s    elder/p1 '{"type":'
          +81h1s    => refused
          +82h      camera/lift3 ebike confidence=0.9 [x2 every 1s]
          +82h1s    => raised bike detail.count=2 detail.devices.0=lift3
          +82h1s    => publish lift/lift3/hold hold
          +82h1m1s  => publish lift/lift3/hold 'let go'
          +83h      => nothing
          end +100h

        """

    @Test func `a case with each kind of line holds`() throws {
        let outcomes = try ScenarioTexts.run(ScenarioRunnerTests.whole)
        #expect(outcomes.map(\.holds) == [true], "\(outcomes[0].rendered(in: .en))")
        #expect(outcomes[0].lines.count == 8)
    }

    /// Each of these turns the case above into one that must fail.
    @Test(arguments: [
        ("+24h1m    => raised", "+24h1m0.001s => raised"), ("=> raised silence", "=> updated silence"),
        ("severity=medium", "severity=high"), ("key=3栋/2单元/502", "key=3栋/2单元/501"), ("person=e1", "person=-"),
        ("started=+1m ", "started=+2m "), ("detected=+24h1m", "detected=+24h"), ("device=-", "device=p1"),
        ("state=open", "state=closed"), ("detail.after=24h", "detail.after=25h"), ("detail.stage=1", "detail.stage=2"),
        ("detail.after=24h", "detail.after=-"), ("detail.after=24h", "detail=24h"),
        ("detail.stage=1", "detail.staeg=1"),
        ("evidence.0.device=p1", "evidence.1.device=p1"), ("message.zh~24小时", "message.zh~72小时"),
        ("message.en~\"Please go\"", "message.en=\"Please go\""), ("last_evidence=+1m", "last_evidence=+2m"),
        ("T08:00:00+08:00", "T08:00:00Z"), ("  +24h1m ", "  +24h => raised silence\n  +24h1m "),
        ("refused unknown-type", "refused no-type"), ("  +81h      => refused unknown-type\n", ""),
        ("  +81h1s    => refused\n", ""), ("hold hold", "hold HOLD"), ("lift/lift3/hold hold", "lift/lift5/hold hold"),
        ("  +82h1m1s  => publish lift/lift3/hold 'let go'\n", ""), ("devices.0=lift3", "devices.0=lift5"),
        ("  +80h      => resolved silence state=resolved last_evidence=2026-03-08T08:00:00+08:00\n", ""),
        (
            "  +82h1s    => raised bike detail.count=2 detail.devices.0=lift3\n  +82h1s    => publish lift/lift3/hold hold\n",
            "  +82h1s    => publish lift/lift3/hold hold\n  +82h1s    => raised bike detail.count=2\n"
        ),
        ("end +100h", "end +104h"),
    ])
    func `a wrong expectation fails`(_ right: String, _ wrong: String) throws {
        let text = ScenarioRunnerTests.whole.replacing(right, with: wrong, maxReplacements: 1)
        #expect(text != ScenarioRunnerTests.whole)
        let outcome = try ScenarioTexts.run(text)[0]
        #expect(!outcome.holds, "\(right) → \(wrong)")
    }

    @Test func `a restart after every record changes nothing`() throws {
        let outcomes = try ScenarioTexts.run(ScenarioRunnerTests.whole, restartsEverywhere: true)
        #expect(outcomes[0].holds, "\(outcomes[0].rendered(in: .en))")
    }

    @Test func `the difference is told in the scenario's own notation, and what came can be pasted`() throws {
        let text = """
            case: nobody moves
              +1h elder/p1 motion
              +25h => raised silence severity=high message.en~72
              +25h => publish a b
              +73h => updated silence    # right
              +80h elder/p1 motion
            """
        let outcome = try ScenarioTexts.run(text)[0]
        let line = ScenarioTexts.border
        let told = outcome.rendered(in: .en).split(separator: "\n").map(String.init)
        try #require(told.count == 6, "\(told)")
        #expect(told[0] == "/site/a.scenario:\(line + 1): nobody moves")
        #expect(
            told[1] == "  - +25h => raised silence severity=high message.en~72    # line \(line + 3), did not come")
        #expect(told[2] == "  - +25h => publish a b    # line \(line + 4), did not come")
        #expect(told[3].hasPrefix("  + +25h => raised silence severity=medium message.en=\""))
        #expect(told[4] == "    +73h => updated silence")
        #expect(
            told[5]
                == "  + +80h => resolved silence key=3栋/2单元/502 severity=high started=+1h detected=+25h "
                + "verdict=not_moving")
        // What came, pasted, holds.
        let got = outcome.lines.compactMap { line -> String? in
            switch line {
            case .same(let item), .surplus(let item): "  " + item
            case .missing: nil
            }
        }
        let pasted =
            "case: b\n  +1h elder/p1 motion\n" + got[0...1].joined(separator: "\n") + "\n  +80h elder/p1 motion\n"
            + got[2]
        #expect(try ScenarioTexts.run(pasted)[0].holds)
    }

    @Test func `a row of the table is a case of its own`() throws {
        let text = """
            case: evidence at <at>
              with at=+23h59m59.999s  then=nothing
              with at=+24h            then=raised
              with at=+24h0.001s      then=raised
              +0   elder/p1 motion
              <at> elder/p1 motion value=0
              +24h => <then> silence
              end +24h0.001s
            case: no name
              with a=1
              +0 own tick
            """
        // Value 0 is the end of a movement and no evidence, so each of the three raises.
        let outcomes = try ScenarioTexts.run(text)
        #expect(
            outcomes.map(\.name) == [
                "evidence at +23h59m59.999s", "evidence at +24h", "evidence at +24h0.001s", "no name (a=1)",
            ])
        #expect(outcomes.map(\.holds) == [false, true, true, true])
        let live = try ScenarioTexts.run(text.replacing("value=0", with: "value=1"))
        // At the deadline itself the timer is first, and the movement ends at once what it raised.
        #expect(live.map(\.holds) == [true, false, false, true])
    }

    @Test func `in quiet the clock goes on to the end, and no further`() throws {
        let text = "case: a\n  +0 elder/p1 motion\n  end "
        #expect(try ScenarioTexts.run(text + "+23h59m59.999s")[0].holds)
        #expect(try !ScenarioTexts.run(text + "+24h")[0].holds)
    }

    @Test func `the box, its session and its clock are drawn as well`() throws {
        let text = """
            case: the box is down for ten hours over the deadline
              +0        elder/p1 motion
              +20h      down
              +30h      own start down_since=@+20h
              +30h1s    own session connected present=true
              +30h2s    own session settled
              +30h2s    => raised silence detected=+24h
            case: the clock is set back by two hours
              +0        elder/p1 motion
              +10h      own clock step from=@+10h to=@+8h
              +9h       camera/lift3 heartbeat
              +22h      => raised silence started=-2h detected=+22h
            case: a session is lost and settles
              start 2026-03-06T06:00:00
              +0        elder/p1 motion
              +1h       own session lost
              2026-03-07T05:59:50+08:00 own session connected present=true
              +24h10s   own {"state":"settled"}
            """.replacing("own {\"state\"", with: "own session {\"state\"")
            + "\n  +24h10s => raised silence detected=+24h\n"
        for outcome in try ScenarioTexts.run(text) { #expect(outcome.holds, "\(outcome.rendered(in: .en))") }
        for outcome in try ScenarioTexts.run(text, restartsEverywhere: true) {
            #expect(outcome.holds, "\(outcome.rendered(in: .en))")
        }
    }

    @Test func `a redelivered message has the id of the one it repeats`() throws {
        let text = """
            case: the same motion, handed over again when the session is back
              +0      elder/p1 motion
              +1h     elder/p1 motion
              +2h     own session lost
              +2h1s   own session connected present=true
              +2h2s   elder/p1 motion ts=@+2h2s      # another message
              +2h3s   own session settled
              +3h     elder/p1 motion [retained] [qos 0] [mid 9]
              +26h2s  => raised silence started=+2h2s
            """
        #expect(try ScenarioTexts.run(text)[0].holds)
        let again = text.replacing(
            "elder/p1 motion ts=@+2h2s      # another message", with: "elder/p1 motion [redelivered]"
        ).replacing("+26h2s  => raised silence started=+2h2s", with: "+25h  => raised silence started=+1h")
        #expect(try ScenarioTexts.run(again)[0].holds)
    }

    @Test func `an own record that the program does not know is refused, and an alert is named by its rule`() throws {
        let text = "case: a\n  +0 own session sleeping\n  +0 => refused unknown-own\n"
        #expect(try ScenarioTexts.run(text)[0].holds)
        let scenario = try #require(
            ScenarioTexts.parse(ScenarioTexts.head + "case: a\n  +0 own act ack alert=$silence\n").scenario)
        guard case .record(let sent) = scenario.cases[0].steps[0].act else { throw WrongStep() }
        #expect(
            String(decoding: sent.payload.bytes(alerts: ["silence": "0123456789abcdef"]), as: UTF8.self)
                == #"{"verb":"ack","alert":"0123456789abcdef"}"#)
    }

    @Test func `a case that goes wild is cut off`() throws {
        let outcome = try ScenarioTexts.run("case: a\n  +1m elder/p1 nothing [x2000 every 1s]\n")[0]
        #expect(!outcome.holds)
        #expect(outcome.trouble != nil)
        #expect(outcome.lines.count == ScenarioRunner.happeningsMax)
    }

    /// Whatever stands in a file: it is read or refused, and what was read can be run.
    @Test func `a text with any damage is read or refused`() throws {
        var random = SeededRandom(for: "a text with any damage is read or refused")
        let whole = Array((ScenarioTexts.head + ScenarioRunnerTests.whole).unicodeScalars)
        let pieces = Array("\n  +-@$#<>=~[]{}\"'.:|1x9dT电 ".unicodeScalars)
        var refused = 0
        for _ in 0..<400 {
            var text = whole
            for _ in 0...random.int(0...4) {
                let at = random.int(0...text.count - 1)
                switch random.int(0...2) {
                case 0: text.removeSubrange(at..<min(text.count, at + random.int(1...30)))
                case 1: text.insert(random.pick(pieces), at: at)
                default: text[at] = random.pick(pieces)
                }
            }
            let (scenario, told, _) = ScenarioTexts.parse(String(String.UnicodeScalarView(text)))
            #expect((scenario == nil) == told.contains { $0.severity == .error })
            guard let scenario else {
                refused += 1
                continue
            }
            let runner = ScenarioRunner(scenario)
            for item in scenario.cases { _ = runner.run(item).rendered(in: .zhHans) }
        }
        #expect((100..<400).contains(refused), "\(refused)")
    }

    private struct WrongStep: Error {}
}

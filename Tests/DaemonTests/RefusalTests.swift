import Feeds
import Testing
import Timekeeping

@testable import Daemon

/// Which refusals the daemon's log has.
@Suite struct RefusalTests {
    private let now = Instant(milliseconds: 1_772_712_930_000)

    @Test func `what may be a call for help is told each, anything else once a minute and code`() {
        let state = DaemonState()
        #expect(state.refused("bad-payload", at: now))
        #expect(!state.refused("bad-payload", at: now + Milliseconds(59_999)))
        #expect(state.refused("bad-payload", at: now + Milliseconds(60_000)))
        for _ in 0..<DaemonState.callsToldMax { #expect(state.refused(Decoder.unreadableCall, at: now)) }
        #expect(!state.refused(Decoder.unreadableCall, at: now), "the log is bounded as well")
        #expect(state.refused(Decoder.unreadableCall, at: now + Milliseconds(60_000)))
        #expect(state.view.refused == ["bad-payload": 3, "unreadable-call": DaemonState.callsToldMax + 2])
    }

    @Test func `a word decides a sync, in small letters or capitals`() {
        for (text, isUrgent) in [
            (#"{"type":"SOS"}"#, true), (#"{"type":"co"}"#, true), (#"{"type":"contact"}"#, false),
            ("{\"pad\":\"" + String(repeating: "x", count: 4096) + "\",\"type\":\"sos\"}", false),
        ] {
            let bytes = Array(text.utf8)
            #expect(unsafe bytes.withUnsafeBufferPointer { unsafe Urgency.isLifeSafety($0) } == isUrgent, "\(text)")
        }
    }
}

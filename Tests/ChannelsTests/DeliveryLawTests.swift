import Channels
import Delivery
import Testing
import Timekeeping
import Vocabulary

@Suite struct BackoffTests {
    func next(
        _ failure: TransientFailure = TransientFailure("x"), attempt: Int = 1, severity: Severity = .critical,
        elapsed: Milliseconds = .zero, jitter: Double = 0.5
    ) -> Milliseconds? {
        let now = noon + elapsed
        let at = RetryBackoff.next(
            after: failure, attempt: attempt, severity: severity, firstTried: noon, now: now, jitter: jitter)
        return at.map { $0 - now }
    }

    @Test func `the ceiling doubles from 2 s to 5 min`() {
        let ceilings = (1...12).map { RetryBackoff.delay(afterAttempt: $0, jitter: 1).count / 1000 }
        #expect(ceilings == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300])
    }

    @Test func `full jitter reaches from nothing to the ceiling, evenly`() {
        #expect(RetryBackoff.delay(afterAttempt: 3, jitter: 0) == .zero)
        #expect(RetryBackoff.delay(afterAttempt: 3, jitter: 0.25) == .seconds(2))
        #expect(RetryBackoff.delay(afterAttempt: 3, jitter: 0.75) == .seconds(6))
    }

    @Test(arguments: [0, -1, Int.min, Int.max]) func `odd attempt numbers and odd randomness do no harm`(attempt: Int) {
        for jitter in [-1.0, 0, 1, 2] {
            let delay = RetryBackoff.delay(afterAttempt: attempt, jitter: jitter)
            #expect(delay >= .zero && delay <= RetryBackoff.cap)
        }
    }

    @Test func `what the platform asks for is honoured, up to an hour`() {
        #expect(next(TransientFailure("x", retryAfter: .seconds(90))) == .seconds(90))
        #expect(next(TransientFailure("x", retryAfter: .zero), attempt: 3) == .seconds(4))
        #expect(next(TransientFailure("x", retryAfter: .days(1))) == .hours(1))
    }

    @Test(arguments: [(.critical, 24), (.high, 12), (.medium, 6), (.low, 2)] as [(Severity, Int64)])
    func `it is given up at its severity's deadline`(severity: Severity, hours: Int64) {
        let failure = TransientFailure("x", retryAfter: .seconds(1))
        #expect(next(failure, severity: severity, elapsed: .hours(hours) - .seconds(1), jitter: 0) == .seconds(1))
        #expect(next(failure, severity: severity, elapsed: .hours(hours), jitter: 0) == nil)
    }

    @Test func `an answer that nobody understands ends at its number of attempts`() {
        let failure = TransientFailure("x", attemptsMax: 3)
        #expect(next(failure, attempt: 2, severity: .high) != nil)
        #expect(next(failure, attempt: 3, severity: .high) == nil)
    }

    @Test func `what is critical has no number of attempts, and its first retry comes within 3 s`() {
        let failure = TransientFailure("x", attemptsMax: 3)
        for attempt in [3, 8, 300] { #expect(next(failure, attempt: attempt, severity: .critical) != nil) }
        for jitter in [0, 0.5, 0.999_999, 1] {
            let pause = next(failure, attempt: 1, severity: .critical, jitter: jitter)
            #expect(pause.map { $0 <= .seconds(3) } == true)
        }
    }
}

@Suite struct ChatTextTests {
    @Test(
        arguments: [
            ("3栋2单元 502", "3栋2单元 502"),
            ("a\u{0}b\tc\r\nd\u{7F}", "a b c d"),
            ("\u{202E}abc\u{200B}\u{FEFF}", "abc"),
            ("@all 快来 @所有人", "\u{FF20}all 快来 \u{FF20}所有人"),
            ("<@lisi>你好", "\u{FF20}lisi>你好"),
            ("请点http://bad.test/x?y=1立即处理", "请点[…]立即处理"),
            ("see HTTPS://bad.test now", "see […] now"),
            ("www.bad.test", "[…]"),
            ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
            ("", ""), ("://", "[…]"), ("   ", ""),
        ])
    func `control characters, mentions and links go, the words stay`(raw: String, clean: String) {
        #expect(ChatText.clean(raw) == clean)
    }

    @Test func `a cut never splits a character nor exceeds its bytes`() {
        let text = "罗\u{1F468}\u{200D}\u{1F469}é2"
        for limit in 0...(text.utf8.count + 1) {
            let cut = ChatText.cut(text, bytes: limit)
            #expect(cut.utf8.count <= limit)
            #expect(cut == text || cut.isEmpty || (cut.hasSuffix("…") && text.hasPrefix(cut.dropLast())))
        }
    }

    @Test func `a character of a thousand marks is cut inside rather than lost`() {
        let text = "e" + String(repeating: "\u{301}", count: 1000)
        let cut = ChatText.cut(text, bytes: 100)
        #expect(cut.utf8.count <= 100)
        #expect(cut.unicodeScalars.count > 40)
    }
}

import MQTTIntake
import Synchronization
import Testing

/// What a run leaves behind when its parts are gone.
struct Outcome: Sendable {
    struct Missing: Sendable {
        var number: Int
        /// Wall time at which the broker acknowledged it, ms.
        var acknowledged: Int64
    }

    var seed: UInt64
    var problems: [String]
    /// Acknowledged by the broker, and not in the journal.
    var missing: [Missing]
    var figures = FaultRun.Figures()
    var kept: String

    func expectNothingWrong() {
        #expect(problems.isEmpty, "seed \(seed)\n\(problems.prefix(20).joined(separator: "\n"))\n\(kept)")
    }
}

extension Site {
    /// A whole run: makes the parts, lets `body` do harm, waits until everything is told, and compares. Prints figures
    /// and seed. It blocks for long, so it gets a thread of its own: the pool that runs tests is small.
    static func outcome(
        _ options: Options, isStartCompared: Bool = true,
        _ body: @escaping @Sendable (Site) throws -> FaultRun.Figures
    ) async throws -> Outcome {
        let result = Mutex<Result<Outcome, any Error>?>(nil)
        let thread = SessionThread(name: "test.fault") {
            let outcome = Result { try Site.made(options, isStartCompared, body) }
            result.withLock { $0 = outcome }
        }
        await thread.ended()
        return try #require(result.withLock { $0 }).get()
    }

    private static func made(
        _ options: Options, _ isStartCompared: Bool, _ body: (Site) throws -> FaultRun.Figures
    ) throws -> Outcome {
        let began = SystemClock.boot
        let site = try Site(options)
        defer { site.close() }
        let figures = try body(site)
        try site.finish()
        let verdict = try Verdict(site, isStartCompared: isStartCompared)
        let account = verdict.account
        let seconds = Double(SystemClock.boot - began) / 1000
        print(
            """
            seed \(options.seed): \(figures), \(site.starts) starts; \(account.published.count) messages, \
            \(verdict.records) records (\(Int(Double(verdict.records) / seconds))/s), \(verdict.repeated) repeated, \
            \(verdict.missing.count) missing; \(account.expected.count) alerts, \(verdict.changes) changes, \
            \(site.receiver.taken.count) taken and \(site.receiver.refused) refused by the receiver; \
            \(account.lifts.count { $0.isHold }) holds; worst lag \(site.lagWorst) ms; \(seconds) s
            """)
        return Outcome(
            seed: options.seed, problems: verdict.problems,
            missing: verdict.missing.map { .init(number: $0, acknowledged: account.acknowledged[$0]) },
            figures: figures, kept: site.keep(verdict.problems))
    }
}

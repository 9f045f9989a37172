import Foundation
import Glibc
import Simulation
import TestSupport
import Testing

/// Kills between each pair of steps of an act: append, sync, step, commit, answer.
///
/// The environment may set `SHOUWANG_ACT_KILLS` (50) and `SHOUWANG_SEED`.
@Suite(.timeLimit(.minutes(60)))
struct ActKillTests {
    /// The steps of faultcontrol.h, and behind them: no kill at all.
    private static let steps = 1...8

    @Test func `each act that was answered is done once, and one without an answer, asked again, is done once`()
        async throws
    {
        let random = SeededRandom(for: "act kills")
        let rounds = ProcessInfo.processInfo.environment["SHOUWANG_ACT_KILLS"].flatMap { Int($0) } ?? 50
        let path = FileManager.default.temporaryDirectory.path + "/shouwang-control-\(UUID().uuidString)"
        let control = try FaultControl(path: path, substring: "/nothing/")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = Site.Options(seed: random.seed)
        options.environment = try control.environment()
        let outcome = try await Site.outcome(options) { site in
            var run = try ActKillRun(site, control, random)
            return try run.run(rounds)
        }
        outcome.expectNothingWrong()
        #expect(outcome.missing.isEmpty, "seed \(random.seed): missing \(outcome.missing.prefix(10))")
    }
}

/// The rounds of ``ActKillTests``.
private struct ActKillRun {
    private let site: Site
    private let control: FaultControl
    private var random: SeededRandom
    private var client: ActClient
    private var alerts: [String] = []
    /// Kills by step.
    private var kills: [Int64: Int] = [:]

    init(_ site: Site, _ control: FaultControl, _ random: SeededRandom) throws {
        self.site = site
        self.control = control
        self.random = random
        try site.open()
        site.publisher.allow(2000)
        try site.wait("alerts to act on") { ActKillRun.raised(site).count >= 8 }
        site.publisher.hold(true)
        try site.wait("a moment without a scene") { site.publisher.isQuiet && site.lag == 0 }
        let token = site.folder + "/token"
        let code = try Program.run(
            Site.program, ["token", "add", "acts", "--role", "manager", "--config", site.config], talk: token)
        guard code == 0 else { throw Site.Timeout(what: "a token", log: Program.text(token)) }
        client = ActClient(
            port: site.consolePort, token: Program.text(token).trimmingCharacters(in: .whitespacesAndNewlines))
        alerts = ActKillRun.raised(site)
    }

    private static func raised(_ site: Site) -> [String] {
        let raised = site.receiver.taken.map(\.body).filter { $0.contains("\"change\":\"raised\"") }
        return Set(raised.compactMap { $0.firstMatch(of: /"id":"([0-9a-f]{16})"/).map { String($0.output.1) } })
            .sorted()
    }

    mutating func run(_ rounds: Int) throws -> FaultRun.Figures {
        for round in 0..<rounds {
            try startIfNeeded()
            var ask = nextAct(round)
            let step = Int64(random.int(1...8))
            try control.set(.stepReached, 0)
            try control.set(.killStep, step)
            ask.answer = client.attempt(ask)
            try control.set(.killStep, 0)
            // What was killed may still be on its way out of the process table.
            if step < 8, control.get(.stepReached) >= step {
                try site.wait("the kill", ifEnded: true) { site.daemon?.isRunning != true }
            }
            if site.daemon?.isRunning != true { kills[step, default: 0] += 1 }
            try startIfNeeded()
            try repeatUntilAnswered(&ask)
            client.kept.append(ask)
        }
        try verify()
        print("kills by step: \(kills.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })")
        return FaultRun.Figures(kills: kills.values.reduce(0, +))
    }

    private mutating func nextAct(_ round: Int) -> ActClient.Kept {
        let verb = random.pick(["ack", "arrive", "handle", "note", "escalate", "extend", "close"])
        let key = "r\(round)-\(random.int(0...999_999))"
        let own =
            switch verb {
            case "handle": #","found":"real","alert_right":true"#
            case "note": #","text":"round \#(round)""#
            case "escalate": #","reason":"no_access""#
            case "extend": #","for":"1h","reason":"rain""#
            case "close": #","reason":"test""#
            default: ""
            }
        return ActClient.Kept(
            alert: random.pick(alerts), key: key, verb: verb, body: "{\"key\":\"\(key)\"\(own)}")
    }

    private func startIfNeeded() throws {
        guard site.daemon?.isRunning != true else { return }
        site.endDaemon(SIGKILL)
        try site.startDaemon()
        try site.wait("the console") { site.readiness() != nil }
    }

    /// Asks with the same key until somebody answers, and now and then once more: the answer must stay the same.
    private mutating func repeatUntilAnswered(_ ask: inout ActClient.Kept) throws {
        var answer = ask.answer
        try site.wait("an answer to \(ask.body)") {
            guard answer == nil || answer?.status == 503 || answer?.status == 429 else { return true }
            answer = client.attempt(ask)
            return false
        }
        ask.answer = answer
        guard random.chance(30) else { return }
        let again = client.attempt(ask)
        guard again == answer else {
            throw Site.Timeout(
                what: "the same answer: \(String(describing: answer))", log: "\(String(describing: again))")
        }
    }

    /// By the key: by one record in the events where it was done, by none where it was refused.
    private func verify() throws {
        var records: [String: [String: Set<String>]] = [:]
        for alert in Set(client.kept.map(\.alert)) {
            guard let answer = client.get("/api/v1/alerts/\(alert)"), answer.status == 200 else {
                throw Site.Timeout(what: "the alert \(alert)", log: "")
            }
            let shown = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            for event in shown?["events"] as? [[String: Any]] ?? [] {
                guard let key = (event["act"] as? [String: Any])?["key"] as? String,
                    let number = event["number"] as? String, let dot = number.firstIndex(of: ".")
                else { continue }
                records[alert, default: [:]][key, default: []].insert(String(number[..<dot]))
            }
        }
        for ask in client.kept {
            let count = records[ask.alert]?[ask.key]?.count ?? 0
            guard count == (ask.answer?.status == 200 ? 1 : 0) else {
                throw Site.Timeout(
                    what: "\(ask.verb) with \(ask.key) once: found \(count) times",
                    log: "\(String(describing: ask.answer))")
            }
        }
        let done = client.kept.count { $0.answer?.status == 200 }
        guard done * 4 > client.kept.count else {
            throw Site.Timeout(what: "most acts to be done: \(done) of \(client.kept.count)", log: "")
        }
    }
}

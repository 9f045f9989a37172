import Alerts
import Cases
import Diagnostics
import Feeds
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary

/// Runs cases of one scenario, as `replay` runs a log: records as the journal writes them, through the decoder into the
/// pipeline; in quiet a tick at each deadline, as the daemon writes it. Nothing is simulated beside them.
///
/// Each case begins with an empty pipeline and a tick at its start. Between the lines time goes on by ticks at each
/// deadline before the next line; a deadline at the line's own instant fires with its record. When a record makes
/// several things, changes come first, in order, then actuations.
package struct ScenarioRunner {
    /// A case that makes more than this goes wild, and is not run further.
    static let happeningsMax = 1000

    private let file: ScenarioFile
    private let plan: FeedPlan

    package init(_ file: ScenarioFile) {
        self.file = file
        plan = FeedPlan(
            settings: file.settings, registry: file.registry, zones: Pipeline.zones(of: file.settings))
    }

    /// - Parameter restartsEverywhere: after each record the pipeline is written as a snapshot and read again, which
    ///   must change nothing.
    package func run(_ scenario: ScenarioCase, restartsEverywhere: Bool = false) -> Outcome {
        var run = Run(file: file, plan: plan, restartsEverywhere: restartsEverywhere)
        var outcome = Outcome(scenario: file.name, name: scenario.name, line: scenario.line)
        do throws(Run.Trouble) {
            try run.go(scenario)
        } catch {
            outcome.trouble = error.phrase
        }
        let comparison = Comparison(
            start: scenario.start, zone: file.settings.site.zone, expected: scenario.expectations, got: run.happenings)
        outcome.lines = comparison.lines()
        return outcome
    }
}

/// One case on its way.
private struct Run {
    enum Trouble: Error {
        case stuck(at: Instant)
        case notRestored(StateError, line: Int)
        case tooMuch(line: Int)

        var phrase: LocalizedText {
            switch self {
            case .stuck(let at):
                let time = ISO8601.write(at, in: .utc)
                return LocalizedText(zh: "时限 \(time) 到了却不触发", en: "the deadline \(time) is reached and does not pass")
            case .notRestored(let error, let line):
                return LocalizedText(
                    zh: "第 \(line) 行重启失败：\(error.phrase.zh)", en: "restart on line \(line): \(error.phrase.en)")
            case .tooMuch(let line):
                let count = ScenarioRunner.happeningsMax
                return LocalizedText(
                    zh: "第 \(line) 行已有 \(count) 项结果，不再继续",
                    en: "\(count) things have come by line \(line); the case was not run further")
            }
        }
    }

    private static let tick: ScenarioCase.Sent = {
        let (name, payload) = SystemRecord.tick.encoded
        return ScenarioCase.Sent(topic: name, isOwn: true, payload: Payload(parts: [.bytes(payload)]))
    }()

    let file: ScenarioFile
    let plan: FeedPlan
    let restartsEverywhere: Bool
    private(set) var happenings: [Happening] = []
    private var pipeline: Pipeline
    private var decoder: Decoder
    private var effects = Effects()
    private let writer = JournalLine()
    /// By rule, the alert that it raised last.
    private var alerts: [String: String] = [:]
    private var isDown = false
    private var line = 0

    init(file: ScenarioFile, plan: FeedPlan, restartsEverywhere: Bool) {
        self.file = file
        self.plan = plan
        self.restartsEverywhere = restartsEverywhere
        pipeline = Pipeline(settings: file.settings, registry: file.registry)
        decoder = Decoder(plan: plan)
    }

    mutating func go(_ scenario: ScenarioCase) throws(Trouble) {
        line = scenario.line
        try take(Run.tick, at: scenario.start)
        for step in scenario.steps {
            try pass(until: step.at, inclusive: false)
            line = step.line
            switch step.act {
            case .record(let sent):
                isDown = isDown && !(sent.isOwn && sent.topic == SystemTopic.start)
                try take(sent, at: step.at)
            case .restart: try restart()
            case .down:
                isDown = true
                try restart()
            }
        }
        try pass(until: scenario.end, inclusive: true)
    }

    /// Quiet: at each deadline a tick.
    private mutating func pass(until end: Instant, inclusive: Bool) throws(Trouble) {
        var before: Instant?
        while !isDown, let deadline = pipeline.nextDeadline(), inclusive ? deadline <= end : deadline < end {
            if deadline == before { throw .stuck(at: deadline) }
            before = deadline
            try take(Run.tick, at: max(deadline, pipeline.clock))
        }
    }

    private mutating func take(_ sent: ScenarioCase.Sent, at stamp: Instant) throws(Trouble) {
        let payload = sent.payload.bytes(alerts: alerts)
        var text: [UInt8] = []
        if sent.isOwn {
            writer.appendOwn(stamp, name: sent.topic, json: String(decoding: payload, as: UTF8.self), to: &text)
        } else {
            let head = JournalLine.Head(stamp: stamp, qos: sent.qos, retain: sent.isRetained, mid: sent.mid)
            var topic = sent.topic
            // Both buffers live as long as the closures.
            topic.withUTF8 { topic in
                unsafe payload.withUnsafeBufferPointer { payload in
                    unsafe writer.append(head, topic: topic, payload: payload, to: &text)
                }
            }
        }
        let batch = decoder.decode(Chunk(text: text, file: file.name))
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: pipeline.record + 1, into: &effects)
        pipeline.count(batch)
        try keep(batch, at: stamp)
        if restartsEverywhere { try restart() }
    }

    /// Takes over what a record made.
    private mutating func keep(_ batch: DecodedBatch, at stamp: Instant) throws(Trouble) {
        for change in effects.changes {
            if change.change == .raised { alerts[change.rule] = change.id }
            let json = ChangeJSON(change, zone: file.settings.site.zone)
            happenings.append(Happening(at: change.at, what: .change(change, json)))
        }
        for (_, actuation) in effects.actuations where actuation.freshUntil.map({ $0 >= stamp }) ?? true {
            happenings.append(
                Happening(at: pipeline.clock, what: .action(topic: actuation.topic, payload: actuation.payload)))
        }
        for refusal in batch.refusals {
            happenings.append(
                Happening(at: pipeline.clock, what: .refused(code: refusal.code, detail: refusal.detail)))
        }
        for case .refused(let why, let state) in effects.acts.map(\.result) where why.isOfState {
            happenings.append(
                Happening(
                    at: pipeline.clock, what: .refused(code: "act-" + why.rawValue, detail: state?.rawValue ?? "")))
        }
        for case .unknown(let name) in batch.systemRecords.values {
            happenings.append(Happening(at: pipeline.clock, what: .refused(code: "unknown-own", detail: name)))
        }
        effects.removeAll()
        if happenings.count > ScenarioRunner.happeningsMax {
            happenings.removeLast(happenings.count - ScenarioRunner.happeningsMax)
            throw .tooMuch(line: line)
        }
    }

    private mutating func restart() throws(Trouble) {
        do throws(StateError) {
            pipeline = try Pipeline.restored(
                from: pipeline.encoded(), settings: file.settings, registry: file.registry
            ).pipeline
        } catch {
            throw .notRestored(error, line: line)
        }
    }
}

import Alerts
import Cases
import Community
import Console
import Feeds
import Ledger
import Pipeline
import RecordLog
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

/// The desk as the daemon has it, on one thread: each act is a line of the journal, stepped over by a real pipeline,
/// and what comes of it is committed to a real ledger before it is answered.
final class BenchDesk: CaseDesk {
    private struct State: Sendable {
        var pipeline: Pipeline
        var lines: [String] = []
        var answer: ActAnswer?
    }

    private let state: Mutex<State>
    private let plan: FeedPlan
    private let zone: Zone
    private let ledger: Ledger
    private let now: @Sendable () -> Instant

    init(_ settings: Settings, _ registry: Registry, _ ledger: Ledger, now: @escaping @Sendable () -> Instant) {
        plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        zone = settings.site.zone
        self.ledger = ledger
        self.now = now
        state = Mutex(State(pipeline: Pipeline(settings: settings, registry: registry)))
    }

    /// The journal.
    var lines: [String] { state.withLock { $0.lines } }

    /// From now on every act is answered so.
    func answerAll(_ answer: ActAnswer?) { state.withLock { $0.answer = answer } }

    func act(_ act: Act) async -> ActAnswer {
        if let answer = state.withLock({ $0.answer }) { return answer }
        let payload = String(decoding: SystemRecord.act(act).encoded.payload, as: UTF8.self)
        let effects = record("$shouwang/act", payload)
        guard let outcome = effects.acts.last else { return .refused(.unknown, nil) }
        switch outcome.result {
        case .done(let ordinal): return .done(record: outcome.record, ordinal: ordinal)
        case .takenIn: return .done(record: outcome.record, ordinal: -1)
        case .refused(let why, let state): return .refused(why, state)
        }
    }

    /// A record that comes in now; what comes of it is in the ledger afterwards.
    @discardableResult
    func record(_ topic: String, _ payload: String) -> Effects {
        state.withLock { state in
            let value = payload.hasPrefix("{") ? payload : "\"\(payload)\""
            let line =
                "{\"tst\":\(now().milliseconds),\"topic\":\"\(topic)\",\"qos\":0,\"retain\":0,"
                + "\"payloadlen\":\(payload.utf8.count),\"payload\":\(value)}\n"
            state.lines.append(line)
            var effects = Effects()
            let batch = Decoder.decode(Chunk(text: Array(line.utf8), file: "bench"), plan: plan)
            let number = Int64(state.lines.count)
            state.pipeline.step(batch, 0..<batch.recordCount, firstNumber: number, into: &effects)
            let changes = effects.changes.map { change in
                LedgerChange(
                    record: change.record, ordinal: change.ordinal, alert: change.id, change: change.change.rawValue,
                    rule: change.rule, kind: change.kind.rawValue, severity: change.severity,
                    state: change.state.rawValue, key: change.key, at: change.at, started: change.started,
                    json: change.json(zone: zone))
            }
            do { try ledger.commit(changes: changes, notifications: [], applied: number) } catch {
                preconditionFailure("the bench's ledger: \(error)")
            }
            return effects
        }
    }
}

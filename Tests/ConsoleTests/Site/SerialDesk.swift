import Alerts
import Cases
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import Pipeline
import RecordLog
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

@testable import Console

/// The intake in small: one record at a time goes through a real pipeline and is committed to a real ledger before it
/// is answered, and the keys of acts are kept as the daemon keeps them.
final class SerialDesk: CaseDesk, ReportDesk {
    private struct State {
        var pipeline = Pipeline(settings: TestSite.settings, registry: TestSite.registry)
        var effects = Effects()
        var number: Int64 = 0
        var acts: [String: (act: Act, answer: ActAnswer)] = [:]
        var reports: [String: (report: MadeReport, answer: ReportAnswer)] = [:]
        var drills: [String: (drill: Drill, answer: DrillAnswer)] = [:]
        /// What the next act is answered with instead of being done.
        var refusal: ActAnswer?
    }

    let ledger: Ledger
    private let clock: TestClock
    private let state = Mutex(State())

    init(_ ledger: Ledger, _ clock: TestClock) {
        self.ledger = ledger
        self.clock = clock
    }

    /// The alert as the ledger has it, for an act about one that the pipeline does not have.
    private func page(_ alert: String) -> String? {
        do {
            return try ledger.alert(id: alert).map { String(decoding: $0.json, as: UTF8.self) }
        } catch {
            preconditionFailure("the desk's ledger: \(error)")
        }
    }

    /// The last record's number.
    var number: Int64 { state.withLock { $0.number } }

    /// The next act is answered so, and not done.
    func refuseNext(_ answer: ActAnswer) { state.withLock { $0.refusal = answer } }

    /// A record of the native feed.
    /// - Returns: the ids of the alerts that it changed.
    @discardableResult
    func take(_ path: String, _ type: String, _ fields: String = "") -> [String] {
        state.withLock { state in
            step("community/hgs/\(path)", "{\"type\":\"\(type)\"\(fields)}", &state).changes.map(\.id)
        }
    }

    /// A report raises a case: one of no life's danger.
    /// - Returns: its id.
    func report(at place: String) -> String? {
        state.withLock { state in
            let text =
                "{\"type\":\"resident_report\",\"text\":\"t\",\"place\":\"\(place)\","
                + "\"category\":\"c\(state.number)\"}"
            // Each of a category of its own: what is reported of one place and category is one case.
            return step("community/hgs/report/r\(state.number)", text, &state).changes.first?.id
        }
    }

    /// Lets time pass.
    func tick(hours: Int64) {
        state.withLock { state in
            state.number += hours * 60
            _ = step("$shouwang/tick", "{}", &state)
        }
    }

    func act(_ act: Act) async -> ActAnswer {
        state.withLock { state in
            if let refusal = state.refusal {
                state.refusal = nil
                return refusal
            }
            let name = "\(act.enteredBy ?? act.actor ?? "")\u{0}\(act.key ?? "")"
            if let known = state.acts[name] { return known.act == act ? known.answer : .keyReused }
            var told = act
            if let alert = act.alert, !state.pipeline.knows(alert) { told.page = page(alert) }
            let (_, payload) = SystemRecord.act(told).encoded
            let effects = step("$shouwang/act", String(decoding: payload, as: UTF8.self), &state)
            let answer: ActAnswer =
                switch effects.acts.last?.result {
                case .done(let ordinal)?: .done(record: state.number, ordinal: ordinal)
                case .refused(let why, let met)?: .refused(why, met)
                // Of an act about a resident no alert tells.
                case .takenIn?: .done(record: state.number, ordinal: 0)
                case nil: .unavailable
                }
            state.acts[name] = (act, answer)
            return answer
        }
    }

    /// A drill, as the daemon looks at it, writes it and steps it.
    func drill(_ drill: Drill) async -> DrillAnswer {
        if let wrong = DrillRefusal.find(in: drill, settings: TestSite.settings, registry: TestSite.registry) {
            return .wrong(field: wrong.field, wrong.phrase)
        }
        return state.withLock { state in
            if let known = state.drills[drill.id] { return known.drill == drill ? known.answer : .keyReused }
            let (_, payload) = SystemRecord.drill(drill).encoded
            let effects = step("$shouwang/drill", String(decoding: payload, as: UTF8.self), &state)
            guard let raised = effects.changes.first(where: { $0.key == "drill:" + drill.id }) else { return .full }
            let answer = DrillAnswer.done(record: state.number, alert: raised.id)
            state.drills[drill.id] = (drill, answer)
            return answer
        }
    }

    func report(_ report: MadeReport) async -> ReportAnswer {
        state.withLock { state in
            let name = "\(report.person)\u{0}\(report.key)"
            if let known = state.reports[name] { return known.report == report ? known.answer : .keyReused }
            let payload = JSONWriter.text { object in
                object.text("type", report.type)
                object.text("text", report.text)
                object.text("place", report.place)
                object.text("category", ifAny: report.category)
                object.text("by", ifAny: report.by)
            }
            let effects = step("community/hgs/report/console", payload, &state)
            let answer = ReportAnswer.done(record: state.number, alerts: effects.changes.map(\.id))
            state.reports[name] = (report, answer)
            return answer
        }
    }

    /// Appends, steps and commits one record, a minute behind the one before it.
    private func step(_ topic: String, _ payload: String, _ state: inout State) -> Effects {
        state.number += 1
        state.effects.removeAll()
        let stamp = TestClock.start + .minutes(state.number)
        clock.reach(stamp)
        let line =
            "{\"tst\":\(stamp.milliseconds),\"topic\":\"\(topic)\",\"qos\":0,\"retain\":0,"
            + "\"payloadlen\":\(payload.utf8.count),\"payload\":\(payload)}\n"
        let batch = Decoder.decode(Chunk(text: Array(line.utf8), file: "desk"), plan: TestSite.plan)
        state.pipeline.step(batch, 0..<batch.recordCount, firstNumber: state.number, into: &state.effects)
        do {
            try ledger.commit(
                changes: state.effects.changes.map(LedgerChange.init), notifications: notes(state.effects),
                applied: state.number)
        } catch {
            preconditionFailure("the desk's ledger: \(error)")
        }
        return state.effects
    }

    /// Each raise goes to the board.
    private func notes(_ effects: Effects) -> [OutboxEntry] {
        effects.changes.filter { $0.change == .raised }.map { change in
            OutboxEntry(
                record: change.record, ordinal: change.ordinal, alert: change.id, channel: "board",
                recipient: "13600001111", severity: change.severity, change: change.change.rawValue, kind: .text,
                body: change.message.zh, at: change.at)
        }
    }
}

extension LedgerChange {
    init(_ change: AlertChange) {
        self.init(
            record: change.record, ordinal: change.ordinal, alert: change.id, change: change.change.rawValue,
            rule: change.rule, kind: change.kind.rawValue, severity: change.severity, state: change.state.rawValue,
            key: change.key, at: change.at, started: change.started,
            json: change.json(zone: TestSite.settings.site.zone))
        (grid, place, actor, assignee) = (change.grid, change.place, change.actor, change.assignee)
        (found, alertRight) = (change.found, change.act?.alertRight)
    }
}

package import Community
package import Diagnostics
import Feeds
import JSONWriting
import RecordLog
package import Rules
package import SiteConfiguration
import Timekeeping
import Vocabulary

/// Makes of what a rule found the change that people and programs get: names instead of numbers, and the texts.
package struct AlertBuilder: Sendable {
    let site: SiteSettings
    /// The id of the site, which stands in each change.
    package var siteID: String { site.id }
    let rules: [RuleSettings]
    let wording: AlertText
    /// Whether each change has its facts in words, for whoever asks why.
    let tellsFacts: Bool

    package init(settings: Settings, registry: Registry, tellsFacts: Bool = false) {
        self.tellsFacts = tellsFacts
        site = settings.site
        rules = settings.allRules
        wording = AlertText(zone: settings.site.zone, registry: registry)
    }

    /// The change that a finding is. The same finding gives the same change, wherever it is made.
    package func change(
        of finding: Finding, record: Int64, ordinal: Int32, context: RuleContext
    ) -> AlertChange {
        let rule = rules[finding.rule]
        let registry = context.registry
        let place = finding.place.map { registry.places[Int($0.index)] }
        let name = finding.raisedBy ?? rule.name
        let id = AlertChange.id(site: site.id, rule: name, key: finding.key, started: finding.started)
        var persons = finding.residents.map { registry.residents[Int($0.index)].id }
        if persons.isEmpty, finding.person >= 0 { persons = [context.personName(finding.person)] }
        // Life safety from a device that the registry does not know: where it is nobody knows, but what it is called.
        let topic = rule.kind.isLifeSafety ? finding.lastEvidence.map { context.topicName($0.topic) } : nil
        var change = AlertChange(
            record: record, ordinal: ordinal, change: kind(finding.change), at: finding.at, id: id, rule: name,
            kind: rule.kind, severity: finding.severity, site: site.id, place: place?.id ?? topic,
            grid: place?.grid.map { registry.grids[Int($0.index)] }, key: finding.key,
            person: persons.isEmpty ? nil : persons.joined(separator: "|"),
            device: finding.device >= 0 ? context.deviceName(finding.device) : nil, started: finding.started,
            detected: finding.detected, lastEvidence: finding.lastEvidence?.at,
            state: finding.change == .resolved ? .resolved : .open, detail: detail(of: finding, context),
            evidence: finding.evidence.map { item($0, context) },
            message: wording.message(of: finding, rule: rule, id: id, context: context),
            isTold: finding.isTold)
        change.verdict = finding.verdict
        // What ended it has no facts of its own.
        if tellsFacts, finding.change != .resolved {
            change.facts = AlertFacts(of: finding, rule.kind, wording, context).told
        }
        return change
    }

    private func kind(_ change: Finding.Change) -> ChangeKind {
        switch change {
        case .raised: .raised
        case .updated: .updated
        case .resolved: .resolved
        }
    }

    private func item(_ trace: Trace, _ context: RuleContext) -> EvidenceItem {
        EvidenceItem(
            at: trace.at, topic: context.topicName(trace.topic), device: context.deviceName(trace.device),
            kind: trace.kind)
    }
}

extension AlertBuilder {
    /// `detail` of an alert: the kind's own facts as a JSON object.
    func detail(of finding: Finding, _ context: RuleContext) -> String {
        JSONWriter.text { writer in
            facts(of: finding, context, &writer)
            if let since = finding.since { writer.text("since", ISO8601.write(since, in: site.zone)) }
            switch finding.age {
            case .news: break
            case .late: writer.text("told", "late")
            case .standing: writer.text("told", "standing")
            }
        }
    }

    private func facts(of finding: Finding, _ context: RuleContext, _ writer: inout JSONWriter) {
        switch finding.detail {
        case .absence(let stage, let after, let cover):
            writer.number("stage", stage)
            writer.text("after", after.description)
            // Ages are those of the deadline: when a timer is noticed must not matter.
            if let cover { self.cover(cover, finding.started + after, context, &writer) }
        case .sighting(let count, let devices, let confidence, let floor, let fit, let alarm):
            writer.number("count", count)
            if !alarm.of.isEmpty { writer.text("of", alarm.of.map(\.name).joined(separator: "|")) }
            if let pace = alarm.pace { writer.text("stuck", pace.description) }
            if alarm.isMismatched { writer.truth("identity_mismatch", true) }
            if confidence.isFinite { writer.raw("confidence", AlertBuilder.hundredths(Double(confidence))) }
            if let floor { writer.number("floor", floor) }
            if let fit { self.fit(fit, &writer) }
            list("devices", devices, context, &writer)
        case .count(let count, let within, let devices, let people, let total):
            writer.number("count", count)
            if total > count { writer.number("total", total) }
            writer.text("within", within.description)
            if people > 0 { writer.number("people", people) }
            list("devices", devices, context, &writer)
        case .duration(let stage, let after, let devices, let word):
            writer.number("stage", stage)
            writer.text("after", after.description)
            if word >= 0 { writer.text("plate", context.word(word)) }
            list("devices", devices, context, &writer)
        case .sequence(let after, let isMissing, let floor):
            writer.text("after", after.description)
            writer.truth("missing", isMissing)
            if let floor { writer.number("floor", floor) }
        case .level(let value, let limit, let worst, let field):
            writer.text("field", field.rawValue)
            writer.raw("value", AlertBuilder.hundredths(value))
            writer.raw("limit", AlertBuilder.hundredths(limit))
            writer.raw("worst", AlertBuilder.hundredths(worst))
        case .flow(let facts): flow(facts, &writer)
        case .passback(let isInward, let before): passback(isInward, before, context, &writer)
        case .uncovered(let homes): self.homes("uncovered", homes, context, &writer)
        case .device(let facts): device(facts, context, &writer)
        case .report(let category, let text, let by):
            if category >= 0 { writer.text("category", context.word(category)) }
            if text >= 0 { writer.text("text", context.word(text)) }
            if by >= 0 { writer.text("by", context.word(by)) }
        }
    }

    private func passback(
        _ isInward: Bool, _ before: Trace, _ context: RuleContext, _ writer: inout JSONWriter
    ) {
        writer.text("direction", isInward ? "in" : "out")
        writer.text("before", ISO8601.write(before.at, in: site.zone))
        if before.device >= 0 { writer.text("before_device", context.deviceName(before.device)) }
    }

    private func cover(
        _ cover: Finding.Cover, _ deadline: Instant, _ context: RuleContext, _ writer: inout JSONWriter
    ) {
        writer.raw("blind", AlertBuilder.hundredths(cover.blind))
        writer.raw("watched", AlertBuilder.hundredths(cover.watched))
        writer.raw("dead", AlertBuilder.hundredths(cover.dead))
        if cover.isUnsupervised { writer.truth("unsupervised", true) }
        if let from = cover.blindFrom, let to = cover.blindTo {
            writer.text("blind_from", ISO8601.write(from, in: site.zone))
            writer.text("blind_to", ISO8601.write(to, in: site.zone))
        }
        if cover.exitByDoor {
            writer.text("exit", "by_door")
        } else if cover.exitNotRecorded {
            writer.text("exit", "not_recorded")
        }
        if let door = cover.door {
            writer.object("door") { writer in
                writer.text("device", context.deviceName(door.device))
                writer.text("at", ISO8601.write(door.at, in: site.zone))
            }
        }
        guard !cover.devices.isEmpty else { return }
        // By name: numbers are those of one loaded registry.
        let devices = cover.devices.sorted { context.deviceName($0.device) < context.deviceName($1.device) }
        writer.list("devices", devices) { writer, device in
            writer.element { writer in
                writer.text("device", context.deviceName(device.device))
                if let last = device.last {
                    writer.text("last", ISO8601.write(last, in: site.zone))
                    writer.text("age", max(.zero, deadline - last).description)
                }
                writer.text("evidence", ifAny: device.evidence.map { ISO8601.write($0, in: site.zone) })
                if device.isWeak { writer.truth("weak", true) }
                if let isAlive = device.isAlive { writer.truth("alive", isAlive) }
            }
        }
    }

    /// `in` and `out` stand where a pass of either way is among them, `inside` where anybody can know it.
    private func flow(_ facts: Finding.FlowFacts, _ writer: inout JSONWriter) {
        writer.number("passes", facts.passes)
        if facts.passesIn + facts.passesOut > 0 {
            writer.number("in", facts.passesIn)
            writer.number("out", facts.passesOut)
        }
        if let inside = facts.inside { writer.number("inside", inside) }
        writer.text("within", facts.within.description)
        if let limit = facts.passesMax { writer.number("passes_limit", limit) }
        if let limit = facts.insideMax { writer.number("inside_limit", limit) }
        if let since = facts.since { writer.text("since", ISO8601.write(since, in: site.zone)) }
    }

    private func fit(_ fit: FallFit, _ writer: inout JSONWriter) {
        writer.truth("falls", fit.falls)
        writer.raw("acceleration", AlertBuilder.hundredths(Double(fit.acceleration)))
        writer.raw("drop", AlertBuilder.hundredths(Double(fit.drop)))
    }

    private func device(
        _ facts: Finding.DeviceFacts, _ context: RuleContext, _ writer: inout JSONWriter
    ) {
        writer.text("since", ISO8601.write(facts.since, in: site.zone))
        if facts.limit > .zero { writer.text("limit", facts.limit.description) }
        if facts.isLearned { writer.truth("learned", true) }
        if facts.offset != .zero { writer.number("offset_s", Int(facts.offset.count / 1000)) }
        if facts.count > 0 { writer.number("count", facts.count) }
        if facts.repeatedIDs > 0 { writer.number("ids", facts.repeatedIDs) }
        list("devices", facts.others, context, &writer)
        if !facts.unwatched.isEmpty { homes("unwatched", facts.unwatched, context, &writer) }
    }

    private func homes(
        _ key: String, _ homes: [Int32], _ context: RuleContext, _ writer: inout JSONWriter
    ) {
        writer.texts(key, homes.lazy.map { context.registry.key(ofHousehold: $0) })
    }

    private func list(
        _ key: String, _ devices: [Int32], _ context: RuleContext, _ writer: inout JSONWriter
    ) {
        guard !devices.isEmpty else { return }
        writer.texts(key, devices.lazy.map { context.deviceName($0) })
    }

    /// 0.91; written by hand, since a number's own description has as many digits as it needs.
    static func hundredths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "null" }
        let whole = Int((abs(value) * 100).rounded())
        let text = "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
        return value < 0 && whole > 0 ? "-" + text : text
    }
}

// What people are told when somebody has closed a case: who, and what was found; never again to go and look.

extension AlertBuilder {
    /// - Parameter change: the closing, which has the text of the alert as it was told last.
    package func closing(_ change: AlertChange, registry: Registry) -> LocalizedText {
        let text = words(ofClosing: change, registry)
        return change.isDrill ? LocalizedText(zh: "【演练】" + text.zh, en: "[Drill] " + text.en) : text
    }

    private func words(ofClosing change: AlertChange, _ registry: Registry) -> LocalizedText {
        let place = change.place.flatMap { registry.place($0) }.map { registry.places[Int($0.index)].displayName }
        let persons = (change.person ?? "").split(separator: "|").compactMap { registry.resident(String($0)) }
        let names = persons.map { registry.residents[Int($0.index)].maskedName }.joined(separator: "、")
        let where_ = [place ?? change.device ?? change.key, names].filter { !$0.isEmpty }.joined(separator: " ")
        let title = rules.first { $0.name == change.rule }?.title ?? change.kind.title
        let who = change.actor.map { id in registry.workers.first { $0.id == id }?.name ?? id }
        let found = change.found.map(AlertText.found)
        let at = wording.moment(change.at)
        if change.change == .merged { return merged(change, where_, title, who, at) }
        let number = change.id.prefix(6).uppercased()
        return LocalizedText(
            zh: "【已结案】\(where_) \(title.zh):\(at.zh)由\(who ?? "工作人员")结案"
                + (found.map { ",结果:\($0.zh)" } ?? "") + (change.note.map { ",备注:\(AlertText.short($0))" } ?? "")
                + "。编号\(number)",
            en: "[Closed] \(where_), \(title.en): closed at \(at.en) by \(who ?? "staff")"
                + (found.map { "; found: \($0.en)" } ?? "")
                + (change.note.map { "; note: \(AlertText.short($0))" } ?? "")
                + ". No. \(number)")
    }
}

extension AlertBuilder {
    /// The case goes on under another number.
    private func merged(
        _ change: AlertChange, _ spot: String, _ title: LocalizedText, _ who: String?, _ at: LocalizedText
    ) -> LocalizedText {
        let number = change.id.prefix(6).uppercased()
        return LocalizedText(
            zh: "【已并案】\(spot) \(title.zh):\(at.zh)由\(who ?? "工作人员")并入另一预警,处置在那一条继续。编号\(number)",
            en: "[Merged] \(spot), \(title.en): joined to another alert at \(at.en) by \(who ?? "staff"); the case "
                + "goes on there. No. \(number)")
    }
}

package import Community
package import Diagnostics
import Feeds
import RecordLog
package import Rules
package import SiteConfiguration
import Timekeeping
import Vocabulary

/// Makes of what a rule found the change that people and programs get: names instead of numbers, and the texts.
package struct AlertBuilder: Sendable {
    let site: SiteSettings
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
        of finding: Finding, record: Int64, ordinal: Int32, surroundings: RuleContext
    ) -> AlertChange {
        let rule = rules[finding.rule]
        let registry = surroundings.registry
        let place = finding.place.map { registry.places[Int($0.index)] }
        let name = finding.raisedBy ?? rule.name
        let id = AlertChange.id(site: site.id, rule: name, key: finding.key, started: finding.started)
        var persons = finding.residents.map { registry.residents[Int($0.index)].id }
        if persons.isEmpty, finding.person >= 0 { persons = [surroundings.personName(finding.person)] }
        // Life safety from a device that the registry does not know: where it is nobody knows, but what it is called.
        let topic = rule.kind.isLifeSafety ? finding.lastEvidence.map { surroundings.topicName($0.topic) } : nil
        var change = AlertChange(
            record: record, ordinal: ordinal, change: kind(finding.change), at: finding.at, id: id, rule: name,
            kind: rule.kind, severity: finding.severity, site: site.id, place: place?.id ?? topic,
            grid: place?.grid.map { registry.grids[Int($0.index)] }, key: finding.key,
            person: persons.isEmpty ? nil : persons.joined(separator: "|"),
            device: finding.device >= 0 ? surroundings.deviceName(finding.device) : nil, started: finding.started,
            detected: finding.detected, lastEvidence: finding.lastEvidence?.at,
            state: finding.change == .resolved ? .resolved : .open, detail: detail(of: finding, surroundings),
            evidence: finding.evidence.map { item($0, surroundings) },
            message: wording.message(of: finding, rule: rule, id: id, surroundings: surroundings),
            isTold: finding.isTold)
        change.verdict = finding.verdict
        // What ended it has no facts of its own.
        if tellsFacts, finding.change != .resolved {
            change.facts = AlertFacts(of: finding, rule.kind, wording, surroundings).told
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

    private func item(_ trace: Trace, _ surroundings: RuleContext) -> EvidenceItem {
        EvidenceItem(
            at: trace.at, topic: surroundings.topicName(trace.topic), device: surroundings.deviceName(trace.device),
            kind: trace.kind)
    }
}

extension AlertBuilder {
    /// `detail` of an alert: the kind's own facts as a JSON object.
    func detail(of finding: Finding, _ surroundings: RuleContext) -> String {
        var out: [UInt8] = []
        var writer = ObjectWriter(&out)
        switch finding.detail {
        case .absence(let stage, let after, let cover):
            writer.number("stage", stage, &out)
            writer.text("after", after.description, &out)
            // Ages are those of the deadline: when a timer is noticed must not matter.
            if let cover { self.cover(cover, finding.started + after, surroundings, &writer, &out) }
        case .sighting(let count, let devices, let confidence, let floor, let fit, let alarm):
            writer.number("count", count, &out)
            if !alarm.of.isEmpty { writer.text("of", alarm.of.map(\.name).joined(separator: "|"), &out) }
            if let pace = alarm.pace { writer.text("stuck", pace.description, &out) }
            if alarm.isMismatched { writer.raw("identity_mismatch", "true", &out) }
            if confidence.isFinite { writer.raw("confidence", AlertBuilder.hundredths(Double(confidence)), &out) }
            if let floor { writer.number("floor", floor, &out) }
            if let fit { self.fit(fit, &writer, &out) }
            list("devices", devices, surroundings, &writer, &out)
        case .count(let count, let within, let devices, let people, let total):
            writer.number("count", count, &out)
            if total > count { writer.number("total", total, &out) }
            writer.text("within", within.description, &out)
            if people > 0 { writer.number("people", people, &out) }
            list("devices", devices, surroundings, &writer, &out)
        case .duration(let stage, let after, let devices, let word):
            writer.number("stage", stage, &out)
            writer.text("after", after.description, &out)
            if word >= 0 { writer.text("plate", surroundings.word(word), &out) }
            list("devices", devices, surroundings, &writer, &out)
        case .sequence(let after, let isMissing, let floor):
            writer.text("after", after.description, &out)
            writer.raw("missing", isMissing ? "true" : "false", &out)
            if let floor { writer.number("floor", floor, &out) }
        case .level(let value, let limit, let worst, let field):
            writer.text("field", field.rawValue, &out)
            writer.raw("value", AlertBuilder.hundredths(value), &out)
            writer.raw("limit", AlertBuilder.hundredths(limit), &out)
            writer.raw("worst", AlertBuilder.hundredths(worst), &out)
        case .flow(let facts): flow(facts, &writer, &out)
        case .passback(let isInward, let before): passback(isInward, before, surroundings, &writer, &out)
        case .uncovered(let homes): self.homes("uncovered", homes, surroundings, &writer, &out)
        case .device(let facts): device(facts, surroundings, &writer, &out)
        case .report(let category, let text, let by):
            if category >= 0 { writer.text("category", surroundings.word(category), &out) }
            if text >= 0 { writer.text("text", surroundings.word(text), &out) }
            if by >= 0 { writer.text("by", surroundings.word(by), &out) }
        }
        if let since = finding.since { writer.text("since", ISO8601.write(since, in: site.zone), &out) }
        switch finding.age {
        case .news: break
        case .late: writer.text("told", "late", &out)
        case .standing: writer.text("told", "standing", &out)
        }
        writer.end(&out)
        return String(decoding: out, as: UTF8.self)
    }

    private func passback(
        _ isInward: Bool, _ before: Trace, _ surroundings: RuleContext, _ writer: inout ObjectWriter,
        _ out: inout [UInt8]
    ) {
        writer.text("direction", isInward ? "in" : "out", &out)
        writer.text("before", ISO8601.write(before.at, in: site.zone), &out)
        if before.device >= 0 { writer.text("before_device", surroundings.deviceName(before.device), &out) }
    }

    private func cover(
        _ cover: Finding.Cover, _ deadline: Instant, _ surroundings: RuleContext, _ writer: inout ObjectWriter,
        _ out: inout [UInt8]
    ) {
        writer.raw("blind", AlertBuilder.hundredths(cover.blind), &out)
        writer.raw("watched", AlertBuilder.hundredths(cover.watched), &out)
        writer.raw("dead", AlertBuilder.hundredths(cover.dead), &out)
        if cover.isUnsupervised { writer.raw("unsupervised", "true", &out) }
        if let from = cover.blindFrom, let to = cover.blindTo {
            writer.text("blind_from", ISO8601.write(from, in: site.zone), &out)
            writer.text("blind_to", ISO8601.write(to, in: site.zone), &out)
        }
        if cover.exitByDoor {
            writer.text("exit", "by_door", &out)
        } else if cover.exitNotRecorded {
            writer.text("exit", "not_recorded", &out)
        }
        if let door = cover.door {
            var inner: [UInt8] = []
            var fields = ObjectWriter(&inner)
            fields.text("device", surroundings.deviceName(door.device), &inner)
            fields.text("at", ISO8601.write(door.at, in: site.zone), &inner)
            fields.end(&inner)
            writer.raw("door", String(decoding: inner, as: UTF8.self), &out)
        }
        var list: [UInt8] = [0x5B]
        // By name: numbers are those of one loaded registry.
        let devices = cover.devices.sorted { surroundings.deviceName($0.device) < surroundings.deviceName($1.device) }
        for (index, device) in devices.enumerated() {
            if index > 0 { list.append(0x2C) }
            var inner = ObjectWriter(&list)
            inner.text("device", surroundings.deviceName(device.device), &list)
            if let last = device.last {
                inner.text("last", ISO8601.write(last, in: site.zone), &list)
                inner.text("age", max(.zero, deadline - last).description, &list)
            }
            if let evidence = device.evidence {
                inner.text("evidence", ISO8601.write(evidence, in: site.zone), &list)
            }
            if device.isWeak { inner.raw("weak", "true", &list) }
            if let isAlive = device.isAlive { inner.raw("alive", isAlive ? "true" : "false", &list) }
            inner.end(&list)
        }
        list.append(0x5D)
        if !cover.devices.isEmpty { writer.raw("devices", String(decoding: list, as: UTF8.self), &out) }
    }

    /// `in` and `out` stand where a pass of either way is among them, `inside` where anybody can know it.
    private func flow(_ facts: Finding.FlowFacts, _ writer: inout ObjectWriter, _ out: inout [UInt8]) {
        writer.number("passes", facts.passes, &out)
        if facts.passesIn + facts.passesOut > 0 {
            writer.number("in", facts.passesIn, &out)
            writer.number("out", facts.passesOut, &out)
        }
        if let inside = facts.inside { writer.number("inside", inside, &out) }
        writer.text("within", facts.within.description, &out)
        if let limit = facts.passesMax { writer.number("passes_limit", limit, &out) }
        if let limit = facts.insideMax { writer.number("inside_limit", limit, &out) }
        if let since = facts.since { writer.text("since", ISO8601.write(since, in: site.zone), &out) }
    }

    private func fit(_ fit: FallFit, _ writer: inout ObjectWriter, _ out: inout [UInt8]) {
        writer.raw("falls", fit.falls ? "true" : "false", &out)
        writer.raw("acceleration", AlertBuilder.hundredths(Double(fit.acceleration)), &out)
        writer.raw("drop", AlertBuilder.hundredths(Double(fit.drop)), &out)
    }

    private func device(
        _ facts: Finding.DeviceFacts, _ surroundings: RuleContext, _ writer: inout ObjectWriter, _ out: inout [UInt8]
    ) {
        writer.text("since", ISO8601.write(facts.since, in: site.zone), &out)
        if facts.limit > .zero { writer.text("limit", facts.limit.description, &out) }
        if facts.isLearned { writer.raw("learned", "true", &out) }
        if facts.offset != .zero { writer.number("offset_s", Int(facts.offset.count / 1000), &out) }
        if facts.count > 0 { writer.number("count", facts.count, &out) }
        if facts.repeatedIDs > 0 { writer.number("ids", facts.repeatedIDs, &out) }
        list("devices", facts.others, surroundings, &writer, &out)
        if !facts.unwatched.isEmpty { homes("unwatched", facts.unwatched, surroundings, &writer, &out) }
    }

    private func homes(
        _ key: String, _ homes: [Int32], _ surroundings: RuleContext, _ writer: inout ObjectWriter,
        _ out: inout [UInt8]
    ) {
        var list: [UInt8] = [0x5B]
        for home in homes {
            if list.count > 1 { list.append(0x2C) }
            JSONText.appendString(surroundings.registry.key(ofHousehold: home), to: &list)
        }
        list.append(0x5D)
        writer.raw(key, String(decoding: list, as: UTF8.self), &out)
    }

    private func list(
        _ key: String, _ devices: [Int32], _ surroundings: RuleContext, _ writer: inout ObjectWriter,
        _ out: inout [UInt8]
    ) {
        guard !devices.isEmpty else { return }
        var list: [UInt8] = []
        for device in devices {
            list.append(list.isEmpty ? 0x5B : 0x2C)
            JSONText.appendString(surroundings.deviceName(device), to: &list)
        }
        list.append(0x5D)
        writer.raw(key, String(decoding: list, as: UTF8.self), &out)
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

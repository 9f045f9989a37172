import Community
import Diagnostics
import RecordLog
package import Rules
package import SiteConfiguration
import Timekeeping

/// Makes of what a rule found the change that people and programs get: names instead of numbers, and the texts.
package struct Reporter: Sendable {
    let site: SiteSettings
    let rules: [RuleSettings]
    let wording: Wording

    package init(settings: Settings) {
        site = settings.site
        rules = settings.rules
        wording = Wording(zone: settings.site.zone)
    }

    /// The change that a finding is. The same finding gives the same change, wherever it is made.
    package func change(
        of finding: Finding, record: Int64, ordinal: Int32, surroundings: Surroundings
    ) -> AlertChange {
        let rule = rules[finding.rule]
        let registry = surroundings.registry
        let place = finding.place.map { registry.places[Int($0.index)] }
        let name = finding.raisedBy ?? rule.name
        let id = AlertChange.id(site: site.id, rule: name, key: finding.key, started: finding.started)
        let persons = finding.residents.map { registry.residents[Int($0.index)].id }
        return AlertChange(
            record: record, ordinal: ordinal, change: kind(finding.change), at: finding.at, id: id, rule: name,
            kind: rule.kind, severity: finding.severity, site: site.id, place: place?.id,
            grid: place?.grid.map { registry.grids[Int($0.index)] }, key: finding.key,
            person: persons.isEmpty ? nil : persons.joined(separator: "|"),
            device: finding.device >= 0 ? surroundings.deviceName(finding.device) : nil, started: finding.started,
            detected: finding.detected, lastEvidence: finding.lastEvidence?.at,
            state: finding.change == .resolved ? .resolved : .open, detail: detail(finding.detail, surroundings),
            evidence: finding.evidence.map { item($0, surroundings) },
            message: wording.message(of: finding, rule: rule, id: id, surroundings: surroundings),
            isTold: finding.isTold)
    }

    private func kind(_ change: Finding.Change) -> ChangeKind {
        switch change {
        case .raised: .raised
        case .updated: .updated
        case .resolved: .resolved
        }
    }

    private func item(_ trace: Trace, _ surroundings: Surroundings) -> EvidenceItem {
        EvidenceItem(
            at: trace.at, topic: surroundings.topicName(trace.topic), device: surroundings.deviceName(trace.device),
            kind: trace.kind)
    }

    private func detail(_ detail: Finding.Detail, _ surroundings: Surroundings) -> String {
        var out: [UInt8] = []
        var writer = ObjectWriter(&out)
        switch detail {
        case .absence(let stage, let after):
            writer.raw("stage", "\(stage)", &out)
            writer.text("after", after.description, &out)
        case .sighting(let count, let devices, let confidence, let floor):
            writer.raw("count", "\(count)", &out)
            if confidence.isFinite { writer.raw("confidence", Reporter.hundredths(confidence), &out) }
            if let floor { writer.raw("floor", "\(floor)", &out) }
            var list: [UInt8] = []
            for device in devices {
                list.append(list.isEmpty ? 0x5B : 0x2C)
                JSONText.appendString(surroundings.deviceName(device), to: &list)
            }
            list.append(0x5D)
            if !devices.isEmpty { writer.raw("devices", String(decoding: list, as: UTF8.self), &out) }
        }
        writer.end(&out)
        return String(decoding: out, as: UTF8.self)
    }

    /// 0.91; written by hand, since a Float's own description has as many digits as it needs.
    static func hundredths(_ value: Float) -> String {
        let whole = Int((value * 100).rounded())
        return "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    }
}

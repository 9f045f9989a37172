package import Community
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
    /// Whether each change has its facts in words, for whoever asks why.
    let tellsFacts: Bool

    package init(settings: Settings, registry: Registry, tellsFacts: Bool = false) {
        self.tellsFacts = tellsFacts
        site = settings.site
        rules = settings.allRules
        wording = Wording(zone: settings.site.zone, registry: registry)
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

    private func item(_ trace: Trace, _ surroundings: Surroundings) -> EvidenceItem {
        EvidenceItem(
            at: trace.at, topic: surroundings.topicName(trace.topic), device: surroundings.deviceName(trace.device),
            kind: trace.kind)
    }
}

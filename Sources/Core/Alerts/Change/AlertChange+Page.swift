import Diagnostics
import Feeds
package import Timekeeping
import Vocabulary

// An alert's page: the contract's JSON of its last change, as the ledger has it, read back. Reading stands field by
// field in the order of `json(zone:)`.

extension AlertChange {
    /// Gives back all that the JSON has; what is not on the wire is as of a snapshot. Unknown members are left alone.
    ///
    /// - Parameter zone: of times without an offset.
    /// - Returns: nil where it is no JSON object of this schema, or lacks what each change has.
    package init?(json bytes: [UInt8], zone: Zone) {
        guard let page = JSONPage(bytes), page["schema"]?.text == AlertChange.schema else { return nil }
        func instant(_ key: String) -> Instant? { page[key]?.text.flatMap { Instant(told: $0, in: zone) } }
        guard let change = page["change"]?.text.flatMap(ChangeKind.init(rawValue:)), let at = instant("at"),
            let id = page["id"]?.text, let rule = page["rule"]?.text,
            let kind = page["kind"]?.text.flatMap(RuleKind.init(rawValue:)),
            let severity = page["severity"]?.text.flatMap(Severity.init(rawValue:)), let site = page["site"]?.text,
            let key = page["key"]?.text, let started = instant("started"), let detected = instant("detected"),
            let state = page["state"]?.text.flatMap(AlertState.init(rawValue:)),
            case .object(_, let detail) = page["detail"], case .list(let evidence) = page["evidence"],
            let zh = page["message"]?["zh-Hans"]?.text, let en = page["message"]?["en"]?.text
        else { return nil }
        let items = evidence.compactMap { EvidenceItem(page: $0, zone: zone) }
        guard items.count == evidence.count else { return nil }
        self.init(
            record: 0, ordinal: 0, change: change, at: at, id: id, rule: rule, kind: kind, severity: severity,
            site: site,
            place: page["place"]?.text, grid: page["grid"]?.text, key: key, person: page["person"]?.text,
            device: page["device"]?.text, started: started, detected: detected, lastEvidence: instant("last_evidence"),
            state: state, detail: detail, evidence: items, message: LocalizedText(zh: zh, en: en), isTold: false)
        actor = page["actor"]?.text
        assignee = page["assignee"]?.text
        due = instant("due")
        found = page["found"]?.text
        note = page["note"]?.text
        verdict = page["verdict"]?.text.flatMap(Verdict.init(rawValue:))
        act = page["act"].flatMap { Act(page: $0, of: self) }
    }
}

extension EvidenceItem {
    fileprivate init?(page: JSONPage, zone: Zone) {
        guard let at = page["at"]?.text.flatMap({ Instant(told: $0, in: zone) }), let topic = page["topic"]?.text,
            let device = page["device"]?.text, let kind = page["kind"]?.text.flatMap(ObservationKind.init(name:))
        else { return nil }
        self.init(at: at, topic: topic, device: device, kind: kind)
    }
}

extension Act {
    /// What the change tells of the act; whom it is about and who did it the change itself tells.
    fileprivate init?(page: JSONPage, of change: AlertChange) {
        guard let verb = page["verb"]?.text else { return nil }
        func text(_ key: String) -> String? { page[key]?.text }
        self.init(
            alert: change.id, verb: verb, actor: change.actor, found: text("found"), until: text("until"),
            note: text("note"), key: text("key"))
        enteredBy = text("entered_by")
        to = text("to")
        ok = page["ok"]?.truth
        by = text("by")
        length = text("for")
        reason = text("reason")
        into = text("into")
        alertRight = page["alert_right"]?.truth
        device = text("device")
        tapped = text("tapped")
        photos = (text("photos") ?? "").split(separator: " ").map(String.init)
        seen = text("seen")
        mayCheckOwn = page["may_check_own"]?.truth ?? false
        arrivalUnreported = page["arrival_unreported"]?.truth ?? false
        unchecked = page["unchecked"]?.truth ?? false
    }
}

extension Instant {
    fileprivate init?(told text: String, in zone: Zone) {
        switch ISO8601.read(text) {
        case .instant(let microseconds): self.init(microseconds: microseconds)
        case .local(let civil): self = zone.instant(civil)
        case nil: return nil
        }
    }
}

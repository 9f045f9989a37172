package import Community
import Diagnostics
package import Feeds
import JSONWriting
package import SiteConfiguration
package import Timekeeping
import Vocabulary

extension AlertChange {
    /// It was raised for people to practise with. By two marks, since a device may be called `drill:1` as well, and
    /// its call for help is none.
    package var isDrill: Bool { key.hasPrefix("drill:") && detail.hasPrefix(#"{"drill":true"#) }
}

// What a drill raises: what the rule's alert would be, at its worst stage, with words that say before anything else
// that nothing has happened.

extension AlertBuilder {
    /// The raise of a drill.
    package func drill(
        _ drill: Drill, of rule: RuleSettings, at place: PlaceID, resident: ResidentID?, now: Instant,
        registry: Registry
    ) -> AlertChange {
        let spot = registry.places[Int(place.index)]
        let key = "drill:" + drill.id
        let id = AlertChange.id(site: site.id, rule: rule.name, key: key, started: now)
        let person = resident.map { registry.residents[Int($0.index)] }
        let severity = rule.stages.map(\.severity).max() ?? rule.severity
        let title = rule.title ?? rule.kind.title
        let where_ = [spot.displayName, person?.maskedName ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let number = id.prefix(6).uppercased()
        var change = AlertChange(
            record: 0, ordinal: 0, change: .raised, at: now, id: id, rule: rule.name, kind: rule.kind,
            severity: severity, site: site.id, place: spot.id, grid: spot.grid.map { registry.grids[Int($0.index)] },
            key: key, person: person?.id, started: now, detected: now, state: .open,
            detail: JSONWriter.text { writer in
                writer.truth("drill", true)
                writer.text("by", ifAny: drill.actor)
            }, evidence: [],
            message: LocalizedText(
                zh: "【演练】\(title.zh)：\(where_)。这是演练，没有真实警情；请照常签收、到场、反馈。编号\(number)",
                en: "[Drill] \(title.en): \(where_). This is a drill, nothing has happened; please take it, go and "
                    + "report back as you would. No. \(number)"),
            isTold: true)
        // Routes ask for it: the way is that of somebody who lies at home.
        if rule.kind == .noMovement { change.verdict = .notMoving }
        return change
    }

    /// The end of a drill's time, whoever has it in hand.
    package func drillEnd(of last: AlertChange, at now: Instant, registry: Registry) -> AlertChange {
        var change = last
        change.change = .resolved
        change.state = .resolved
        change.at = now
        change.isTold = true
        change.act = nil
        let number = last.id.prefix(6).uppercased()
        let place = last.place.flatMap { registry.place($0) }.map { registry.places[Int($0.index)].displayName }
        let title = rules.first { $0.name == last.rule }?.title ?? last.kind.title
        change.message = LocalizedText(
            zh: "【演练】\(place ?? last.key) \(title.zh)：演练已结束。编号\(number)",
            en: "[Drill] \(place ?? last.key), \(title.en): the drill is over. No. \(number)")
        return change
    }
}

import Timekeeping

extension RuleSettings {
    /// Everything that changes what the rule's state means, in one canonical text: two rules with the same may go on
    /// with one another's state. Not the name, texts, severities, and what is done to machines. Lists whose order means
    /// nothing are sorted; names are quoted, so that no two rules share a text. Times are in milliseconds.
    package var stateDescription: String {
        var parts = [kind.rawValue, match.stateDescription, "key \(keys.map(\.rawValue).sorted())"]
        parts.append(window.stateDescription)
        parts.append("stages \(stages.map(\.after.count))")
        if kind == .noMovement {
            let kinds = evidence.kinds.map(\.rawValue).sorted()
            parts.append("evidence \(kinds) \(evidence.count) \(evidence.within.count)")
        }
        parts.append("confirm \(confirm.count) \(confirm.within.count) \(confirm.devices)")
        parts.append("merge \(merge.count) cooldown \(cooldown.count)")
        parts.append("calendar \(calendar?.stateDescription ?? "always")")
        if let without { parts.append("without \(without.stateDescription)") }
        if isBuiltIn { parts.append("built in, leaves \(leaves.map(\.stateDescription))") }
        parts.append("during \(during.map { "\($0.calendar.stateDescription) \($0.after.count)" })")
        return parts.joined(separator: "\n")
    }
}

extension MatchSettings {
    fileprivate var stateDescription: String {
        let lists = [zones, places, deviceKinds, devices, words].map { "\($0.sorted())" }.joined(separator: " ")
        let direction = direction?.rawValue ?? "any"
        let reading = reading.map { $0 ? "on" : "off" } ?? "any"
        let person = person?.rawValue ?? "any"
        return "match \(kinds.map(\.rawValue).sorted()) \(lists) \(confidence) \(direction) \(reading) \(person) "
            + (mustFall ? "falls" : "any")
    }
}

extension WindowSettings {
    fileprivate var stateDescription: String {
        switch self {
        case .absence: "absence"
        case .session: "session"
        case .count(let least, let within, let once): "count \(least) \(within.count) \(once.count)"
        case .distinct(let field, let least, let within): "distinct \(field.rawValue) \(least) \(within.count)"
        case .lasting(let ends, let gap): "lasting \(gap.count) \(ends?.stateDescription ?? "")"
        case .sequence(let then, let within, let isMissing, let before):
            "\(isMissing ? "missing" : "sequence") \(within.count) \(before.count) \(then.stateDescription)"
        case .threshold(let field, let isAbove, let limit, let back, let lasting):
            "threshold \(field.rawValue) \(isAbove ? "above" : "below") \(limit) \(back) \(lasting.count)"
        case .excess(let least, let within): "excess \(least) \(within.count)"
        case .flow(let passes, let within, let inside, let back):
            // Without the default: a state of before there was the key goes on.
            "flow \(passes.map(String.init) ?? "-") \(within.count) \(inside.map(String.init) ?? "-")"
                + (back == 0.8 ? "" : " \(back)")
        case .passback(let forget, let again): "passback \(forget.count) \(again.count)"
        case .device(let d):
            "device \(d.heartbeats) \(d.settle.count) \(d.share) \(d.least) \(d.unquiet.count) "
                + "\(d.records) \(d.per.count)"
        }
    }
}

extension RuleCalendar {
    fileprivate var stateDescription: String { "\(hours.map(\.description)) except \(except.map(\.description))" }
}

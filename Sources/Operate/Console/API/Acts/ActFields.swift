import Cases
import Diagnostics
import Feeds
import Timekeeping
import Vocabulary

/// The fields of each verb as the API has them, made from ``ActField``'s table, and the reading of a body into an act.
/// What the state allows is decided later, when the act's record is stepped.
enum ActFields {
    static let found = FoundWord.allCases.map(\.rawValue)

    /// What may be sent with a verb: first what is needed.
    static func all(_ verb: Verb) -> [Field] {
        let own = ActField.own(of: verb).map { field($0, isNeeded: $0.isNeeded && verb != .note) }
        let names = Set(own.map(\.name))
        let common = ActField.common.filter { !names.contains($0.name) }.map { field($0, isNeeded: $0.name == "key") }
        return (own + common).sorted { $0.isNeeded && !$1.isNeeded }
    }

    /// Of which one at least is needed.
    static func oneOf(_ verb: Verb) -> [String] {
        switch verb {
        case .close: ["found", "reason"]
        case .note: ["note", "text"]
        default: []
        }
    }

    static func body(_ verb: Verb) -> Operation.Body { .fields(all(verb), oneOf: oneOf(verb)) }

    private static func field(_ field: ActField, isNeeded: Bool) -> Field {
        let form: ValueForm =
            switch field.kind {
            case .text where field.name == "tapped": .time
            case .text(let most): .text(max: most)
            case .truth: .truth
            case .found: .choice(found)
            case .word(let words): .choice(words)
            case .instant: .until
            case .length: .duration
            case .addressee: .text(max: 100)
            case .alert: .alert
            case .hashes: .hashes
            }
        var made = Field(field.name, form, field.meaning.en, examples[field.name] ?? "\"x\"")
        made.isNeeded = isNeeded
        return made
    }

    private static let examples = [
        "key": "\"c1f0a9\"", "seen": "\"5.0\"", "actor": "\"w1\"", "note": "\"门开着\"", "text": "\"门开着\"",
        "tapped": "\"2026-03-05T09:00:00+08:00\"", "photos": "[]", "to": "\"community\"", "found": "\"real\"",
        "until": "\"3d\"", "by": "\"visit\"", "alert_right": "true", "device": "\"ok\"", "ok": "true",
        "reason": "\"不在岗\"", "for": "\"2h\"", "into": "\"\(ExampleSite.other)\"",
    ]

    /// What a body whose forms are right says.
    static func act(_ verb: Verb, alert: String, _ body: JSONValue, by caller: Caller) throws(Problem) -> Act {
        var act = Act(
            alert: alert, verb: verb.rawValue, actor: caller.person, found: body["found"]?.text,
            until: body["until"]?.text, note: body["note"]?.text ?? body["text"]?.text, key: body["key"]?.text)
        if let actor = body["actor"]?.text, actor != caller.person {
            guard caller.seesNames else { throw .forbidden("only managers put in what somebody else did") }
            guard actor != "system" else { throw .badField("actor", "`system` is the box itself") }
            act.actor = actor
            act.enteredBy = caller.person
        }
        act.to = body["to"]?.text
        act.ok = body["ok"]?.truth
        act.by = body["by"]?.text
        act.length = body["for"]?.text
        act.reason = body["reason"]?.text
        act.into = body["into"]?.text
        act.alertRight = body["alert_right"]?.truth
        act.device = body["device"]?.text
        act.tapped = body["tapped"]?.text
        act.photos = body["photos"]?.list?.compactMap(\.text) ?? []
        act.seen = body["seen"]?.text
        return act
    }

    /// What ``ActForm`` finds wrong with what was sent: what fits the alert, and what lies ahead.
    /// - Parameter into: of a merge: the whole id.
    static func check(
        _ verb: Verb, _ body: JSONValue, into: String?, for kind: RuleKind, at now: Instant, in zone: Zone
    ) throws(Problem) {
        guard case .object(let members) = body else { return }
        var values: [String: ActForm.Value] = [:]
        for member in members {
            values[member.key] =
                switch member.value {
                case .text(let text): .text(member.key == "into" ? into ?? text : text)
                case .truth(let truth): .truth(truth)
                case .list(let list): .list(list.compactMap(\.text))
                default: .other
                }
        }
        guard let problem = ActForm(verb, values).problems(for: kind, at: now, in: zone).first else { return }
        let sides = problem.what.en.split(separator: ":", maxSplits: 1)
        let words = "\(sides.count > 1 ? String(sides[1].dropFirst()) : problem.what.en); \(problem.remedy.en)"
        throw .badField(String(sides.first ?? ""), words)
    }
}

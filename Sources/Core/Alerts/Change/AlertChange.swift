import Crypto
package import Diagnostics
package import Feeds
import JSONWriting
import RecordLog
import SiteConfiguration
package import StateCoding
package import Timekeeping
package import Vocabulary

/// One change of one alert: what `replay --alerts`, the webhook, the API and MQTT carry (docs/commands.md, "Alert
/// changes").
package struct AlertChange: Equatable, Sendable {
    package static let schema = "shouwang.alert/1"

    /// The record that made it, and its place among that record's changes. Not on the wire.
    package var record: Int64
    package var ordinal: Int32

    package var change: ChangeKind
    package var at: Instant
    package var id: String
    package var rule: String
    package var kind: RuleKind
    package var severity: Severity
    package var site: String
    package var place: String?
    package var grid: String?
    package var key: String
    package var person: String?
    package var device: String?
    package var started: Instant
    package var detected: Instant
    package var lastEvidence: Instant?
    package var state: AlertState
    /// What a person's record told: who, what was found, and their words.
    package var actor: String?
    /// Who has it in hand, or is to go: a worker's id, a role, or the name of whoever took it. Not in the state.
    package var assignee: String?
    /// When the next step is due: of what delivery makes alone (dispatched, escalated, renotified). Not in the state.
    package var due: Instant?
    package var found: String?
    package var note: String?
    package var verdict: Verdict?
    /// JSON text of the kind's own facts.
    package var detail: String
    package var evidence: [EvidenceItem]
    package var message: LocalizedText
    /// Whether people are told of it again: a raise, a worse stage, an end; not that a second camera saw it as well.
    /// Not on the wire.
    package var isTold: Bool
    /// When it was made: the stamp of the record that brought it, behind `at` where that is a deadline which nobody
    /// noticed. Whose shift it is, and whether it is late to tell, goes by this. Not on the wire, nor in the state.
    package var stamp: Instant
    /// What a person did that made it; on the wire with its own fields. Not in the state.
    package var act: Act?
    /// What it rests on, in sentences; empty unless asked for. Not on the wire.
    package var facts: [LocalizedText] = []

    package init(
        record: Int64, ordinal: Int32, change: ChangeKind, at: Instant, id: String, rule: String, kind: RuleKind,
        severity: Severity, site: String, place: String? = nil, grid: String? = nil, key: String,
        person: String? = nil, device: String? = nil, started: Instant, detected: Instant,
        lastEvidence: Instant? = nil, state: AlertState, detail: String, evidence: [EvidenceItem],
        message: LocalizedText,
        isTold: Bool
    ) {
        self.record = record
        self.ordinal = ordinal
        self.change = change
        self.at = at
        self.id = id
        self.rule = rule
        self.kind = kind
        self.severity = severity
        self.site = site
        self.place = place
        self.grid = grid
        self.key = key
        self.person = person
        self.device = device
        self.started = started
        self.detected = detected
        self.lastEvidence = lastEvidence
        self.state = state
        self.detail = detail
        self.evidence = evidence
        self.message = message
        self.isTold = isTold
        stamp = at
    }

    /// The first 16 hex digits of SHA-256 over `site|rule|key|started-in-epoch-ms`: the same episode gets the same id
    /// wherever and however often it is derived.
    package static func id(site: String, rule: String, key: String, started: Instant) -> String {
        Hex.string(SHA256.hash(data: Array("\(site)|\(rule)|\(key)|\(started.milliseconds)".utf8)).prefix(8))
    }

    /// The JSON object of the contract, keys in its order, without a line feed.
    package func json(zone: Zone) -> [UInt8] {
        JSONWriter.object { writer in
            writer.text("schema", AlertChange.schema)
            writer.text("change", change.rawValue)
            writer.text("at", ISO8601.write(at, in: zone))
            writer.text("id", id)
            writer.text("rule", rule)
            writer.text("kind", kind.rawValue)
            writer.text("severity", severity.rawValue)
            writer.text("site", site)
            writer.text("place", ifAny: place)
            writer.text("grid", ifAny: grid)
            writer.text("key", key)
            writer.text("person", ifAny: person)
            writer.text("device", ifAny: device)
            writer.text("started", ISO8601.write(started, in: zone))
            writer.text("detected", ISO8601.write(detected, in: zone))
            writer.text("last_evidence", ifAny: lastEvidence.map { ISO8601.write($0, in: zone) })
            writer.text("state", state.rawValue)
            writer.text("actor", ifAny: actor)
            writer.text("assignee", ifAny: assignee)
            writer.text("due", ifAny: due.map { ISO8601.write($0, in: zone) })
            writer.text("found", ifAny: found)
            writer.text("note", ifAny: note)
            writer.text("verdict", ifAny: verdict?.rawValue)
            writer.raw("detail", detail)
            writer.list("evidence", evidence) { writer, item in
                writer.element { writer in
                    writer.text("at", ISO8601.write(item.at, in: zone))
                    writer.text("topic", item.topic)
                    writer.text("device", item.device)
                    writer.text("kind", item.kind.name)
                }
            }
            writer.object("message") { writer in
                writer.text("zh-Hans", message.zh)
                writer.text("en", message.en)
            }
            if let act { writer.object("act") { act.writeOwnFields(to: &$0) } }
        }
    }
}

// The form in which a snapshot has an alert. Writing and reading stand field by field in one order.

extension AlertChange {
    /// Writes it as bytes of a snapshot, without what is not on the wire. O(its evidence).
    package func write(to writer: inout StateWriter) {
        writer.text(id)
        writer.text(rule)
        writer.text(kind.rawValue)
        writer.text(severity.rawValue)
        writer.text(site)
        writer.text(key)
        writer.text(state.rawValue)
        writer.text(detail)
        writer.optional(place) { $0.text($1) }
        writer.optional(grid) { $0.text($1) }
        writer.optional(person) { $0.text($1) }
        writer.optional(device) { $0.text($1) }
        writer.optional(actor) { $0.text($1) }
        writer.optional(found) { $0.text($1) }
        writer.optional(note) { $0.text($1) }
        writer.optional(verdict) { $0.text($1.rawValue) }
        writer.instant(at)
        writer.instant(started)
        writer.instant(detected)
        writer.instant(ifAny: lastEvidence)
        writer.array(evidence) { $1.write(to: &$0) }
        writer.text(message.zh)
        writer.text(message.en)
    }

    package init(from reader: inout StateReader) throws(StateError) {
        id = try reader.text()
        rule = try reader.text()
        kind = try reader.value("an alert's kind")
        severity = try reader.value("an alert's severity")
        site = try reader.text()
        key = try reader.text()
        state = try reader.value("an alert's state")
        detail = try reader.text()
        place = try reader.textIfAny()
        grid = try reader.textIfAny()
        person = try reader.textIfAny()
        device = try reader.textIfAny()
        actor = try reader.textIfAny()
        found = try reader.textIfAny()
        note = try reader.textIfAny()
        verdict = try reader.textIfAny().flatMap(Verdict.init(rawValue:))
        at = try reader.instant()
        started = try reader.instant()
        detected = try reader.instant()
        lastEvidence = try reader.instantIfAny()
        evidence = try reader.array(ofSize: 11) { (reader) throws(StateError) in try EvidenceItem(from: &reader) }
        message = LocalizedText(zh: try reader.text(), en: try reader.text())
        // What is no part of the state.
        (record, ordinal, change, isTold, stamp) = (0, 0, .raised, false, at)
    }
}

extension EvidenceItem {
    fileprivate func write(to writer: inout StateWriter) {
        writer.instant(at)
        writer.text(topic)
        writer.text(device)
        writer.byte(kind.rawValue)
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        at = try reader.instant()
        topic = try reader.text()
        device = try reader.text()
        guard let kind = ObservationKind(rawValue: try reader.byte()) else {
            throw reader.damaged("an observation's kind")
        }
        self.kind = kind
    }
}

extension StateReader {
    fileprivate mutating func textIfAny() throws(StateError) -> String? {
        try optional { (reader) throws(StateError) in try reader.text() }
    }

    /// A case by its name.
    fileprivate mutating func value<Value: RawRepresentable<String>>(_ what: String) throws(StateError) -> Value {
        guard let value = Value(rawValue: try text()) else { throw damaged(what) }
        return value
    }
}

import Crypto
package import Diagnostics
import Feeds
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
    package var found: String?
    package var note: String?
    package var verdict: Verdict?
    /// JSON text of the kind's own facts.
    package var detail: String
    package var evidence: [EvidenceItem]
    package var message: LocalizedText
    /// Whether people are told of it anew: a raise, a worse stage, an end; not that a second camera saw it as well. Not
    /// on the wire.
    package var isTold: Bool
    /// When it was made: the stamp of the record that brought it, behind `at` where that is a deadline which nobody
    /// noticed. Whose shift it is, and whether it is late to tell, goes by this. Not on the wire, nor in the state.
    package var stamp: Instant
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
        }
    }
}

extension AlertChange {
    package func write(to writer: inout StateWriter) {
        for text in [id, rule, kind.rawValue, severity.rawValue, site, key, state.rawValue, detail] {
            writer.text(text)
        }
        for text in [place, grid, person, device, actor, found, note, verdict?.rawValue] {
            writer.truth(text != nil)
            if let text { writer.text(text) }
        }
        for instant in [at, started, detected] { writer.instant(instant) }
        writer.instant(ifAny: lastEvidence)
        writer.integer(evidence.count)
        for item in evidence {
            writer.instant(item.at)
            writer.text(item.topic)
            writer.text(item.device)
            writer.byte(item.kind.rawValue)
        }
        writer.text(message.zh)
        writer.text(message.en)
    }

    package init(from reader: inout StateReader) throws(StateError) {
        var texts: [String] = []
        for _ in 0..<8 { texts.append(try reader.text()) }
        var maybe: [String?] = []
        for _ in 0..<8 { maybe.append(try reader.truth() ? try reader.text() : nil) }
        let at = try reader.instant()
        let started = try reader.instant()
        let detected = try reader.instant()
        let last = try reader.instantIfAny()
        var evidence: [EvidenceItem] = []
        for _ in 0..<(try reader.count(ofSize: 11)) {
            let at = try reader.instant()
            let topic = try reader.text()
            let device = try reader.text()
            guard let kind = ObservationKind(rawValue: try reader.byte()) else {
                throw reader.damaged("an observation's kind")
            }
            evidence.append(EvidenceItem(at: at, topic: topic, device: device, kind: kind))
        }
        let message = LocalizedText(zh: try reader.text(), en: try reader.text())
        guard let kind = RuleKind(rawValue: texts[2]), let severity = Severity(rawValue: texts[3]),
            let state = AlertState(rawValue: texts[6])
        else { throw reader.damaged("an alert's kind, severity and state") }
        self.init(
            record: 0, ordinal: 0, change: .raised, at: at, id: texts[0], rule: texts[1], kind: kind,
            severity: severity, site: texts[4], place: maybe[0], grid: maybe[1], key: texts[5], person: maybe[2],
            device: maybe[3], started: started, detected: detected, lastEvidence: last, state: state,
            detail: texts[7], evidence: evidence, message: message, isTold: false)
        actor = maybe[4]
        found = maybe[5]
        note = maybe[6]
        verdict = maybe[7].flatMap(Verdict.init(rawValue:))
    }
}

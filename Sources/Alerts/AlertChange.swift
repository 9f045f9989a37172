import Crypto
package import Diagnostics
import RecordLog
package import SiteConfiguration
package import Timekeeping

/// Names that go over the wire; a test pins their spelling.
package enum AlertState: String, Sendable, CaseIterable {
    case open, dispatched, acknowledged
    case onSite = "on_site"
    case handled, suspended, resolved, closed
}

/// What a change is; the names are the contract's.
package enum ChangeKind: String, Sendable, CaseIterable {
    case raised, updated, renotified, dispatched, acknowledged, arrived, handled, checked, returned, suspended, resumed
    case extended, merged, escalated, noted, reopened, resolved, closed
}

/// One record that an alert rests on, as people and programs read it.
package struct EvidenceItem: Equatable, Sendable {
    package var at: Instant
    package var topic: String
    package var device: String
    package var kind: ObservationKind

    package init(at: Instant, topic: String, device: String, kind: ObservationKind) {
        self.at = at
        self.topic = topic
        self.device = device
        self.kind = kind
    }
}

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
    package var verdict: VerdictName?
    /// JSON text of the kind's own facts.
    package var detail: String
    package var evidence: [EvidenceItem]
    package var message: Phrase
    /// Whether people are told of it anew: a raise, a worse stage, an end; not that a second camera saw it as well. Not
    /// on the wire.
    package var isTold: Bool
    /// When it was made: the stamp of the record that brought it, behind `at` where that is a deadline which nobody
    /// noticed. Whose shift it is, and whether it is late to tell, goes by this. Not on the wire, nor in the state.
    package var stamp: Instant
    /// What it rests on, in sentences; empty unless asked for. Not on the wire.
    package var facts: [Phrase] = []

    package init(
        record: Int64, ordinal: Int32, change: ChangeKind, at: Instant, id: String, rule: String, kind: RuleKind,
        severity: Severity, site: String, place: String? = nil, grid: String? = nil, key: String,
        person: String? = nil, device: String? = nil, started: Instant, detected: Instant,
        lastEvidence: Instant? = nil, state: AlertState, detail: String, evidence: [EvidenceItem], message: Phrase,
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
        let digest = SHA256.hash(data: Array("\(site)|\(rule)|\(key)|\(started.milliseconds)".utf8))
        let digits = Array("0123456789abcdef")
        return String(digest.prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The JSON object of the contract, keys in its order, without a line feed.
    package func json(zone: Zone) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1024)
        var writer = ObjectWriter(&out)
        writer.text("schema", AlertChange.schema, &out)
        writer.text("change", change.rawValue, &out)
        writer.text("at", ISO8601.write(at, in: zone), &out)
        writer.text("id", id, &out)
        writer.text("rule", rule, &out)
        writer.text("kind", kind.rawValue, &out)
        writer.text("severity", severity.rawValue, &out)
        writer.text("site", site, &out)
        if let place { writer.text("place", place, &out) }
        if let grid { writer.text("grid", grid, &out) }
        writer.text("key", key, &out)
        if let person { writer.text("person", person, &out) }
        if let device { writer.text("device", device, &out) }
        writer.text("started", ISO8601.write(started, in: zone), &out)
        writer.text("detected", ISO8601.write(detected, in: zone), &out)
        if let lastEvidence { writer.text("last_evidence", ISO8601.write(lastEvidence, in: zone), &out) }
        writer.text("state", state.rawValue, &out)
        if let actor { writer.text("actor", actor, &out) }
        if let found { writer.text("found", found, &out) }
        if let note { writer.text("note", note, &out) }
        if let verdict { writer.text("verdict", verdict.rawValue, &out) }
        writer.raw("detail", detail, &out)
        writer.raw("evidence", evidenceJSON(zone), &out)
        var inner: [UInt8] = []
        var texts = ObjectWriter(&inner)
        texts.text("zh-Hans", message.zh, &inner)
        texts.text("en", message.en, &inner)
        texts.end(&inner)
        writer.raw("message", String(decoding: inner, as: UTF8.self), &out)
        writer.end(&out)
        return out
    }

    private func evidenceJSON(_ zone: Zone) -> String {
        var out: [UInt8] = [0x5B]
        for (index, item) in evidence.enumerated() {
            if index > 0 { out.append(0x2C) }
            var writer = ObjectWriter(&out)
            writer.text("at", ISO8601.write(item.at, in: zone), &out)
            writer.text("topic", item.topic, &out)
            writer.text("device", item.device, &out)
            writer.text("kind", item.kind.name, &out)
            writer.end(&out)
        }
        out.append(0x5D)
        return String(decoding: out, as: UTF8.self)
    }
}

/// Writes one JSON object with its keys in the order of the calls, which Foundation's encoder does not promise.
struct ObjectWriter {
    private var isFirst = true

    init(_ out: inout [UInt8]) { out.append(0x7B) }

    mutating func text(_ key: String, _ value: String, _ out: inout [UInt8]) {
        name(key, &out)
        JSONText.appendString(value, to: &out)
    }

    /// - Parameter json: must be valid JSON.
    mutating func raw(_ key: String, _ json: String, _ out: inout [UInt8]) {
        name(key, &out)
        out.append(contentsOf: json.utf8)
    }

    mutating func number(_ key: String, _ value: Int, _ out: inout [UInt8]) { raw(key, "\(value)", &out) }

    private mutating func name(_ key: String, _ out: inout [UInt8]) {
        if !isFirst { out.append(0x2C) }
        isFirst = false
        JSONText.appendString(key, to: &out)
        out.append(0x3A)
    }

    func end(_ out: inout [UInt8]) { out.append(0x7D) }
}

/// What the records under one topic look like, for people: a row of the table in docs/journal.md, which is made from
/// here, and what a scenario may write.
package struct SystemRecordForm: Sendable {
    /// One field of the payload.
    package struct Field: Sendable {
        /// What a value is, and in which unit.
        package enum Kind: Sendable {
            case text
            /// One of these words.
            case word([String])
            case truth
            /// A record of the journal, by its number.
            case recordNumber
            /// So many of these.
            case count(of: String)
            case hexDigits(Int)
            /// Written in ISO 8601 with milliseconds, UTC; epoch milliseconds are read as well.
            case time
        }

        package let name: String
        package let kind: Kind
        /// What it says, and where it is left out.
        package let meaning: String
    }

    /// The name behind ``SystemRecord/topicPrefix``.
    package let name: String
    /// When such a record is written.
    package let when: String
    /// The field that says which of several records it is; a scenario may write its value alone.
    package var leading: String?
    package let fields: [Field]
    /// Written by the journal itself, and no part of what happened.
    package var isBookkeeping = false

    /// All forms, in the order of the page.
    package static let all: [SystemRecordForm] = bookkeeping + box + people

    private static let bookkeeping = [
        SystemRecordForm(
            name: "segment", when: "first line of each segment",
            fields: [
                .init(name: "first", kind: .recordNumber, meaning: "this record's own number"),
                .init(name: "version", kind: .count(of: "versions"), meaning: "of the journal's form; today 2"),
            ], isBookkeeping: true),
        SystemRecordForm(
            name: "sum", when: "end of each block, see \"Checksums\"",
            fields: [
                .init(name: "number", kind: .recordNumber, meaning: "this record's own number"),
                .init(name: "closed", kind: .truth, meaning: "the journal was ended in order; left out where not"),
                .init(name: "crc32c", kind: .hexDigits(8), meaning: "of the block's bytes"),
            ], isBookkeeping: true),
    ]

    private static let box = [
        SystemRecordForm(
            name: "start", when: "the daemon started",
            fields: [
                .init(name: "version", kind: .text, meaning: "the program's"),
                .init(
                    name: "config", kind: .hexDigits(16),
                    meaning: "beginning of a SHA-256 over configuration, mappings and registry"),
                .init(
                    name: "down_since", kind: .time,
                    meaning: "when the box was last known to run; left out in an empty store"),
            ]),
        SystemRecordForm(
            name: "config", when: "another configuration or registry is in force",
            fields: [
                .init(name: "config", kind: .hexDigits(16), meaning: "as of `start`"),
                .init(name: "why", kind: .word(["start", "reload"]), meaning: "what brought it"),
            ]),
        SystemRecordForm(
            name: "session", when: "the broker's session changed", leading: "state",
            fields: [
                .init(
                    name: "state", kind: .word(["connected", "settled", "lost"]),
                    meaning: "it is back, its backlog is in, it is gone"),
                .init(name: "present", kind: .truth, meaning: "of `connected`: the broker had kept the session"),
                .init(
                    name: "since", kind: .time,
                    meaning: "of `lost`: when something last came through; where left out, this record's own time"),
            ]),
        SystemRecordForm(
            name: "tick", when: "a deadline passed in quiet; the rules' clock moves by records alone", fields: []),
        SystemRecordForm(
            name: "clock", when: "the wall clock was set", leading: "why",
            fields: [
                .init(
                    name: "why", kind: .word(["step", "boot"]),
                    meaning: "`step`: all that is counted moves with it; `boot`: the first true time after a start, "
                        + "what lies between is down time"),
                .init(name: "from", kind: .time, meaning: "what the box took for the time"),
                .init(name: "to", kind: .time, meaning: "what it is"),
            ]),
    ]

    private static let people = [
        SystemRecordForm(
            name: "act", when: "somebody did something about an alert or for a resident", leading: "verb",
            fields: [
                .init(
                    name: "verb", kind: .text,
                    meaning: "`dispatch`, `ack`, `arrive`, `handle`, `check`, `close`, `reopen`, `return`, `suspend`, "
                        + "`resume`, `extend`, `merge`, `escalate`, `note` ([cases.md](cases.md)); needed"),
                .init(name: "alert", kind: .text, meaning: "an alert's id; this or `resident` is needed"),
                .init(name: "resident", kind: .text, meaning: "a resident's id"),
                .init(
                    name: "actor", kind: .text,
                    meaning: "who did it: a worker's id, or the name of a token or of whoever answered over a link; "
                        + "`system` is the daemon"),
                .init(name: "entered_by", kind: .text, meaning: "who put it in for them, where that was another"),
                .init(
                    name: "to", kind: .text,
                    meaning: "of `dispatch` and `escalate`: a role, `department:NAME`, `partner:NAME` or `worker:ID`"),
                .init(name: "ok", kind: .truth, meaning: "of `check`: it is in order; where left out, it is"),
                .init(name: "found", kind: .text, meaning: "of `handle` and `close`: what was found"),
                .init(name: "until", kind: .text, meaning: "a day, a time or a length of time, as it was written"),
                .init(name: "by", kind: .text, meaning: "of `handle`: `visit` or `phone`"),
                .init(name: "for", kind: .text, meaning: "of `extend`: a length of time, as it was written"),
                .init(name: "reason", kind: .text, meaning: "why; of `escalate` `no_access`: nobody opened"),
                .init(name: "into", kind: .text, meaning: "of `merge`: the id of the alert that goes on"),
                .init(name: "alert_right", kind: .truth, meaning: "whether the alert was right"),
                .init(name: "device", kind: .text, meaning: "of `handle`: `ok`, `faulty` or `replaced`"),
                .init(name: "note", kind: .text, meaning: "free words; `text` is read as well"),
                .init(
                    name: "tapped", kind: .text,
                    meaning: "when it was pressed, by the phone's own clock; shown, never believed"),
                .init(name: "photos", kind: .text, meaning: "photographs by their hashes, blanks between them"),
                .init(name: "seen", kind: .text, meaning: "the `record.ordinal` of the change that was looked at"),
                .init(
                    name: "may_check_own", kind: .truth,
                    meaning: "of `check`: the route lets whoever handled it"),
                .init(name: "key", kind: .text, meaning: "equal for the same act told twice"),
                .init(
                    name: "page", kind: .text,
                    meaning: "the alert as it was told last, as JSON; only where the rules' own book did not have it"),
            ]),
        SystemRecordForm(
            name: "drill", when: "somebody asked for an alert to practise with; it ends by itself after 2 h",
            leading: "rule",
            fields: [
                .init(name: "rule", kind: .text, meaning: "the rule whose alert is practised; needed"),
                .init(name: "resident", kind: .text, meaning: "a resident's id; this or `place` is needed"),
                .init(name: "place", kind: .text, meaning: "a place's id, or an address"),
                .init(name: "actor", kind: .text, meaning: "who asked for it"),
                .init(
                    name: "id", kind: .text,
                    meaning: "the drill's own: its alert's key is `drill:` and this; told twice it is done once; needed"
                ),
            ]),
        SystemRecordForm(
            name: "silence", when: "alerts are silenced; of a later version, not acted on yet",
            fields: [
                .init(name: "id", kind: .text, meaning: "the silence's own"),
                .init(name: "match", kind: .text, meaning: "which alerts"),
                .init(name: "until", kind: .text, meaning: "a time or a length of time"),
                .init(name: "actor", kind: .text, meaning: "who did it"),
            ]),
        SystemRecordForm(
            name: "flood", when: "a device sent more than it may",
            fields: [
                .init(name: "device", kind: .text, meaning: "the registry's id or the device's own name"),
                .init(name: "cut", kind: .count(of: "records"), meaning: "how many were left out"),
            ]),
        SystemRecordForm(
            name: "lost", when: "records that were acknowledged and that a power cut took (`250ms`, `off`)",
            fields: [
                .init(name: "from", kind: .recordNumber, meaning: "the first"),
                .init(name: "to", kind: .recordNumber, meaning: "the last"),
            ]),
        SystemRecordForm(
            name: "seen",
            when:
                "no snapshot could be used, the journal knows nothing of a home, and the ledger knew since when it is "
                + "counted",
            fields: [
                .init(name: "rule", kind: .text, meaning: "the rule that counts it"),
                .init(name: "key", kind: .text, meaning: "the home"),
                .init(name: "since", kind: .time, meaning: "since when it is counted"),
            ]),
    ]

    // MARK: The page

    /// The table of docs/journal.md.
    package static var markdown: String {
        let rows = all.flatMap { form in
            ["| `\(SystemRecord.topicPrefix)\(form.name)` | | | | \(form.when) |"]
                + form.fields.map { "| | `\($0.name)` | \($0.kind.type) | \($0.kind.unit) | \($0.meaning) |" }
        }
        return (["| topic | field | type | unit | meaning |", "|---|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }
}

extension SystemRecordForm.Field.Kind {
    fileprivate var type: String {
        switch self {
        case .text: "text"
        case .word(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .truth: "true, false"
        case .recordNumber, .count: "integer"
        case .hexDigits(let count): "text, \(count) hex digits"
        case .time: "time"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .recordNumber: "number of a record"
        case .count(let what): what
        case .time: "ms, UTC"
        case .text, .word, .truth, .hexDigits: "–"
        }
    }
}

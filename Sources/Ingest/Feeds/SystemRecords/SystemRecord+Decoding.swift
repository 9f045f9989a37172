import CSIMDJSON
import Glibc
import RecordLog
import Timekeeping

extension SystemRecord {
    /// Reads a record by the name behind ``topicPrefix``. Unknown fields are left alone; one without a field that it
    /// needs is unknown. Of the journal's own two, which its reader has checked, nothing is refused.
    /// - Parameter zone: of times without an offset.
    init(_ name: String, _ view: RecordView, zone: Zone) {
        let fields = Fields(view: view, zone: zone)
        switch name {
        case "start":
            self = .start(
                version: fields.word("version"), config: fields.word("config"), downSince: fields.instant("down_since"))
        case "config": self = .config(hash: fields.word("config"), why: ConfigReason(rawValue: fields.text("why")))
        case "tick": self = .tick
        case "segment":
            self = .segment(first: fields.integer("first") ?? 0, version: fields.integer("version") ?? 0)
        case "sum":
            self = .sum(
                number: fields.integer("number") ?? 0, isClosing: fields.truth("closed"),
                crc: UInt32(fields.text("crc32c"), radix: 16) ?? 0)
        case "clock": self = .clock(fields)
        case "act": self = Act(fields).map { .act($0) } ?? .unknown(name)
        case "drill": self = Drill(fields).map { .drill($0) } ?? .unknown(name)
        case "flood": self = .flood(fields)
        case "seen": self = .seen(fields)
        case "lost": self = .lost(fields)
        case "session": self = .session(fields)
        default: self = .unknown(String(name.prefix(60)))
        }
    }

    private static func clock(_ fields: Fields) -> SystemRecord {
        guard let from = fields.instant("from"), let to = fields.instant("to") else { return .unknown("clock") }
        let why = fields.text("why")
        switch why {
        case "step": return .clockStepped(from: from, to: to)
        case "boot": return .clockSet(from: from, to: to)
        default: return .unknown("clock/" + why.prefix(40))
        }
    }

    private static func flood(_ fields: Fields) -> SystemRecord {
        guard let device = fields.word("device"), let cut = fields.integer("cut"), cut >= 0 else {
            return .unknown("flood")
        }
        return .flood(device: device, cut: cut)
    }

    private static func seen(_ fields: Fields) -> SystemRecord {
        guard let rule = fields.word("rule"), let home = fields.word("key"), let since = fields.instant("since") else {
            return .unknown("seen")
        }
        return .seen(rule: rule, home: home, since: since)
    }

    private static func lost(_ fields: Fields) -> SystemRecord {
        guard let from = fields.integer("from"), let to = fields.integer("to") else { return .unknown("lost") }
        return .lost(from: from, to: to)
    }

    private static func session(_ fields: Fields) -> SystemRecord {
        let state = fields.text("state")
        switch state {
        case "connected": return .sessionConnected(present: fields.truth("present"))
        case "lost": return .sessionLost(since: fields.instant("since"))
        case "settled": return .sessionSettled
        default: return .unknown("session/" + state.prefix(40))
        }
    }
}

extension Act {
    /// - Returns: nil where nobody can say what was done, or to what.
    fileprivate init?(_ fields: Fields) {
        guard let verb = fields.word("verb") else { return nil }
        self.init(
            alert: fields.word("alert"), resident: fields.word("resident"), verb: verb, actor: fields.word("actor"),
            found: fields.word("found"), until: fields.word("until"), note: fields.word("note") ?? fields.word("text"),
            key: fields.word("key"))
        enteredBy = fields.word("entered_by")
        to = fields.word("to")
        ok = fields.truthIfAny("ok")
        by = fields.word("by")
        length = fields.word("for")
        reason = fields.word("reason")
        into = fields.word("into")
        alertRight = fields.truthIfAny("alert_right")
        device = fields.word("device")
        tapped = fields.word("tapped")
        photos = fields.text("photos").split(separator: " ").map(String.init)
        seen = fields.word("seen")
        mayCheckOwn = fields.truth("may_check_own")
        page = fields.word("page")
        if alert == nil, resident == nil { return nil }
    }
}

extension Drill {
    /// - Returns: nil where it has no name, or nobody can say of what it is or where.
    fileprivate init?(_ fields: Fields) {
        guard let id = fields.word("id"), let rule = fields.word("rule") else { return nil }
        self.init(
            id: id, rule: rule, resident: fields.word("resident"), place: fields.word("place"),
            actor: fields.word("actor"))
        if resident == nil, place == nil { return nil }
    }
}

/// The fields of a system record's payload.
private struct Fields {
    /// Times are read up to 2100-01-01T00:00:00Z: years that a clock can show.
    private static let timesEnd = Instant(milliseconds: 4_102_444_800_000)

    let view: RecordView
    let zone: Zone

    /// What `read` makes of the last field with this key; nil where there is none.
    private func last<T>(_ key: StaticString, _ read: (JSONScalar) -> T?) -> T? {
        var found: T?
        for index in unsafe view.fields.indices {
            let field = unsafe view.fields[index]
            var unescaped: [UInt8] = []
            if view.key(field, is: key) {
                // Sound: the array outlives the look at the scalar, which leads into it.
                found = unsafe read(view.scalar(field.value, keep: &unescaped))
                withExtendedLifetime(unescaped) {}
            }
        }
        return found
    }

    func text(_ key: StaticString) -> String {
        unsafe last(key) { unsafe String(decoding: $0.text, as: UTF8.self) } ?? ""
    }

    /// A text, or a number as it was written; nil where there is neither, or nothing in it.
    func word(_ key: StaticString) -> String? {
        unsafe last(key) {
            guard unsafe $0.kind == .text || $0.kind == .number, unsafe !$0.text.isEmpty else { return nil }
            return unsafe String(decoding: $0.text, as: UTF8.self)
        }
    }

    func integer(_ key: StaticString) -> Int64? { unsafe last(key) { unsafe $0.integer } }

    func truth(_ key: StaticString) -> Bool { truthIfAny(key) ?? false }

    func truthIfAny(_ key: StaticString) -> Bool? { unsafe last(key) { unsafe $0.truth } }

    /// Epoch milliseconds or ISO 8601.
    func instant(_ key: StaticString) -> Instant? {
        let time = unsafe last(key) { unsafe PayloadTime.read($0, zone: zone) }
        return time.flatMap { $0 >= .distantPast && $0 < Fields.timesEnd ? $0 : nil }
    }
}

extension RecordView {
    /// Whether a field has this key; keys are compared byte by byte.
    func key(_ field: csj_field, is name: StaticString) -> Bool {
        guard Int(field.key_length) == name.utf8CodeUnitCount, let base = unsafe fieldBase else { return false }
        // Sound: both are `key_length` bytes long.
        return unsafe memcmp(base + Int(field.key_at), name.utf8Start, Int(field.key_length)) == 0
    }
}

import CSIMDJSON
import Glibc
import RecordLog
import Timekeeping

/// Times in the daemon's own records are read up to 2100-01-01T00:00:00Z.
private enum OwnTimes {
    static let end = Instant(milliseconds: 4_102_444_800_000)
}

/// The daemon's own records: topics `$shouwang/…`.
extension Decoder {
    mutating func ownRecord(_ name: String, _ view: RecordView) -> SystemRecord {
        switch name {
        case "start": return .start(downSince: ownTime("down_since", view))
        case "config": return .config
        case "tick": return .tick
        case "segment", "sum": return .bookkeeping
        case "clock":
            let why = ownText("why", view)
            guard let from = ownTime("from", view), let to = ownTime("to", view) else { return .unknown("clock") }
            switch why {
            case "step": return .clockStepped(from: from, to: to)
            case "boot": return .clockSet(to: to)
            default: return .unknown("clock/" + why.prefix(40))
            }
        case "act": return act(view).map { .act($0) } ?? .unknown("act")
        case "flood":
            guard let device = ownWord("device", view), let cut = unsafe ownField("cut", view, { unsafe $0.integer }),
                cut >= 0
            else { return .unknown("flood") }
            return .flood(device: device, cut: cut)
        case "seen":
            guard let rule = ownWord("rule", view), let home = ownWord("key", view), let since = ownTime("since", view)
            else { return .unknown("seen") }
            return .seen(rule: rule, home: home, since: since)
        case "lost":
            guard let from = unsafe ownField("from", view, { unsafe $0.integer }),
                let to = unsafe ownField("to", view, { unsafe $0.integer })
            else { return .unknown("lost") }
            return .lost(from: from, to: to)
        case "session":
            let state = ownText("state", view)
            switch state {
            case "connected":
                let present = unsafe ownField("present", view) { unsafe $0.truth }
                return .sessionConnected(present: present ?? false)
            case "lost": return .sessionLost(since: ownTime("since", view))
            case "settled": return .sessionSettled
            default: return .unknown("session/" + state.prefix(40))
            }
        default: return .unknown(String(name.prefix(60)))
        }
    }

    /// - Returns: nil where nobody can say what was done, or to what.
    private mutating func act(_ view: RecordView) -> Act? {
        guard let verb = ownWord("verb", view) else { return nil }
        let act = Act(
            alert: ownWord("alert", view), resident: ownWord("resident", view), verb: verb,
            actor: ownWord("actor", view), found: ownWord("found", view), until: ownWord("until", view),
            note: ownWord("note", view), key: ownWord("key", view))
        return act.alert == nil && act.resident == nil ? nil : act
    }

    /// What `read` makes of the last field with this key; nil where there is none.
    private mutating func ownField<T>(_ key: StaticString, _ view: RecordView, _ read: (JSONScalar) -> T?) -> T? {
        var found: T?
        for index in unsafe view.fields.indices {
            let field = unsafe view.fields[index]
            // Sound: `kept` is not touched while the scalar is read.
            if view.key(field, is: key) { found = unsafe read(view.scalar(field.value, keep: &kept)) }
        }
        return found
    }

    private mutating func ownText(_ key: StaticString, _ view: RecordView) -> String {
        unsafe ownField(key, view) { unsafe String(decoding: $0.text, as: UTF8.self) } ?? ""
    }

    /// A text, or a number as it was written; nil where there is neither, or nothing in it.
    private mutating func ownWord(_ key: StaticString, _ view: RecordView) -> String? {
        unsafe ownField(key, view) {
            guard unsafe $0.kind == .text || $0.kind == .number, unsafe !$0.text.isEmpty else { return nil }
            return unsafe String(decoding: $0.text, as: UTF8.self)
        }
    }

    /// Epoch milliseconds or ISO 8601, of years that a clock can show.
    private mutating func ownTime(_ key: StaticString, _ view: RecordView) -> Instant? {
        let zone = plan.zone
        let time = unsafe ownField(key, view) { unsafe PayloadTime.read($0, zone: zone) }
        return time.flatMap { $0 >= .distantPast && $0 < OwnTimes.end ? $0 : nil }
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

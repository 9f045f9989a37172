package import RecordLog
package import Timekeeping

extension SystemRecord {
    /// The name behind ``topicPrefix``, and the payload.
    package var encoded: (name: String, payload: [UInt8]) {
        var object = ObjectWriter()
        switch self {
        case .start(let version, let config, let downSince):
            object.text("version", version)
            object.text("config", config)
            object.time("down_since", downSince)
        case .config(let hash, let why):
            object.text("config", hash)
            object.text("why", why?.rawValue)
        case .sessionConnected(let present):
            object.text("state", "connected")
            object.raw("present", present ? "true" : "false")
        case .sessionLost(let since):
            object.text("state", "lost")
            object.time("since", since)
        case .sessionSettled: object.text("state", "settled")
        case .tick, .unknown: break
        case .clockStepped(let from, let to): object.clock(from, to, why: "step")
        case .clockSet(let from, let to): object.clock(from, to, why: "boot")
        case .lost(let from, let to):
            object.raw("from", String(from))
            object.raw("to", String(to))
        case .act(let act): object.act(act)
        case .seen(let rule, let home, let since):
            object.text("rule", rule)
            object.text("key", home)
            object.time("since", since)
        case .flood(let device, let cut):
            object.text("device", device)
            object.raw("cut", String(cut))
        case .segment(let first, let version):
            object.raw("first", String(first))
            object.raw("version", String(version))
        case .sum(let number, let isClosing, let crc):
            object.raw("number", String(number))
            if isClosing { object.raw("closed", "true") }
            let digits = String(crc, radix: 16)
            object.text("crc32c", String(repeating: "0", count: 8 - digits.count) + digits)
        }
        return (name, object.closed)
    }

    private var name: String {
        switch self {
        case .start: "start"
        case .config: "config"
        case .sessionConnected, .sessionLost, .sessionSettled: "session"
        case .tick: "tick"
        case .clockStepped, .clockSet: "clock"
        case .lost: "lost"
        case .act: "act"
        case .seen: "seen"
        case .flood: "flood"
        case .segment: "segment"
        case .sum: "sum"
        case .unknown(let name): name
        }
    }
}

/// A flat JSON object; fields that are nil are left out.
private struct ObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func raw(_ key: String, _ value: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes += Array("\"\(key)\":\(value)".utf8)
    }

    mutating func text(_ key: String, _ value: String?) {
        guard let value else { return }
        raw(key, "")
        JSONText.appendString(value, to: &bytes)
    }

    mutating func time(_ key: String, _ value: Instant?) {
        if let value { raw(key, "\"\(ISO8601.write(value, in: .utc))\"") }
    }

    mutating func clock(_ from: Instant, _ to: Instant, why: String) {
        time("from", from)
        time("to", to)
        text("why", why)
    }

    mutating func act(_ act: Act) {
        text("alert", act.alert)
        text("resident", act.resident)
        text("verb", act.verb)
        text("actor", act.actor)
        text("found", act.found)
        text("until", act.until)
        text("note", act.note)
        text("key", act.key)
    }
}

extension JournalWriter {
    /// Appends a system record.
    package func append(_ record: SystemRecord, at stamp: Instant) {
        let (name, payload) = record.encoded
        appendOwn(stamp, name: name, json: String(decoding: payload, as: UTF8.self))
    }
}

extension JournalLine {
    /// Appends the line of a system record.
    package func append(_ record: SystemRecord, at stamp: Instant, to out: inout [UInt8]) {
        let (name, payload) = record.encoded
        appendOwn(stamp, name: name, json: String(decoding: payload, as: UTF8.self), to: &out)
    }
}

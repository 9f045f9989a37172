import JSONWriting
package import RecordLog
package import Timekeeping
import Vocabulary

extension SystemRecord {
    /// The name behind ``topicPrefix``, and the payload.
    package var encoded: (name: String, payload: [UInt8]) {
        (name, JSONWriter.object(write))
    }

    private func write(to object: inout JSONWriter) {
        switch self {
        case .start(let version, let config, let downSince):
            object.text("version", ifAny: version)
            object.text("config", ifAny: config)
            object.instant("down_since", downSince)
        case .config(let hash, let why):
            object.text("config", ifAny: hash)
            object.text("why", ifAny: why?.rawValue)
        case .sessionConnected(let present):
            object.text("state", "connected")
            object.truth("present", present)
        case .sessionLost(let since):
            object.text("state", "lost")
            object.instant("since", since)
        case .sessionSettled: object.text("state", "settled")
        case .tick, .unknown: break
        case .clockStepped(let from, let to): object.clock(from, to, why: "step")
        case .clockSet(let from, let to): object.clock(from, to, why: "boot")
        case .lost(let from, let to):
            object.number("from", from)
            object.number("to", to)
        case .act(let act): object.act(act)
        case .drill(let drill): object.drill(drill)
        case .seen(let rule, let home, let since):
            object.text("rule", rule)
            object.text("key", home)
            object.instant("since", since)
        case .flood(let device, let cut):
            object.text("device", device)
            object.number("cut", cut)
        case .segment(let first, let version):
            object.number("first", first)
            object.number("version", version)
        case .sum(let number, let isClosing, let crc):
            object.number("number", number)
            if isClosing { object.truth("closed", true) }
            object.text("crc32c", Hex.string([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }))
        }
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
        case .drill: "drill"
        case .seen: "seen"
        case .flood: "flood"
        case .segment: "segment"
        case .sum: "sum"
        case .unknown(let name): name
        }
    }
}

extension JSONWriter {
    fileprivate mutating func instant(_ key: String, _ value: Instant?) {
        text(key, ifAny: value.map { ISO8601.write($0, in: .utc) })
    }

    fileprivate mutating func clock(_ from: Instant, _ to: Instant, why: String) {
        instant("from", from)
        instant("to", to)
        text("why", why)
    }

    fileprivate mutating func act(_ act: Act) {
        text("alert", ifAny: act.alert)
        text("resident", ifAny: act.resident)
        text("verb", act.verb)
        text("actor", ifAny: act.actor)
        act.writeRest(to: &self)
        text("key", ifAny: act.key)
        text("page", ifAny: act.page)
    }

    fileprivate mutating func drill(_ drill: Drill) {
        text("rule", drill.rule)
        text("resident", ifAny: drill.resident)
        text("place", ifAny: drill.place)
        text("actor", ifAny: drill.actor)
        text("id", drill.id)
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

import Community
package import JSONWriting
import RecordLog

/// What a person did, as the record `$shouwang/act` tells it. It has a verb, and an alert or a resident.
package struct Act: Equatable, Sendable {
    /// An alert's id.
    package var alert: String?
    /// A resident's id.
    package var resident: String?
    package var verb: String
    /// Who did it: a worker's id, or the name of a token or of whoever answered over a link. `system` is the daemon.
    package var actor: String?
    /// Who put it in for them, where that was another.
    package var enteredBy: String?
    /// What a visit found.
    package var found: String?
    /// A time or a length of time, as it was written.
    package var until: String?
    package var note: String?
    /// Equal for the same act told twice.
    package var key: String?
    /// Of `dispatch` and `escalate`: a role, `department:NAME`, `partner:NAME` or `worker:ID`.
    package var to: String?
    /// Of `check`.
    package var ok: Bool?
    /// Of `handle`: `visit` or `phone`.
    package var by: String?
    /// Of `extend`: a length of time, as it was written.
    package var length: String?
    package var reason: String?
    /// Of `merge`: the alert's id.
    package var into: String?
    /// Whether the alert was right.
    package var alertRight: Bool?
    /// Of `handle`: `ok`, `faulty` or `replaced`.
    package var device: String?
    /// When it was pressed, by the phone's own clock; shown, never believed.
    package var tapped: String?
    /// Of photographs, by their hashes.
    package var photos: [String] = []
    /// The `record.ordinal` that the person looked at.
    package var seen: String?
    /// The route lets whoever handled check.
    package var mayCheckOwn = false
    /// Not of the record, but of what came of it: it was handled on the spot, and nobody had told of arriving …
    package var arrivalUnreported = false
    /// … and whoever handled it checked it.
    package var unchecked = false
    /// The alert as it was told last, where the pipeline does not have it: the contract's JSON.
    package var page: String?

    package init(
        alert: String? = nil, resident: String? = nil, verb: String, actor: String? = nil, found: String? = nil,
        until: String? = nil, note: String? = nil, key: String? = nil
    ) {
        self.alert = alert
        self.resident = resident
        self.verb = verb
        self.actor = actor
        self.found = found
        self.until = until
        self.note = note
        self.key = key
    }

    /// All but whom it is about, who did it and the page: what an alert change tells of the act that made it.
    package func writeOwnFields(to object: inout JSONWriter) {
        object.text("verb", verb)
        writeRest(to: &object)
        if arrivalUnreported { object.truth("arrival_unreported", true) }
        if unchecked { object.truth("unchecked", true) }
        object.text("key", ifAny: key)
    }

    /// What stands between who did it and the key, in the record and in the change alike.
    func writeRest(to object: inout JSONWriter) {
        object.text("entered_by", ifAny: enteredBy)
        object.text("to", ifAny: to)
        if let ok { object.truth("ok", ok) }
        object.text("found", ifAny: found)
        object.text("until", ifAny: until)
        object.text("by", ifAny: by)
        object.text("for", ifAny: length)
        object.text("reason", ifAny: reason)
        object.text("into", ifAny: into)
        if let alertRight { object.truth("alert_right", alertRight) }
        object.text("device", ifAny: device)
        object.text("note", ifAny: note)
        object.text("tapped", ifAny: tapped)
        if !photos.isEmpty { object.text("photos", photos.joined(separator: " ")) }
        object.text("seen", ifAny: seen)
        if mayCheckOwn { object.truth("may_check_own", true) }
    }
}

import Community
import RecordLog

/// What a person did, as the record `$shouwang/act` tells it. It has a verb, and an alert or a resident.
package struct Act: Equatable, Sendable {
    /// An alert's id.
    package var alert: String?
    /// A resident's id.
    package var resident: String?
    package var verb: String
    package var actor: String?
    /// What a visit found.
    package var found: String?
    /// A time or a length of time, as it was written.
    package var until: String?
    package var note: String?
    /// Equal for the same act told twice.
    package var key: String?

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
}

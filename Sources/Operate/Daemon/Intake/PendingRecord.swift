/// A record of the daemon's own, `$shouwang/{name}`, that is not in the journal yet.
struct PendingRecord: Equatable, Sendable {
    var name: String
    var json: String
}

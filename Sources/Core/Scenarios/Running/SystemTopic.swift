/// System records as a scenario may write them (docs/scenarios.md, "System records").
enum SystemTopic {
    /// Fields of each; the first one of those with `leading` may be told by its value alone: `own session lost`.
    static let fields: [(name: String, leading: String?, fields: [String])] = [
        ("start", nil, ["version", "config", "down_since"]),
        ("config", nil, ["config", "why"]),
        ("session", "state", ["state", "present", "since"]),
        ("tick", nil, []),
        ("clock", "why", ["why", "from", "to"]),
        ("act", "verb", ["verb", "alert", "resident", "actor", "found", "until", "note", "key"]),
        ("silence", nil, ["id", "match", "until", "actor"]),
        ("flood", nil, ["device", "cut"]),
        ("lost", nil, ["from", "to"]),
        ("seen", nil, ["rule", "key", "since"]),
    ]
}

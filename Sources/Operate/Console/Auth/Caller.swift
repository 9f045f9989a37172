import Cases

/// Who sends a request: what their token makes of them.
struct Caller: Equatable, Sendable {
    var asker: Asker
    /// The token's id; empty of one from the file.
    var token: String
    /// For the limits: where the request came from.
    var address: String

    var role: Role { asker.role }
    var person: String { asker.person }
    /// Sees names and phone numbers.
    var seesNames: Bool { role == .manager || role == .admin }
}

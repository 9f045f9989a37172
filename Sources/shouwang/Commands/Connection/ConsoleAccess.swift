import Vocabulary

/// A token, and what is done with it when the command has asked.
struct ConsoleAccess: Sendable {
    var token: Secret
    /// The daemon may not know of it yet.
    var isFresh = false
    var revoke: @Sendable () -> Void = {}
}

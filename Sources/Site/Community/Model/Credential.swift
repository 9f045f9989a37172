import Timekeeping

/// What a gate or camera calls a person.
package struct Credential: Equatable, Sendable {
    /// The device's id or the feed's name within which the value means this person; nil: everywhere.
    package var scope: String?
    package var value: String

    package init(scope: String?, value: String) {
        self.scope = scope
        self.value = value
    }
}

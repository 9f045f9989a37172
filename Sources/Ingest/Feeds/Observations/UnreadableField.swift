/// A field beside a record's type that a device told and that cannot be read.
package struct UnreadableField: Hashable, Sendable {
    package var device: Reference
    /// As the native feed names it.
    package var field: String
}

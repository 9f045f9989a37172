/// Bounds of what may pile up (invariant 8).
package struct LimitSettings: Equatable, Sendable {
    /// Bytes of the largest payload that is read.
    package var payload: Int
    /// Refused records that are kept.
    package var rejects: Int
    /// Rows of the outbox.
    package var outbox: Int

    package init(payload: Int, rejects: Int, outbox: Int) {
        self.payload = payload
        self.rejects = rejects
        self.outbox = outbox
    }
}

package import Cases

/// Bounds of what may pile up (invariant 8), and how long a case and its steps may take.
package struct LimitSettings: Equatable, Sendable {
    /// Bytes of the largest payload that is read.
    package var payload: Int
    /// Refused records that are kept.
    package var rejects: Int
    /// Rows of the outbox.
    package var outbox: Int
    package var cases: CaseLimits

    package init(payload: Int, rejects: Int, outbox: Int, cases: CaseLimits = CaseLimits()) {
        self.payload = payload
        self.rejects = rejects
        self.outbox = outbox
        self.cases = cases
    }
}

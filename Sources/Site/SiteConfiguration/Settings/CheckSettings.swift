package import Timekeeping

/// Who is asked to check what was handled, and within which time.
package struct CheckSettings: Equatable, Sendable {
    /// Not empty.
    package var by: [Target]
    package var within: Milliseconds

    package init(by: [Target] = [.role("community"), .role("property")], within: Milliseconds = .hours(24)) {
        self.by = by
        self.within = within
    }
}

package import Timekeeping

/// Who dispatches by hand, and how long that is waited for.
package struct DeskSettings: Equatable, Sendable {
    /// Not empty.
    package var to: [Target]
    package var after: Milliseconds

    package init(to: [Target] = [.role("property")], after: Milliseconds = .minutes(5)) {
        self.to = to
        self.after = after
    }
}

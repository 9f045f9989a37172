package import Timekeeping
package import Vocabulary

/// Which alerts a list has. An empty list, and nil, ask for any.
package struct AlertSearch: Equatable, Sendable {
    /// Where a page ends: alerts behind this one come next. When an alert was opened never changes, so what changes
    /// between two pages is neither told twice nor left out.
    package struct Place: Equatable, Sendable {
        package var opened: Instant
        package var id: String

        package init(opened: Instant, id: String) {
            self.opened = opened
            self.id = id
        }
    }

    package var states: [String] = []
    package var kinds: [String] = []
    package var rules: [String] = []
    package var severities: [Severity] = []
    package var grids: [String] = []
    /// The grids of whoever asks; what is of no grid is of each.
    package var visibleGrids: [String] = []
    /// Of these places alone.
    package var places: [String]?
    /// Opened at or after, …
    package var from: Instant?
    /// … and before.
    package var to: Instant?
    /// Neither closed nor resolved.
    package var isOpen = false
    /// Whoever has it in hand or did something to it last.
    package var worker: String?
    package var found: [String] = []
    /// Whether somebody said that it was right.
    package var isRight: Bool?
    /// Somewhere in its message, key, place or id.
    package var text: String?
    /// The id begins so.
    package var prefix: String?
    package var after: Place?
    /// 1 to 1,000.
    package var limit = 50

    package init() {}
}

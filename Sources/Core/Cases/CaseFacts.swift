package import Timekeeping
package import Vocabulary

/// What of a case decides who may do what to it.
package struct CaseFacts: Equatable, Sendable {
    package var alert: String
    package var state: AlertState
    package var kind: RuleKind
    /// Nil: of no grid, and so of each.
    package var grid: String?
    /// Who has it in hand, or is to go.
    package var assignee: String?
    /// Who handled it last, …
    package var handler: String?
    /// … and how long ago; nil: nobody knows.
    package var handledFor: Milliseconds?
    /// How long ago it was closed; nil: nobody knows.
    package var closedFor: Milliseconds?
    /// Somebody was called to it, and has not answered.
    package var isCalled = false
    /// Its route lets whoever handled check.
    package var mayCheckOwn = false

    package init(alert: String, state: AlertState, kind: RuleKind, grid: String? = nil, handler: String? = nil) {
        self.alert = alert
        self.state = state
        self.kind = kind
        self.grid = grid
        self.handler = handler
    }
}

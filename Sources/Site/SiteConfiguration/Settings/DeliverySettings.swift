package import Diagnostics
package import Timekeeping
package import Vocabulary

/// Who is told of what. The first route that matches is taken, and the next ones too where it says `continue`.
package struct RouteSettings: Equatable, Sendable {
    package var match: RouteMatch
    /// Not empty.
    package var to: [Target]
    /// Ascending; not acted on yet.
    package var escalate: [EscalationSettings]
    package var `continue`: Bool
    package var position: Position

    package init(
        match: RouteMatch, to: [Target], escalate: [EscalationSettings], `continue`: Bool, position: Position
    ) {
        self.match = match
        self.to = to
        self.escalate = escalate
        self.continue = `continue`
        self.position = position
    }
}

/// An empty list matches all; of a list that is not, one must fit; all lists must hold.
package struct RouteMatch: Equatable, Sendable {
    package var kind: [RuleKind] = []
    package var severity: [Severity] = []
    package var verdict: [String] = []
    package var place: [String] = []

    package init(kind: [RuleKind] = [], severity: [Severity] = [], verdict: [String] = [], place: [String] = []) {
        self.kind = kind
        self.severity = severity
        self.verdict = verdict
        self.place = place
    }
}

package struct EscalationSettings: Equatable, Sendable {
    package var after: Milliseconds
    package var to: [Target]

    package init(after: Milliseconds, to: [Target]) {
        self.after = after
        self.to = to
    }
}

/// Somebody or something that can be told.
package enum Target: Hashable, Sendable {
    /// A channel of this configuration, by name.
    case channel(String)
    /// A worker's role in the registry, in the spelling with `-`; `department:NAME` keeps the name.
    case role(String)
    /// A worker's id in the registry, which `check` looks up.
    case worker(String)

    package static let roles = ["grid-worker", "guard", "property", "community", "street", "family", "volunteers"]
}

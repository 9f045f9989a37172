package import Diagnostics
package import Timekeeping
package import Vocabulary

/// Who is told of what. The first route that matches is taken, and the next ones too where it says `continue`.
package struct RouteSettings: Equatable, Sendable {
    package var match: RouteMatch
    /// Not empty.
    package var to: [Target]
    /// Ascending.
    package var escalate: [EscalationSettings]
    package var `continue`: Bool
    /// Nil: `to` is told at once. Else who is to dispatch it, and when it goes out by itself.
    package var desk: DeskSettings?
    /// How often it is told again while nobody acknowledges; nil: not again.
    package var `repeat`: Milliseconds?
    package var check = CheckSettings()
    /// Whoever handled may check.
    package var isSelfChecked = false
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
    /// Names of rules.
    package var rule: [String] = []
    package var severity: [Severity] = []
    package var verdict: [String] = []
    /// What a report says that it is about.
    package var category: [String] = []
    package var place: [String] = []
    package var grid: [String] = []
    /// Why somebody of the home is looked after.
    package var care: [String] = []
    /// When it holds, by the time at which somebody is to be told.
    package var calendar = RuleCalendar()

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
    /// A worker's role in the registry, in the spelling with `-`; `department:NAME` and `partner:NAME` keep the name.
    case role(String)
    /// A worker's id in the registry, which `check` looks up.
    case worker(String)

    package static let roles = [
        "grid-worker", "guard", "property", "community", "street", "family", "key-holder", "volunteers",
    ]

    /// The numbers in a resident's row, not a worker's role.
    package var isOfResident: Bool { self == .role("family") || self == .role("key-holder") }

    /// As a person writes it who hands a case on: a role, `department:NAME`, `partner:NAME` or `worker:ID`; nil for
    /// anything else.
    package init?(person text: String) {
        let folded = text.replacing("_", with: "-")
        if Target.roles.contains(folded) {
            self = .role(folded)
        } else if ["department:", "partner:"].contains(where: { text.hasPrefix($0) && text.count > $0.count }) {
            self = .role(text)
        } else if text.hasPrefix("worker:"), text.count > 7 {
            self = .worker(String(text.dropFirst(7)))
        } else {
            return nil
        }
    }
}

package import Timekeeping

/// What figures are made with, besides the cases.
package struct EvaluationContext: Sendable {
    package var calendar: WorkCalendar
    /// What happened later is not looked at, and a clock that runs is judged as of then.
    package var through: Instant
    /// Raised from then on, and before; nil: all.
    package var period: Range<Instant>?
    /// Of workers, by their ids: `department:NAME` and the like. An answer to an escalation counts where the role is
    /// the one that was told, or is not known.
    package var roles: [String: String]

    package init(
        calendar: WorkCalendar, through: Instant, period: Range<Instant>? = nil, roles: [String: String] = [:]
    ) {
        self.calendar = calendar
        self.through = through
        self.period = period
        self.roles = roles
    }

    /// Somebody outside of the site's own chain, who must acknowledge what is escalated to them.
    static func isDepartment(_ name: String) -> Bool {
        name.hasPrefix("department:") || name.hasPrefix("partner:")
    }
}

package import Timekeeping

/// While the calendar holds the rule's length is another.
package struct DuringSettings: Equatable, Sendable {
    package var calendar: RuleCalendar
    package var after: Milliseconds

    package init(calendar: RuleCalendar, after: Milliseconds) {
        self.calendar = calendar
        self.after = after
    }
}

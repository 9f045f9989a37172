package import Timekeeping
package import Vocabulary

/// The time limits of a site: by severity, and the exceptions for kinds of rule and for categories of reports.
///
/// Law: of each step the narrowest entry that names it wins, category over kind over severity; what an entry does not
/// name it does not touch. A limit keeps the kind of time of the entry that it stands in.
package struct CaseLimits: Equatable, Sendable {
    /// The limits that stand together: one severity, one kind, one category.
    package struct Entry: Equatable, Sendable {
        package var ack: Milliseconds?
        package var arrive: Milliseconds?
        package var handle: Milliseconds?
        package var whole: Milliseconds?
        package var time: ClockTime

        package init(
            ack: Milliseconds? = nil, arrive: Milliseconds? = nil, handle: Milliseconds? = nil,
            whole: Milliseconds? = nil, time: ClockTime = .urgent
        ) {
            self.ack = ack
            self.arrive = arrive
            self.handle = handle
            self.whole = whole
            self.time = time
        }

        /// Nil where it does not name the step. `check` stands in the route.
        package subscript(step: ClockStep) -> Milliseconds? {
            switch step {
            case .ack: ack
            case .arrive: arrive
            case .handle: handle
            case .check: nil
            case .case: whole
            }
        }
    }

    package var severities: [Severity: Entry]
    package var kinds: [RuleKind: Entry]
    package var categories: [String: Entry]

    package init(
        severities: [Severity: Entry] = CaseLimits.standard, kinds: [RuleKind: Entry] = [:],
        categories: [String: Entry] = [:]
    ) {
        self.severities = severities
        self.kinds = kinds
        self.categories = categories
    }

    /// Where nothing is configured. The target of critical and high is to be on site in ten minutes
    /// (docs/cases-clocks.md, "Limits").
    package static let standard: [Severity: Entry] = [
        .critical: Entry(ack: .minutes(3), arrive: .minutes(10), handle: .hours(1), whole: .hours(24)),
        .high: Entry(ack: .minutes(5), arrive: .minutes(10), handle: .hours(2), whole: .hours(24)),
        .medium: Entry(ack: .minutes(15), arrive: .hours(1), handle: .hours(8), whole: .hours(72)),
        .low: Entry(ack: .days(1), arrive: .days(1), handle: .days(1), whole: .days(5), time: .workDay),
    ]

    /// The limits that an alert has from its raise on, whatever becomes of the configuration.
    /// - Parameters:
    ///   - category: of a report.
    ///   - check: within which what was handled is to be checked, as its route says. O(1).
    package func frozen(severity: Severity, kind: RuleKind, category: String? = nil, check: ClockLimit? = nil)
        -> FrozenLimits
    {
        let entries = [category.flatMap { categories[$0] }, kinds[kind], severities[severity]]
        func limit(_ step: ClockStep) -> ClockLimit? {
            for case let entry? in entries {
                if let length = entry[step] { return ClockLimit(length, entry.time) }
            }
            return nil
        }
        return FrozenLimits(
            ack: limit(.ack), arrive: limit(.arrive), handle: limit(.handle), check: check, whole: limit(.case))
    }
}

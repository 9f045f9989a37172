import Cases
import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

/// Bounds of what may pile up, and the time limits of cases.
extension SettingsReader {
    func work(_ root: Section) -> [WeekHours] {
        let hours = root.list("work") { (text) throws(UnplacedDiagnostic) in try ScalarReading.hours(text) } ?? []
        return hours.isEmpty ? [WorkCalendar.standardHours] : hours
    }

    func limits(_ root: Section, rules: [RuleSettings], work: [WeekHours]) -> LimitSettings? {
        guard let section = root.sectionOrEmpty("limits") else { return nil }
        let payload = section.size("payload")
        let rejects = section.integer("rejects")
        let outbox = section.integer("outbox")
        let cases = caseLimits(section, rules)
        guard let payload, let rejects, let outbox, let cases else { return nil }
        if cases.countsWork, WorkCalendar(hours: work, zone: .utc).isNever { root.warning(.nobodyWorks, at: "work") }
        return LimitSettings(payload: Int(payload), rejects: rejects, outbox: outbox, cases: cases)
    }

    private func caseLimits(_ section: Section, _ rules: [RuleSettings]) -> CaseLimits? {
        var limits = CaseLimits()
        var severities: [(Severity, Section)] = []
        for severity in Severity.allCases {
            guard let part = section.sectionOrEmpty(severity.rawValue), let entry = entry(part) else { return nil }
            limits.severities[severity] = entry
            severities.append((severity, part))
        }
        var kinds: [(RuleKind, Section)] = []
        for (name, position, part) in section.named("kinds") ?? [] {
            guard let entry = entry(part) else { continue }
            guard let kind = RuleKind(rawValue: name) else {
                let known = SettingsTable.names(RuleKind.self)
                findings.add(.warning, .unknownName(name, known: known, code: "limits.unknown-kind"), at: position)
                continue
            }
            if kind.isLifeSafety, entry.time != .urgent { part.warning(.lifeSafetySleeps, at: "time") }
            limits.kinds[kind] = entry
            kinds.append((kind, part))
        }
        var categories: [(String, Section)] = []
        for (name, position, part) in section.named("categories") ?? [] {
            guard let entry = entry(part) else { continue }
            limits.categories[name] = entry
            categories.append((name, part))
            checkCategory(name, rules, at: position)
        }
        for (severity, part) in severities {
            if severity == .critical, limits.severities[severity]?.time != .urgent {
                part.warning(.lifeSafetySleeps, at: "time")
            }
            checkSum(part, [limits.frozen(severity: severity, kind: .expression)])
        }
        for (kind, part) in kinds {
            let severities = Set(rules.filter { $0.kind == kind }.flatMap(\.severities))
            checkSum(part, severities.sorted().map { limits.frozen(severity: $0, kind: kind) })
        }
        for (category, part) in categories {
            let severities = Set(rules.filter { $0.takes(category) }.flatMap(\.severities))
            checkSum(part, severities.sorted().map { limits.frozen(severity: $0, kind: .report, category: category) })
        }
        return limits
    }

    private func entry(_ section: Section) -> CaseLimits.Entry? {
        guard let time = section.choice("time", as: ClockTime.self) else { return nil }
        let entry = CaseLimits.Entry(
            ack: section.duration("ack"), arrive: section.duration("arrive"), handle: section.duration("handle"),
            whole: section.duration("case"), time: time)
        let written = ClockStep.allCases.filter { $0 != .check && section.has($0.rawValue) }
        if section.has("time"), written.isEmpty, section.path.hasSuffix(".*") {
            section.warning(.timeOfNothing, at: "time")
        }
        for step in written where time == .workDay && (entry[step]?.count ?? 0) % Milliseconds.days(1).count != 0 {
            section.warning(.partOfDay, at: step.rawValue)
        }
        return entry
    }

    // MARK: What cannot be met

    /// The steps of a case, each within its limit, may not take longer than the case.
    private func checkSum(_ section: Section, _ all: [FrozenLimits]) {
        let steps: [ClockStep] = [.ack, .arrive, .handle]
        guard (steps + [.case]).contains(where: { section.has($0.rawValue) }) else { return }
        for limits in all {
            guard let whole = limits.whole else { continue }
            let parts = steps.compactMap { limits[$0] }.filter { $0.time == whole.time }
            let sum = parts.reduce(Milliseconds.zero) { $0 + $1.length }
            guard sum > whole.length else { continue }
            let key = section.has("case") ? "case" : steps.first { section.has($0.rawValue) }?.rawValue ?? "case"
            return section.warning(.caseTooShort(whole.length, sum: sum), at: key)
        }
    }

    /// A category of which no rule makes a case.
    private func checkCategory(_ category: String, _ rules: [RuleSettings], at position: Position) {
        let reports = rules.filter { $0.kind == .report }
        if reports.contains(where: { $0.takes(category) }) { return }
        let known = Set(reports.flatMap(\.match.words)).sorted()
        findings.add(.warning, .unknownCategory(category, known: known), at: position)
    }
}

extension RuleSettings {
    /// Those that its alerts may have.
    fileprivate var severities: [Severity] { stages.isEmpty ? [severity] : stages.map(\.severity) }

    /// Whether it makes a case of a report of that category.
    fileprivate func takes(_ category: String) -> Bool {
        kind == .report && (match.words.isEmpty || match.words.contains(category))
    }
}

extension CaseLimits {
    fileprivate var countsWork: Bool {
        let entries = Array(severities.values) + kinds.values + categories.values
        return entries.contains { $0.time == .workHour || $0.time == .workDay }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func unknownCategory(_ name: String, known: [String]) -> UnplacedDiagnostic {
        let nearest = SpellingSuggestion.name(to: name, among: known)
        return UnplacedDiagnostic(
            code: "limits.unknown-category",
            what: LocalizedText(
                zh: "没有规则处理类别为“\(name.shown)”的上报", en: "no rule takes reports of the category \"\(name.shown)\""),
            remedy: LocalizedText(
                zh: nearest.map { "是不是 \($0)？" } ?? "请添加一条 kind: report 的规则，或删除这一项",
                en: nearest.map { "did you mean \($0)?" } ?? "add a rule of kind report, or delete the entry"))
    }

    fileprivate static func caseTooShort(_ whole: Milliseconds, sum: Milliseconds) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "limits.case-too-short",
            what: LocalizedText(
                zh: "全程限时 \(whole) 短于签收、到场、处置限时之和 \(sum)，各步都按时也会超时",
                en: "a case may take \(whole), its steps together \(sum): it is late though each step is on time"),
            remedy: LocalizedText(zh: "请加大 case，或减小各步的限时", en: "make case longer, or its steps shorter"))
    }

    fileprivate static let lifeSafetySleeps = UnplacedDiagnostic(
        code: "limits.not-urgent",
        what: LocalizedText(
            zh: "人命安全的时限不应在夜里和节假日停下", en: "a clock of life safety would stand still at night and on holidays"),
        remedy: LocalizedText(zh: "写 time: urgent", en: "write time: urgent"))

    fileprivate static let partOfDay = UnplacedDiagnostic(
        code: "limits.part-of-a-day",
        what: LocalizedText(
            zh: "按工作日计，24h 是一个工作日，这里不是整日", en: "of work days 24h are one day, and this is no whole number of them"),
        remedy: LocalizedText(
            zh: "写整日（如 2d），或改用 time: work_hour", en: "write whole days, as 2d, or time: work_hour"))

    fileprivate static let timeOfNothing = UnplacedDiagnostic(
        code: "limits.time-alone",
        what: LocalizedText(
            zh: "只写了 time，没有限时，不起作用", en: "time holds for the limits beside it, and there is none"),
        remedy: LocalizedText(zh: "请写 ack、arrive、handle 或 case", en: "write ack, arrive, handle or case"))

    fileprivate static let nobodyWorks = UnplacedDiagnostic(
        code: "limits.nobody-works",
        what: LocalizedText(
            zh: "平常的一周里没有工作时间，按工时和工作日计的限时永远不到", en: "no ordinary week has hours of work: limits in them never end"),
        remedy: LocalizedText(zh: "写成 work: \"Mon-Fri 09:00-18:00\" 的样子", en: "write work: \"Mon-Fri 09:00-18:00\""))
}

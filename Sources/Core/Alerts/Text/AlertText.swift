import Cases
import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

/// The texts that people read (docs/commands.md, "Alert changes"): who, where, since when, why, what to do, and the
/// number.
///
/// Names are masked here and nowhere later, so that no channel can forget it. Golden tests hold each text.
struct AlertText: Sendable {
    let zone: Zone
    /// How many devices of one sort there are in a place.
    let sorts: [Sort: Int32]

    init(zone: Zone, registry: Registry) {
        self.zone = zone
        sorts = AlertText.sorts(of: registry)
    }

    func message(of finding: Finding, rule: RuleSettings, id: String, context: RuleContext) -> LocalizedText {
        let number = id.prefix(6).uppercased()
        if finding.change == .resolved { return resolved(finding, rule, number, context) }
        let body = body(of: finding, rule, context)
        let age = AlertText.age(finding.age)
        let title =
            title(rule).map { LocalizedText(zh: $0.zh + ":", en: $0.en + ": ") } ?? LocalizedText(zh: "", en: "")
        let word = AlertText.severity(finding.severity)
        return LocalizedText(
            zh: "【预警·\(word.zh)】\(age.zh)\(title.zh)\(body.zh)编号\(number)",
            en: "[Alert: \(word.en)] \(age.en)\(title.en)\(body.en)No. \(number)")
    }

    /// Of an integrator's own rule its name tells more than its kind.
    private func title(_ rule: RuleSettings) -> LocalizedText? {
        rule.title ?? (rule.kind == .expression ? LocalizedText(zh: rule.name, en: rule.name) : nil)
    }

    private func body(of finding: Finding, _ rule: RuleSettings, _ context: RuleContext) -> LocalizedText {
        switch finding.detail {
        case .absence(_, let after, let cover): noMovement(finding, after, cover, context)
        case .sighting(let count, let devices, let confidence, let floor, _, let alarm):
            sighting(finding, rule.kind, count, devices, confidence, floor, alarm, context)
        case .count(let count, let within, let devices, let people, let total):
            counted(finding, rule.kind, count, within, devices, people, total, context)
        case .duration(_, let after, let devices, let word):
            lasting(finding, rule.kind, after, devices, word, context)
        case .sequence(let after, _, let floor): sequence(finding, rule.kind, after, floor, context)
        case .level(let value, let limit, _, _): level(finding, rule.kind, value, limit, context)
        case .flow(let facts): flow(finding, facts, context)
        case .passback(let isInward, let before): passback(finding, isInward, before, context)
        case .uncovered(let homes): uncovered(homes, context)
        case .device(let facts): device(finding, rule.kind, facts, context)
        case .report(let category, let text, _): report(finding, category, text, context)
        }
    }

    /// Old news says so, before anything else.
    private static func age(_ age: Finding.Age) -> LocalizedText {
        switch age {
        case .news: LocalizedText(zh: "", en: "")
        case .late: LocalizedText(zh: "(断线补报)", en: "(told late) ")
        case .standing: LocalizedText(zh: "(启动时已在报警)", en: "(was so when we connected) ")
        }
    }

    static func severity(_ severity: Severity) -> LocalizedText {
        switch severity {
        case .critical: LocalizedText(zh: "紧急", en: "critical")
        case .high: LocalizedText(zh: "重要", en: "high")
        case .medium: LocalizedText(zh: "一般", en: "medium")
        case .low: LocalizedText(zh: "提示", en: "low")
        }
    }

    // MARK: Ends

    private func resolved(
        _ finding: Finding, _ rule: RuleSettings, _ number: String, _ context: RuleContext
    ) -> LocalizedText {
        if case .absence = finding.detail { return backToLife(finding, number, context) }
        let what = title(rule) ?? rule.kind.title
        let place = ended(finding, rule.kind, context)
        let end = moment(finding.at)
        let how = AlertText.outcome(of: rule.kind)
        return LocalizedText(
            zh: "【已解除】\(place.zh) \(what.zh):\(end.zh)\(how.zh);已签收的仍请反馈。编号\(number)",
            en: "[Resolved] \(place.en), \(what.en): \(how.en) at \(end.en). "
                + "Whoever took it, please still report back. No. \(number)")
    }

    private static func outcome(of kind: RuleKind) -> LocalizedText {
        switch kind {
        case .notReturned: LocalizedText(zh: "已返回", en: "came back")
        case .visitorOverstay: LocalizedText(zh: "已离开", en: "left")
        case .doorHeldOpen: LocalizedText(zh: "已关门", en: "closed")
        case .fireLaneBlocked: LocalizedText(zh: "通道已畅通", en: "clear")
        case .deviceSilent, .upstreamSilent: LocalizedText(zh: "已恢复上报", en: "heard of again")
        default: LocalizedText(zh: "已恢复正常", en: "back to normal")
        }
    }

    /// Which of several has ended.
    private func ended(_ finding: Finding, _ kind: RuleKind, _ context: RuleContext) -> LocalizedText {
        switch (finding.detail, kind) {
        case (_, .visitorOverstay): visitor(finding, context)
        case (_, .upstreamSilent): hub(of: finding, context)
        case (.device, _), (_, .lowBattery): device(of: finding, context)
        case (.duration(_, _, let devices, _), _): spot(finding, devices, context)
        default: spot(finding, ownDevice(finding, context), context)
        }
    }

    private func backToLife(_ finding: Finding, _ number: String, _ context: RuleContext) -> LocalizedText {
        let who = who(finding, context)
        guard let last = finding.lastEvidence else {
            return LocalizedText(zh: "【已解除】\(who.zh)。编号\(number)", en: "[Resolved] \(who.en). No. \(number)")
        }
        let source = source(last, context)
        return LocalizedText(
            zh: "【已解除】\(who.zh):\(moment(last.at).zh) \(source.zh)有活动,无需上门;已签收的仍请反馈。编号\(number)",
            en: "[Resolved] \(who.en): activity at \(moment(last.at).en), \(source.en). No visit is needed; "
                + "whoever took it, please still report back. No. \(number)")
    }

    // MARK: Parts

    /// 3栋2单元502 罗*华(独居)
    func who(_ finding: Finding, _ context: RuleContext) -> LocalizedText {
        people(finding.residents, at: finding.place, context)
    }

    /// - Parameter place: where they are; a home elsewhere is told too where `tellsHome`.
    func people(
        _ residents: [ResidentID], at place: PlaceID?, tellsHome: Bool = false, _ context: RuleContext
    ) -> LocalizedText {
        let registry = context.registry
        let people = residents.map { registry.residents[Int($0.index)] }
        let spot = place.map { registry.places[Int($0.index)] }
        let names = people.map(\.maskedName)
        let words = people.count == 1 ? people[0].care : []
        var care = words.isEmpty ? [] : [words.joined(separator: "、")]
        var english = words.map(AlertText.care)
        if tellsHome, people.count == 1, let home = people[0].dwelling, home != spot?.dwelling {
            let name = registry.places[Int(home.index)].displayName
            care.append("家住\(name)")
            english.append("home: \(name)")
        }
        let start = spot.map { $0.displayName + " " } ?? ""
        return LocalizedText(
            zh: start + names.joined(separator: "、") + (care.isEmpty ? "" : "(\(care.joined(separator: ",")))"),
            en: start + names.joined(separator: ", ")
                + (english.isEmpty ? "" : " (\(english.joined(separator: ", ")))"))
    }

    static func care(_ word: String) -> String {
        switch word {
        case "独居": "lives alone"
        case "空巢": "children away"
        case "高龄": "of great age"
        case "残疾": "disabled"
        case "病后": "after illness"
        default: word
        }
    }

    func place(_ finding: Finding, _ context: RuleContext) -> LocalizedText {
        if let device = unplaced(finding, context) { return device }
        let name = finding.place.map { context.registry.places[Int($0.index)].displayName } ?? finding.key
        return LocalizedText(zh: name, en: name)
    }

    /// Where and who: the people watched, else the person or place of the key, in words.
    func subject(of finding: Finding, _ context: RuleContext) -> LocalizedText {
        if !finding.residents.isEmpty { return who(finding, context) }
        let registry = context.registry
        let place = finding.place.map { registry.places[Int($0.index)].displayName } ?? ""
        var person = ""
        if finding.person >= 0 {
            // Names of people are masked here and nowhere later.
            let known = Int(finding.person) < registry.residents.count
            person = known ? registry.residents[Int(finding.person)].maskedName : ""
        }
        let words = [place, person].filter { !$0.isEmpty }
        if words.isEmpty, let device = unplaced(finding, context) { return device }
        let text = words.isEmpty ? finding.key : words.joined(separator: " ")
        return LocalizedText(zh: text, en: text)
    }

    /// 客厅红外; of a gate, where and which way: 北门进.
    func source(_ trace: Trace, _ context: RuleContext) -> LocalizedText {
        let label = label(trace.device, context)
        guard trace.kind == .pass else { return label }
        let zhWay = trace.isInward ? "进" : trace.isOutward ? "出" : "通行"
        let enWay = trace.isInward ? "in" : trace.isOutward ? "out" : "passed"
        return LocalizedText(zh: label.zh + zhWay, en: "\(label.en) \(enWay)")
    }

    // MARK: Time

    /// 72小时 up to three days, then 4天 where it is whole days.
    func length(_ length: Milliseconds) -> LocalizedText {
        let hour = Milliseconds.hours(1).count
        let day = 24 * hour
        let count = length.count
        if count > 3 * day, count % day == 0 { return LocalizedText(zh: "\(count / day)天", en: "\(count / day) days") }
        if count >= hour, count % hour == 0 { return LocalizedText(zh: "\(count / hour)小时", en: "\(count / hour) h") }
        if count >= 60_000, count % 60_000 == 0 {
            return LocalizedText(zh: "\(count / 60_000)分钟", en: "\(count / 60_000) min")
        }
        return LocalizedText(zh: "\(count / 1000)秒", en: "\(count / 1000) s")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// 3天 where it is whole days, else as ``length(_:)``.
    func days(_ length: Milliseconds) -> LocalizedText {
        let day = Milliseconds.hours(24).count
        guard length.count >= day, length.count % day == 0 else { return self.length(length) }
        let days = length.count / day
        return LocalizedText(zh: "\(days)天", en: days == 1 ? "a day" : "\(days) days")
    }

    /// In the largest unit that leaves no more than a tenth over: 9小时, 14天.
    func roughly(_ length: Milliseconds) -> LocalizedText {
        let units: [(Int64, String, String)] = [
            (86_400_000, "天", "d"), (3_600_000, "小时", "h"), (60_000, "分钟", "min"), (1000, "秒", "s"),
        ]
        for (unit, zh, en) in units where length.count >= unit && (length.count % unit) * 10 <= length.count {
            return LocalizedText(zh: "\(length.count / unit)\(zh)", en: "\(length.count / unit) \(en)")
        }
        return LocalizedText(zh: "\(length.count)毫秒", en: "\(length.count) ms")
    }

    /// 08:12
    func clock(_ instant: Instant) -> String {
        let c = zone.civil(instant)
        return ISO8601.two(c.hour) + ":" + ISO8601.two(c.minute)
    }

    /// 9月19日08:12
    func moment(_ instant: Instant) -> LocalizedText {
        let c = zone.civil(instant)
        return LocalizedText(
            zh: "\(c.date.month)月\(c.date.day)日\(clock(instant))",
            en: "\(c.date.day) \(AlertText.months[c.date.month - 1]) \(clock(instant))")
    }

    /// 9月22日14:03:21
    func second(_ instant: Instant) -> LocalizedText {
        let seconds = ":" + ISO8601.two(zone.civil(instant).second)
        let minute = moment(instant)
        return LocalizedText(zh: minute.zh + seconds, en: minute.en + seconds)
    }
}

extension AlertText {
    /// What was found, in people's words; another word as it is.
    static func found(_ word: String) -> LocalizedText {
        if let known = FoundWord(rawValue: word) { return known.title }
        return word == "no_access"
            ? LocalizedText(zh: "敲门无人应", en: "nobody opened") : LocalizedText(zh: short(word), en: short(word))
    }

    /// A person's words, on one line and not endless.
    static func short(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > 100 ? line.prefix(100) + "…" : line
    }
}

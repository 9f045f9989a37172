import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

/// What a rule looks at, and how that makes an episode.
extension SettingsReader {
    func match(_ section: Section, _ entry: RuleEntry, evidence: EvidenceSettings?) -> MatchSettings? {
        guard var match = entry.match else { return section.section("match").flatMap { written(in: $0, over: nil) } }
        if entry.window == .absence, let evidence { match.kinds = evidence.kinds }
        limit(&match, section)
        if section.has("kinds") {
            let kinds = section.choices("kinds", code: "rule.unknown-observation") ?? []
            match.kinds = kinds.compactMap(ObservationKind.init(name:))
            let foreign = match.kinds.filter { entry.match?.kinds.contains($0) == false }
            for kind in foreign { section.error(.foreignKind(kind, entry.match?.kinds ?? []), at: "kinds") }
            if section.isEmptyList("kinds") { section.error(.noKinds, at: "kinds") }
        }
        if section.has("categories") { match.words = section.texts("categories") }
        return match
    }

    /// A match that is written in a section of its own; what it leaves out is `base`'s.
    private func written(in part: Section, over base: MatchSettings?) -> MatchSettings? {
        var match = base ?? MatchSettings(kinds: [])
        if part.has("kinds") {
            let kinds = part.choices("kinds", code: "rule.unknown-observation") ?? []
            match.kinds = kinds.compactMap(ObservationKind.init(name:))
            if part.isEmptyList("kinds") { part.error(.noKinds, at: "kinds") }
        }
        limit(&match, part)
        if let direction = part.choice("direction", as: MatchSettings.Direction.self) { match.direction = direction }
        if let reading = part.boolean("reading") { match.reading = reading }
        if let person = part.choice("person", as: MatchSettings.PersonMatch.self) { match.person = person }
        if part.has("words") { match.words = part.texts("words") }
        return match.kinds.isEmpty ? nil : match
    }

    private func limit(_ match: inout MatchSettings, _ part: Section) {
        if part.has("zone") { match.zones = part.texts("zone") }
        if part.has("places") { match.places = part.texts("places") }
        if part.has("devices") { match.devices = part.texts("devices") }
        if part.has("device_kinds") {
            match.deviceKinds = part.texts("device_kinds").map { $0.lowercased().replacing(/[- ]/, with: "_") }
        } else if part.has("zone") || part.has("devices") {
            // Whoever names the camera, or what it is to look at there, need not have given it a kind.
            match.deviceKinds = []
        }
        if part.has("confidence") { match.confidence = part.fraction("confidence") ?? 0 }
    }

    /// A window, with what other parts of a rule have from it.
    struct Window {
        var settings: WindowSettings
        var merge = Milliseconds.zero
        /// Of a dwell of an integrator's own: how long it is.
        var length: Milliseconds?
        /// Of a sequence: what undoes its first event.
        var without: MatchSettings?
    }

    func window(_ section: Section, _ entry: RuleEntry) -> Window? {
        if entry.window == .open { return expression(section) }
        let merge = entry.takes("merge") ? section.duration("merge") : .zero
        guard let settings = settings(section, entry), let merge else { return nil }
        return Window(
            settings: settings, merge: merge, without: entry.takes("without") ? without(section) : nil)
    }

    private func settings(_ section: Section, _ entry: RuleEntry) -> WindowSettings? {
        switch entry.window {
        case .absence: return .absence
        case .session, .open: return .session
        case .lasting(let ends):
            return section.duration("gap").map { .lasting(ends: ends, gap: $0) }
        case .count: return count(section)
        case .distinct(let field):
            return amount(section).map { .distinct(of: field, atLeast: $0.least, within: $0.within) }
        case .excess: return amount(section).map { .excess(atLeast: $0.least, within: $0.within) }
        case .missing: return missing(section, entry)
        case .threshold(let field, let isAbove):
            let limit = section.number(isAbove ? "above" : "below")
            let back = section.number("back")
            let lasting = section.duration("for")
            guard let limit, let back, let lasting else { return nil }
            return threshold(field, isAbove, limit, back, lasting, section)
        case .flow:
            let passes = section.integer("passes")
            let inside = section.integer("inside")
            if !section.has("passes"), !section.has("inside") {
                section.findings.add(.error, .noLimit.at(section.title), at: section.position)
            }
            let back = section.number("back")
            guard let within = section.duration("within"), let back else { return nil }
            guard (0.01...1).contains(back) else {
                section.error(.outOfRange("\(NumberText(back))", "0.01", "1"), at: "back")
                return nil
            }
            return .flow(passes: passes, within: within, inside: inside, back: back)
        case .passback:
            let forget = section.duration("forget")
            let again = section.duration("repeat")
            guard let forget, let again else { return nil }
            return .passback(forget: forget, again: again)
        case .device: return device(section, entry)
        }
    }

    private func without(_ part: Section) -> MatchSettings? {
        part.section("without").flatMap { written(in: $0, over: nil) }
    }

    private func count(_ part: Section) -> WindowSettings? {
        let once = part.duration("once")
        guard let amount = amount(part), let once else { return nil }
        return .count(atLeast: amount.least, within: amount.within, once: once)
    }

    private func amount(_ part: Section) -> (least: Int, within: Milliseconds)? {
        let least = part.integer("at_least")
        let within = part.duration("within")
        guard let least, let within else { return nil }
        return (least, within)
    }

    private func missing(_ section: Section, _ entry: RuleEntry) -> WindowSettings? {
        let length = section.duration(entry.takes("after") ? "after" : "within")
        let before = entry.takes("before") ? section.duration("before") : .zero
        let then =
            section.has("then") ? section.section("then").flatMap { written(in: $0, over: entry.then) } : entry.then
        guard let length, let before, let then else { return nil }
        return .sequence(then: then, within: length, isMissing: true, before: before)
    }

    private func threshold(
        _ field: WindowSettings.NumberField, _ isAbove: Bool, _ limit: Double, _ back: Double, _ lasting: Milliseconds,
        _ section: Section
    ) -> WindowSettings? {
        guard isAbove ? back <= limit : back >= limit else {
            section.error(
                .backBeyond(limit, isAbove: isAbove), at: section.has("back") ? "back" : isAbove ? "above" : "below")
            return nil
        }
        return .threshold(of: field, isAbove: isAbove, limit: limit, back: back, lasting: lasting)
    }

    private func device(_ section: Section, _ entry: RuleEntry) -> WindowSettings {
        var device = DeviceSettings()
        if entry.takes("heartbeats") { device.heartbeats = section.number("heartbeats") ?? device.heartbeats }
        if entry.takes("settle") { device.settle = section.duration("settle") ?? device.settle }
        if entry.takes("share") { device.share = section.fraction("share") ?? device.share }
        if entry.takes("least") { device.least = section.integer("least") ?? device.least }
        if entry.takes("unquiet") { device.unquiet = section.duration("unquiet") ?? device.unquiet }
        if entry.takes("records") { device.records = section.integer("records") ?? device.records }
        if entry.takes("per") { device.per = section.duration("per") ?? device.per }
        return .device(device)
    }

    // MARK: A rule of an integrator's own

    private func expression(_ section: Section) -> Window? {
        let windows = ["session", "count", "distinct", "dwell", "sequence", "threshold"].filter(section.has)
        guard let name = windows.first else {
            section.findings.add(.error, .noWindow.at(section.title), at: section.position)
            return nil
        }
        for other in windows.dropFirst() {
            section.findings.add(.error, .twoWindows(name).at(section.title(other)), at: section.keyPlace(other))
        }
        for (key, users) in [("confirm", ["session"]), ("publish", ["session"]), ("during", ["dwell", "sequence"])]
        where section.has(key) && !users.contains(name) {
            let fault = UnplacedDiagnostic.notOfWindow(users.joined(separator: ", "))
            section.findings.add(.error, fault.at(section.title(key)), at: section.keyPlace(key))
        }
        guard let part = section.section(name) else { return nil }
        switch name {
        case "session": return part.duration("gap").map { Window(settings: .session, merge: $0) }
        case "dwell": return dwell(part)
        case "count": return count(part).map { Window(settings: $0) }
        case "distinct": return distinct(part).map { Window(settings: $0) }
        case "sequence": return sequence(part).map { Window(settings: $0, without: without(part)) }
        default: return threshold(part).map { Window(settings: $0) }
        }
    }

    private func distinct(_ part: Section) -> WindowSettings? {
        let field = part.choice("of", as: WindowSettings.ValueField.self)
        guard let amount = amount(part), let field else { return nil }
        return .distinct(of: field, atLeast: amount.least, within: amount.within)
    }

    private func dwell(_ part: Section) -> Window? {
        let ends = part.section("until").flatMap { written(in: $0, over: nil) }
        let gap = part.duration("gap")
        let length = part.duration("for")
        guard let gap, let length else { return nil }
        if !part.has("until"), gap == .zero {
            part.findings.add(.error, .neverEnds.at(part.title), at: part.position)
            return nil
        }
        return Window(settings: .lasting(ends: ends, gap: gap), length: length)
    }

    private func sequence(_ part: Section) -> WindowSettings? {
        let then = part.section("then").flatMap { written(in: $0, over: nil) }
        let within = part.duration("within")
        let isMissing = part.boolean("missing")
        let before = part.duration("before")
        guard let then, let within, let isMissing, let before else { return nil }
        if part.has("before"), !isMissing { part.error(.notOfWindow("missing: true"), at: "before") }
        return .sequence(then: then, within: within, isMissing: isMissing, before: before)
    }

    private func threshold(_ part: Section) -> WindowSettings? {
        let field = part.choice("of", as: WindowSettings.NumberField.self)
        let lasting = part.duration("for")
        let isAbove = part.has("above")
        guard isAbove != part.has("below") else {
            part.findings.add(.error, .aboveOrBelow.at(part.title), at: part.position)
            return nil
        }
        let limit = part.number(isAbove ? "above" : "below")
        let back = part.has("back") ? part.number("back") : limit
        guard let field, let lasting, let limit, let back else { return nil }
        return threshold(field, isAbove, limit, back, lasting, part)
    }
}

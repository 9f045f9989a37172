import ConfigReading
package import Diagnostics
import FileIO
import Vocabulary

extension MappingSettings {
    /// Reads a mapping file by itself, as `convert --mapping` does.
    package static func load(file: String) -> (mapping: MappingSettings?, diagnostics: [Diagnostic]) {
        let findings = Findings()
        var mapping: MappingSettings?
        do {
            mapping = parse(try FileBytes.read(file, max: SourceText.bytesMax), file: file, findings: findings)
        } catch {
            findings.add(.error, .unreadable(file, error), at: Position(file: file))
        }
        return (findings.hasErrors ? nil : mapping, findings.sorted(mainFile: file))
    }

    /// Reads the bytes of a mapping file.
    package static func parse(_ bytes: [UInt8], file: String) -> (mapping: MappingSettings?, diagnostics: [Diagnostic])
    {
        let findings = Findings()
        let mapping = parse(bytes, file: file, findings: findings)
        return (findings.hasErrors ? nil : mapping, findings.sorted(mainFile: file))
    }

    static func parse(_ bytes: [UInt8], file: String, findings: Findings) -> MappingSettings? {
        guard let node = YAMLTree.parse(bytes, file: file, findings: findings),
            let root = Section(node, path: "mapping", title: "", table: MappingFormat.table, findings: findings)
        else { return nil }
        let topic = root.value("topic") { (text) throws(UnplacedDiagnostic) in try levels(text) } ?? []
        let reader = MappingReader(names: topic.map(\.name), findings: findings)
        let device = root.value("device") { (text) throws(UnplacedDiagnostic) in try reader.template(text) }
        let person = root.value("person") { (text) throws(UnplacedDiagnostic) in try reader.template(text) }
        let id = root.value("id") { (text) throws(UnplacedDiagnostic) in try reader.template(text) }
        let time = reader.timeSource(root)
        let sections = root.sections("events") ?? []
        if case .list(let nodes)? = root.node("events")?.content, nodes.isEmpty { root.error(.noEvents, at: "events") }
        var events: [Event] = []
        for section in sections {
            if let last = events.last, last.guards.isEmpty { section.warning(.unreachable, at: "kind") }
            if let event = reader.event(section) { events.append(event) }
        }
        guard let device else { return nil }
        return MappingSettings(
            topic: topic, device: device, person: person, id: id, time: time, events: events, file: file)
    }

    private static func levels(_ text: String) throws(UnplacedDiagnostic) -> [LevelPattern] {
        guard !text.isEmpty else { throw .badLevels(text) }
        var levels: [LevelPattern] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if part == "+" {
                levels.append(.any)
            } else if part.hasPrefix("{"), part.hasSuffix("}"), part.count > 2 {
                let name = String(part.dropFirst().dropLast())
                guard ScalarReading.isName(name), !levels.contains(.named(name)) else {
                    throw .badLevels(text)
                }
                levels.append(.named(name))
            } else {
                guard !part.contains(where: { "{}+#".contains($0) }) else { throw .badLevels(text) }
                levels.append(.literal(String(part)))
            }
        }
        return levels
    }
}

extension MappingSettings.LevelPattern {
    fileprivate var name: String? {
        if case .named(let name) = self { return name }
        return nil
    }
}

/// The parts of a mapping file, with the names of its topic's levels at hand.
private struct MappingReader {
    /// By level; nil where a level has no name.
    let names: [String?]
    let findings: Findings

    func level(_ name: String) throws(UnplacedDiagnostic) -> Int {
        guard let index = names.firstIndex(of: name) else {
            throw .unknownName(name, known: names.compactMap { $0 }, code: "mapping.unknown-level")
        }
        return index
    }

    func template(_ text: String) throws(UnplacedDiagnostic) -> MappingSettings.Template {
        var pieces: [MappingSettings.Template.Piece] = []
        var rest = text[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if brace > rest.startIndex { pieces.append(.literal(String(rest[..<brace]))) }
            let after = rest.index(after: brace)
            guard rest[brace] == "{", let close = rest[after...].firstIndex(of: "}") else { throw .badTemplate(text) }
            let inside = String(rest[after..<close])
            pieces.append(inside.hasPrefix("/") ? .pointer(try JSONPointer(text: inside)) : .level(try level(inside)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        guard !pieces.isEmpty else { throw .badTemplate(text) }
        return MappingSettings.Template(pieces: pieces)
    }

    /// `/pointer`, or `{name}` of a level.
    func source(_ text: String) throws(UnplacedDiagnostic) -> MappingSettings.FieldSource {
        if text.hasPrefix("{"), text.hasSuffix("}") { return .level(try level(String(text.dropFirst().dropLast()))) }
        return .pointer(try JSONPointer(text: text))
    }

    func timeSource(_ root: Section) -> MappingSettings.TimeSource? {
        guard let section = root.section("time") else { return nil }
        let at = pointer(section, "at")
        guard let form = section.choice("form", as: MappingSettings.TimeForm.self), let at else { return nil }
        return MappingSettings.TimeSource(at: at, form: form)
    }

    private func pointer(_ section: Section, _ key: String) -> JSONPointer? {
        section.value(key) { (text) throws(UnplacedDiagnostic) in try JSONPointer(text: text) }
    }

    func event(_ section: Section) -> MappingSettings.Event? {
        let guards = guards(section)
        let name = section.choice("kind", code: "mapping.unknown-kind")
        let manner = section.choice("as", as: Decoder.Manner.self)
        let value = value(section)
        let confidence = pointer(section, "confidence")
        let zone = pointer(section, "zone")
        let dir = pointer(section, "dir")
        let credential = pointer(section, "credential")
        let track = pointer(section, "track")
        let sides = sides(section)
        guard let kind = name.flatMap(ObservationKind.init(name:)) else { return nil }
        let isState = [.presence, .contact, .bed].contains(kind)
        return MappingSettings.Event(
            guards: guards, kind: kind, manner: manner ?? (isState ? .state : .detection), value: value,
            confidence: confidence, zone: zone, dir: dir, credential: credential, track: track,
            sides: sides, position: section.position)
    }

    private func sides(_ section: Section) -> MappingSettings.Event.SideFields {
        var sides = MappingSettings.Event.SideFields()
        sides.battery = pointer(section, "battery")
        sides.celsius = pointer(section, "temp_c")
        sides.count = pointer(section, "count")
        sides.floor = pointer(section, "floor")
        sides.plate = pointer(section, "plate")
        sides.visit = pointer(section, "visit")
        return sides
    }

    private func guards(_ section: Section) -> [MappingSettings.Guard] {
        guard let node = section.node("when") else { return [] }
        guard case .map(let entries) = node.content else {
            findings.add(.error, .shape(section.title("when"), wanted: .map, found: node.what), at: node.position)
            return []
        }
        var guards: [MappingSettings.Guard] = []
        for entry in entries {
            let title = section.title("when") + "." + entry.key.shown
            do throws(UnplacedDiagnostic) {
                let source = try source(entry.key)
                guards.append(MappingSettings.Guard(source: source, values: values(entry.value, title: title)))
            } catch {
                findings.add(.error, error.at(section.title("when")), at: entry.keyPosition)
            }
        }
        return guards
    }

    private func values(_ node: YAMLNode, title: String) -> [String] {
        switch node.content {
        case .scalar(let text): return [text]
        case .empty: return ["null"]
        case .list(let nodes) where !nodes.isEmpty: return nodes.flatMap { values($0, title: title) }
        case .list, .map:
            findings.add(.error, .shape(title, wanted: .scalar, found: node.what), at: node.position)
            return []
        }
    }

    private func value(_ section: Section) -> MappingSettings.ValueSource? {
        guard let node = section.node("value") else { return nil }
        if case .scalar = node.content {
            return section.value("value") { (text) throws(UnplacedDiagnostic) in try source(text) }
                .map { MappingSettings.ValueSource(at: $0, table: nil) }
        }
        guard let part = section.section("value") else { return nil }
        let at = part.value("at") { (text) throws(UnplacedDiagnostic) in try source(text) }
        let table = table(part)
        return at.map { MappingSettings.ValueSource(at: $0, table: table) }
    }

    private func table(_ section: Section) -> [String: MappingSettings.Value]? {
        guard let node = section.node("table") else { return nil }
        guard case .map(let entries) = node.content, !entries.isEmpty else {
            findings.add(.error, .shape(section.title("table"), wanted: .map, found: node.what), at: node.position)
            return nil
        }
        var table: [String: MappingSettings.Value] = [:]
        for entry in entries {
            guard case .scalar(let text) = entry.value.content, let value = MappingSettings.Value(text: text) else {
                findings.add(.error, .badMappedValue.at(section.title("table")), at: entry.value.position)
                continue
            }
            table[entry.key] = value
        }
        return table
    }
}

extension MappingSettings.Value {
    fileprivate init?(text: String) {
        switch text.lowercased() {
        case "on", "true": self = .on
        case "off", "false": self = .off
        default:
            guard let number = Double(text), number.isFinite else { return nil }
            self = .number(number)
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badLevels(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "mapping.bad-topic",
            what: LocalizedText(zh: "“\(text.shown)”不能给主题各级命名", en: "\"\(text.shown)\" does not name a topic's levels"),
            remedy: LocalizedText(
                zh: "写成 vendor/{home}/+ 的样子，{名称} 独占一级，不重名",
                en: "write it as vendor/{home}/+; {name} is a whole level, each name once"))
    }

    fileprivate static func badTemplate(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "mapping.bad-template",
            what: LocalizedText(zh: "“\(text.shown)”的花括号不成对", en: "the braces of \"\(text.shown)\" do not pair"),
            remedy: LocalizedText(zh: "写成 {级名}-{/指针} 的样子", en: "write it as {level}-{/pointer}"))
    }

    fileprivate static let noEvents = UnplacedDiagnostic(
        code: "mapping.no-events", what: LocalizedText(zh: "没有任何事件", en: "there is no event"),
        remedy: LocalizedText(zh: "至少写一个", en: "write at least one"))

    fileprivate static let unreachable = UnplacedDiagnostic(
        code: "mapping.unreachable",
        what: LocalizedText(
            zh: "前一个事件没有条件，这一个永远轮不到", en: "the event before has no condition, so this one is never reached"),
        remedy: LocalizedText(zh: "请把没有条件的放在最后", en: "put the one without condition last"))

    fileprivate static let badMappedValue = UnplacedDiagnostic(
        code: "mapping.bad-value",
        what: LocalizedText(zh: "对照表的右边应为 on、off 或数", en: "the right side of the table is on, off or a number"),
        remedy: LocalizedText(zh: "写成 {OPEN: on, CLOSED: off} 的样子", en: "write it as {OPEN: on, CLOSED: off}"))
}

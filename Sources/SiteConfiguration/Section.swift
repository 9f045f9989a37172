import Diagnostics
import Timekeeping

/// A map of the configuration beside its part of the table. Opening it checks what the table alone can tell: unknown
/// keys, keys without a value, needed keys that are missing, keys of another kind, keys without effect yet. The
/// accessors read one key each to its type: nil where it is absent without a default, or where an error was added.
struct Section {
    /// The path in the table, as `rules.*`.
    let path: String
    /// The path as people wrote it, as `rules.lift-ebike`.
    let title: String
    let position: Position
    let findings: Findings
    /// What `kind` says, where the section's keys depend on it.
    let kind: String?
    private let entries: [String: YAMLNode.Entry]

    /// - Returns: nil where the node is no map; told.
    init?(_ node: YAMLNode, path: String, title: String, findings: Findings, kind outer: String? = nil) {
        guard case .map(let written) = node.content else {
            findings.add(.error, .shape(title, wanted: .map, found: node.what), at: node.position)
            return nil
        }
        self.path = path
        self.title = title
        self.findings = findings
        position = node.position
        let known = SettingsTable.keys(of: path)
        var entries: [String: YAMLNode.Entry] = [:]
        var kind = outer
        let kinds = SettingsTable.kinds(of: path)
        if kinds != nil, case .scalar(let text)? = written.first(where: { $0.key == "kind" })?.value.content {
            kind = text
        }
        self.kind = kind
        // Of a kind that is not built, only the kind is told.
        let isOpen = kinds.map { built in kind.map { !built.contains($0) } ?? false } ?? false
        var meant: Set<String> = []
        for entry in written {
            guard let key = known.first(where: { $0.name == entry.key }) else {
                if isOpen { continue }
                findings.add(.error, .unknownKey(entry.key, in: title, known: known), at: entry.keyPosition)
                // A misspelt key is told once, not as missing too.
                if let near = Nearest.name(to: entry.key, among: known.map(\.name)) { meant.insert(near) }
                continue
            }
            let full = Section.join(title, entry.key)
            if case .empty = entry.value.content {
                findings.add(.error, .noValue(full), at: entry.keyPosition)
            } else if let kinds = key.kinds, !isOpen, let kind, !kinds.contains(kind) {
                findings.add(.error, .unusedKey(entry.key, kind: kind, in: path, title: title), at: entry.keyPosition)
            } else {
                if !key.isActedOn { findings.note(once: key.path, .notActedOn(full), at: entry.keyPosition) }
                entries[entry.key] = entry
            }
        }
        self.entries = entries
        meant.formUnion(written.map(\.key))
        for key in known where key.isNeeded && !meant.contains(key.name) {
            let isOfKind = key.kinds.map { $0.contains(kind ?? "") } ?? !(isOpen && key.name != "kind")
            if isOfKind { findings.add(.error, .missingKey(Section.join(title, key.name), key.help), at: position) }
        }
    }

    static func join(_ title: String, _ key: String) -> String { title.isEmpty ? key : "\(title).\(key)" }

    func title(_ key: String) -> String { Section.join(title, key) }
    func has(_ key: String) -> Bool { entries[key] != nil }
    func node(_ key: String) -> YAMLNode? { entries[key]?.value }
    /// Where the value stands; of an absent key, where the section begins.
    func place(_ key: String) -> Position { entries[key]?.value.position ?? position }
    func keyPlace(_ key: String) -> Position { entries[key]?.keyPosition ?? position }

    func error(_ fault: Fault, at key: String) { findings.add(.error, fault.at(title(key)), at: place(key)) }
    func warning(_ fault: Fault, at key: String) { findings.add(.warning, fault.at(title(key)), at: place(key)) }

    private func row(_ key: String) -> SettingKey {
        guard let row = SettingsTable.key(Section.join(path, key)) else {
            preconditionFailure("the key \(Section.join(path, key)) is read but not in the settings table")
        }
        return row
    }

    private func standard(_ row: SettingKey) -> String? { kind.flatMap { row.standardByKind[$0] } ?? row.standard }

    // MARK: Single values

    /// Reads a value, or the table's default, with one and the same reader.
    func value<T>(_ key: String, _ read: (String) throws(Fault) -> T) -> T? {
        let text: String
        switch entries[key]?.value.content {
        case .scalar(let written)?: text = written
        case .some:
            let found = entries[key]?.value.what ?? YAMLNode(content: .empty, position: position).what
            findings.add(.error, .shape(title(key), wanted: .scalar, found: found), at: place(key))
            return nil
        case nil:
            guard let standard = standard(row(key)) else { return nil }
            text = standard
        }
        do throws(Fault) {
            return try read(text)
        } catch {
            self.error(error, at: key)
            return nil
        }
    }

    func text(_ key: String) -> String? {
        value(key) { (text) throws(Fault) in try ScalarReading.text(text) }
    }

    func name(_ key: String) -> String? {
        value(key) { (text) throws(Fault) in try ScalarReading.name(text) }
    }

    func boolean(_ key: String) -> Bool? {
        value(key) { (text) throws(Fault) in try ScalarReading.boolean(text) }
    }

    func fraction(_ key: String) -> Double? {
        value(key) { (text) throws(Fault) in try ScalarReading.fraction(text) }
    }

    func number(_ key: String) -> Double? {
        guard case .number(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no number") }
        return value(key) { (text) throws(Fault) in try ScalarReading.number(text, in: range) }
    }

    func duration(_ key: String) -> Milliseconds? {
        guard case .duration(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no duration") }
        return value(key) { (text) throws(Fault) in try ScalarReading.duration(text, in: range) }
    }

    func size(_ key: String) -> Int64? {
        guard case .size(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no size") }
        return value(key) { (text) throws(Fault) in try ScalarReading.size(text, in: range) }
    }

    func integer(_ key: String) -> Int? {
        guard case .integer(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no integer") }
        return value(key) { (text) throws(Fault) in try ScalarReading.integer(text, in: range) }
    }

    func choice(_ key: String, code: String = "config.bad-value") -> String? {
        guard case .choice(let known) = row(key).form else { preconditionFailure("\(path).\(key) is no choice") }
        return value(key) { (text) throws(Fault) in try ScalarReading.choice(text, of: known, code: code) }
    }

    func choice<T: RawRepresentable>(_ key: String, as type: T.Type, code: String = "config.bad-value") -> T?
    where T.RawValue == String {
        choice(key, code: code).flatMap(T.init(rawValue:))
    }

    // MARK: Lists and maps

    /// The elements of a list of single values; one value is a list of one.
    func elements(_ key: String) -> [(text: String, position: Position)]? {
        guard let node = node(key) else { return nil }
        switch node.content {
        case .scalar(let text): return [(text, node.position)]
        case .list(let nodes):
            return nodes.compactMap { element in
                if case .scalar(let text) = element.content { return (text, element.position) }
                findings.add(.error, .shape(title(key), wanted: .scalar, found: element.what), at: element.position)
                return nil
            }
        case .map, .empty:
            findings.add(.error, .shape(title(key), wanted: .list, found: node.what), at: node.position)
            return nil
        }
    }

    /// A list, each element read; the table's default is a list with commas.
    func list<T>(_ key: String, _ read: (String) throws(Fault) -> T) -> [T]? {
        var elements = elements(key)
        if !has(key), let standard = standard(row(key)) {
            elements = standard.split(separator: ",").map { ($0.trimmingBlanks, position) }
        }
        return elements?.compactMap { element in
            do throws(Fault) {
                return try read(element.text)
            } catch {
                findings.add(.error, error.at(title(key)), at: element.position)
                return nil
            }
        }
    }

    func isEmptyList(_ key: String) -> Bool {
        if case .list(let nodes)? = node(key)?.content { nodes.isEmpty } else { false }
    }

    func texts(_ key: String) -> [String] {
        list(key) { (text) throws(Fault) in try ScalarReading.text(text) } ?? []
    }

    func choices(_ key: String, code: String = "config.bad-value") -> [String]? {
        guard case .choices(let known) = row(key).form else { preconditionFailure("\(path).\(key) is no choice") }
        return list(key) { (text) throws(Fault) in try ScalarReading.choice(text, of: known, code: code) }
    }

    func section(_ key: String) -> Section? {
        node(key).flatMap {
            Section($0, path: Section.join(path, key), title: title(key), findings: findings, kind: kind)
        }
    }

    /// As ``section``; where the key is absent, one without keys, so that defaults have one place.
    func sectionOrEmpty(_ key: String) -> Section? {
        has(key) || SettingsTable.keys(of: Section.join(path, key)).contains(where: \.isNeeded)
            ? section(key)
            : Section(
                YAMLNode(content: .map([]), position: position), path: Section.join(path, key), title: title(key),
                findings: findings, kind: kind)
    }

    func sections(_ key: String) -> [Section]? {
        guard let node = node(key) else { return nil }
        guard case .list(let nodes) = node.content else {
            findings.add(.error, .shape(title(key), wanted: .list, found: node.what), at: node.position)
            return nil
        }
        return nodes.enumerated().compactMap { index, element in
            Section(
                element, path: Section.join(path, key) + "[]", title: "\(title(key))[\(index + 1)]",
                findings: findings, kind: kind)
        }
    }

    func named(_ key: String) -> [(name: String, position: Position, section: Section)]? {
        guard let node = node(key) else { return nil }
        guard case .map(let entries) = node.content else {
            findings.add(.error, .shape(title(key), wanted: .map, found: node.what), at: node.position)
            return nil
        }
        return entries.compactMap { entry in
            do throws(Fault) {
                _ = try ScalarReading.name(entry.key)
            } catch {
                findings.add(.error, error.at(title(key)), at: entry.keyPosition)
            }
            let title = Section.join(title(key), entry.key)
            return Section(entry.value, path: Section.join(path, key) + ".*", title: title, findings: findings)
                .map { (entry.key, entry.keyPosition, $0) }
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

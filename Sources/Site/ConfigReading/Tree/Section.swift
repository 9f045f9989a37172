package import Diagnostics
package import Timekeeping

/// A map of the configuration beside its part of the table. Opening it checks what the table alone can tell: unknown
/// keys, keys without a value, needed keys that are missing, keys of another kind, keys without effect yet. The
/// accessors read one key each to its type: nil where it is absent without a default, or where an error was added.
package struct Section {
    /// The path in the table, as `rules.*`.
    package let path: String
    /// The path as people wrote it, as `rules.lift-ebike`.
    package let title: String
    package let position: Position
    package let table: KeyTable
    package let findings: Findings
    /// The folder that relative paths are counted from.
    package let folder: String
    /// What `kind` says, where the section's keys depend on it.
    package let kind: String?
    private let entries: [String: YAMLNode.Entry]

    /// - Returns: nil where the node is no map; told.
    package init?(
        _ node: YAMLNode, path: String, title: String, table: KeyTable, findings: Findings, folder: String = "",
        kind outer: String? = nil
    ) {
        guard case .map(let written) = node.content else {
            findings.add(.error, .shape(title, wanted: .map, found: node.what), at: node.position)
            return nil
        }
        self.path = path
        self.title = title
        self.table = table
        self.findings = findings
        self.folder = folder
        position = node.position
        let known = table.keys(of: path)
        var entries: [String: YAMLNode.Entry] = [:]
        var kind = outer
        let kinds = table.kinds(of: path)
        if kinds != nil, case .scalar(let text)? = written.first(where: { $0.key == "kind" })?.value.content {
            kind = text
        }
        self.kind = kind
        // Of a kind that is not built, only the kind is told.
        let isOpen = kinds.map { built in kind.map { !built.contains($0) } ?? false } ?? false
        var meant: Set<String> = []
        for entry in written {
            let rows = known.filter { $0.name == entry.key }
            guard let key = rows.first(where: { $0.isUsed(by: kind) }) ?? rows.first else {
                if isOpen { continue }
                findings.add(.error, .unknownKey(entry.key, in: title, known: known), at: entry.keyPosition)
                // A misspelt key is told once, not as missing too.
                if let near = SpellingSuggestion.name(to: entry.key, among: known.map(\.name)) { meant.insert(near) }
                continue
            }
            let full = Section.join(title, entry.key)
            if case .empty = entry.value.content {
                findings.add(.error, .noValue(full), at: entry.keyPosition)
            } else if let kinds = key.kinds, !isOpen, let kind, !kinds.contains(kind) {
                findings.add(
                    .error, .unusedKey(entry.key, kind: kind, in: path, title: title, known: known),
                    at: entry.keyPosition)
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

    package static func join(_ title: String, _ key: String) -> String { title.isEmpty ? key : "\(title).\(key)" }

    package func title(_ key: String) -> String { Section.join(title, key) }
    package func has(_ key: String) -> Bool { entries[key] != nil }
    package func node(_ key: String) -> YAMLNode? { entries[key]?.value }
    /// Where the value stands; of an absent key, where the section begins.
    package func place(_ key: String) -> Position { entries[key]?.value.position ?? position }
    package func keyPlace(_ key: String) -> Position { entries[key]?.keyPosition ?? position }

    package func error(_ fault: UnplacedDiagnostic, at key: String) {
        findings.add(.error, fault.at(title(key)), at: place(key))
    }
    package func warning(_ fault: UnplacedDiagnostic, at key: String) {
        findings.add(.warning, fault.at(title(key)), at: place(key))
    }

    private func row(_ key: String) -> SettingKey {
        guard let row = table.key(Section.join(path, key), of: kind) else {
            preconditionFailure("the key \(Section.join(path, key)) is read but not in the settings table")
        }
        return row
    }

    private func standard(_ row: SettingKey) -> String? { kind.flatMap { row.standardByKind[$0] } ?? row.standard }

    // MARK: Single values

    /// Reads a value, or the table's default, with one and the same reader.
    package func value<T>(_ key: String, _ read: (String) throws(UnplacedDiagnostic) -> T) -> T? {
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
        do throws(UnplacedDiagnostic) {
            return try read(text)
        } catch {
            self.error(error, at: key)
            return nil
        }
    }

    package func text(_ key: String) -> String? {
        value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.text(text) }
    }

    package func name(_ key: String) -> String? {
        value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.name(text) }
    }

    package func boolean(_ key: String) -> Bool? {
        value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.boolean(text) }
    }

    package func fraction(_ key: String) -> Double? {
        value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.fraction(text) }
    }

    package func number(_ key: String) -> Double? {
        guard case .number(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no number") }
        return value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.number(text, in: range) }
    }

    package func duration(_ key: String) -> Milliseconds? {
        guard case .duration(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no duration") }
        return value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.duration(text, in: range) }
    }

    package func size(_ key: String) -> Int64? {
        guard case .size(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no size") }
        return value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.size(text, in: range) }
    }

    package func integer(_ key: String) -> Int? {
        guard case .integer(let range) = row(key).form else { preconditionFailure("\(path).\(key) is no integer") }
        return value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.integer(text, in: range) }
    }

    package func choice(_ key: String, code: String = "config.bad-value") -> String? {
        guard case .choice(let known) = row(key).form else { preconditionFailure("\(path).\(key) is no choice") }
        return value(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.choice(text, of: known, code: code) }
    }

    package func choice<T: RawRepresentable>(_ key: String, as type: T.Type, code: String = "config.bad-value") -> T?
    where T.RawValue == String {
        choice(key, code: code).flatMap(T.init(rawValue:))
    }

    // MARK: Lists and maps

    /// The elements of a list of single values; one value is a list of one.
    package func elements(_ key: String) -> [(text: String, position: Position)]? {
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
    package func list<T>(_ key: String, _ read: (String) throws(UnplacedDiagnostic) -> T) -> [T]? {
        var elements = elements(key)
        if !has(key), let standard = standard(row(key)) {
            elements = standard.split(separator: ",").map { ($0.trimmingBlanks, position) }
        }
        return elements?.compactMap { element in
            do throws(UnplacedDiagnostic) {
                return try read(element.text)
            } catch {
                findings.add(.error, error.at(title(key)), at: element.position)
                return nil
            }
        }
    }

    package func isEmptyList(_ key: String) -> Bool {
        if case .list(let nodes)? = node(key)?.content { nodes.isEmpty } else { false }
    }

    package func texts(_ key: String) -> [String] {
        list(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.text(text) } ?? []
    }

    package func choices(_ key: String, code: String = "config.bad-value") -> [String]? {
        guard case .choices(let known) = row(key).form else { preconditionFailure("\(path).\(key) is no choice") }
        return list(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.choice(text, of: known, code: code) }
    }

    package func section(_ key: String) -> Section? {
        node(key).flatMap {
            Section(
                $0, path: Section.join(path, key), title: title(key), table: table, findings: findings, folder: folder,
                kind: kind)
        }
    }

    /// As ``section``; where the key is absent, one without keys, so that defaults have one place.
    package func sectionOrEmpty(_ key: String) -> Section? {
        has(key) || table.keys(of: Section.join(path, key)).contains(where: \.isNeeded)
            ? section(key)
            : Section(
                YAMLNode(content: .map([]), position: position), path: Section.join(path, key), title: title(key),
                table: table, findings: findings, folder: folder, kind: kind)
    }

    package func sections(_ key: String) -> [Section]? {
        guard let node = node(key) else { return nil }
        guard case .list(let nodes) = node.content else {
            findings.add(.error, .shape(title(key), wanted: .list, found: node.what), at: node.position)
            return nil
        }
        return nodes.enumerated().compactMap { index, element in
            Section(
                element, path: Section.join(path, key) + "[]", title: "\(title(key))[\(index + 1)]",
                table: table, findings: findings, folder: folder, kind: kind)
        }
    }

    package func named(_ key: String) -> [(name: String, position: Position, section: Section)]? {
        guard let node = node(key) else { return nil }
        guard case .map(let entries) = node.content else {
            findings.add(.error, .shape(title(key), wanted: .map, found: node.what), at: node.position)
            return nil
        }
        return entries.compactMap { entry in
            do throws(UnplacedDiagnostic) {
                _ = try ScalarReading.name(entry.key)
            } catch {
                findings.add(.error, error.at(title(key)), at: entry.keyPosition)
            }
            let title = Section.join(title(key), entry.key)
            return Section(
                entry.value, path: Section.join(path, key) + ".*", title: title, table: table, findings: findings,
                folder: folder
            )
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

extension UnplacedDiagnostic {
    package enum Shape {
        case scalar, list, map

        package var phrase: LocalizedText {
            switch self {
            case .scalar: LocalizedText(zh: "单个值", en: "a single value")
            case .list: LocalizedText(zh: "列表", en: "a list")
            case .map: LocalizedText(zh: "键值表", en: "a map of keys")
            }
        }

        package var example: String {
            switch self {
            case .scalar: "key: value"
            case .list: "[a, b]"
            case .map: "{key: value}"
            }
        }
    }

    package static func shape(_ title: String, wanted: Shape, found: LocalizedText) -> UnplacedDiagnostic {
        let place = title.isEmpty ? LocalizedText(zh: "文件", en: "the file") : LocalizedText(zh: title, en: title)
        return UnplacedDiagnostic(
            code: "config.wrong-type",
            what: LocalizedText(
                zh: "\(place.zh)：应为\(wanted.phrase.zh)，这里是\(found.zh)",
                en: "\(place.en): this is \(found.en), where \(wanted.phrase.en) is needed"),
            remedy: LocalizedText(zh: "写成 \(wanted.example) 的样子", en: "write it as \(wanted.example)"))
    }

    package static func unknownKey(_ key: String, in title: String, known: [SettingKey]) -> UnplacedDiagnostic {
        let names = known.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let nearest = SpellingSuggestion.name(to: key, among: names)
        let all = names.joined(separator: ", ")
        let place = title.isEmpty ? LocalizedText(zh: "最外层", en: "the top level") : LocalizedText(zh: title, en: title)
        return UnplacedDiagnostic(
            code: "config.unknown-key",
            what: LocalizedText(zh: "\(place.zh) 没有“\(key.shown)”这个键", en: "\(place.en) has no key \"\(key.shown)\""),
            remedy: LocalizedText(
                zh: nearest.map { "是不是 \($0)？" } ?? "可用的键：\(all)",
                en: nearest.map { "did you mean \($0)?" } ?? "its keys are: \(all)"))
    }

    package static func noValue(_ title: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.empty-value", what: LocalizedText(zh: "\(title) 没有值", en: "\(title) has no value"),
            remedy: LocalizedText(zh: "请填写，或删除这一行", en: "write one, or delete the line"))
    }

    package static func missingKey(_ title: String, _ help: LocalizedText) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.missing-key", what: LocalizedText(zh: "缺少 \(title)", en: "\(title) is missing"),
            remedy: LocalizedText(zh: "请补上（\(help.zh)）", en: "add it (\(help.en))"))
    }

    package static func unusedKey(_ key: String, kind: String, in path: String, title: String, known: [SettingKey])
        -> UnplacedDiagnostic
    {
        let used = known.filter { $0.isUsed(by: kind) }.map(\.name)
        let all = used.joined(separator: ", ")
        return UnplacedDiagnostic(
            code: path == "rules.*" ? "rule.unused-parameter" : "channel.unused-parameter",
            what: LocalizedText(zh: "\(title)：\(kind) 不用“\(key)”", en: "\(title): \(kind) does not use \"\(key)\""),
            remedy: LocalizedText(zh: "请删除；它用的是：\(all)", en: "delete it; it uses: \(all)"))
    }

    package static func notActedOn(_ title: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.not-acted-on",
            what: LocalizedText(
                zh: "\(title) 已读取，但本版本尚不起作用", en: "\(title) is read, but this version does not act on it yet"),
            remedy: LocalizedText(zh: "可以保留，以后的版本会用", en: "it may stay; a later version will"))
    }
}

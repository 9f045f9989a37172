import Diagnostics
import Timekeeping

/// One key of a configuration: all that the reader, the checks and the reference page know about it.
struct SettingKey: Sendable {
    /// What a value looks like, with its range in the base unit.
    enum Form: Sendable, Equatable {
        case text
        /// A word that becomes part of a topic, a file name or an id: letters, digits, `-`, `_`, `.`.
        case name
        case choice([String])
        case duration(ClosedRange<Milliseconds>)
        case size(ClosedRange<Int64>)
        case integer(ClosedRange<Int>)
        /// 0…1
        case fraction
        case number(ClosedRange<Double>)
        /// Hours of the week, or a list of them.
        case hours
        case boolean
        /// `{file: …}`, `{env: …}` or `{credential: …}`.
        case secret
        /// A path, relative to the file in which it stands.
        case path
        case broker, web, listen, zone, filter, topic, pointer, template
        /// One value or a list of them.
        case texts
        case choices([String])
        /// A map with keys of its own.
        case section
        /// A list of maps.
        case sections
        /// A map from names, which people choose, to maps.
        case named
        /// Read elsewhere, or not at all.
        case any
    }

    /// `mqtt.qos`, `feeds[].topic`, `rules.*.confirm.count`.
    var path: String
    var form: Form
    /// As it would be written; nil where there is none.
    var standard: String?
    /// The default where it depends on the section's `kind`.
    var standardByKind: [String: String] = [:]
    var isNeeded = false
    /// Read, but without effect in this version: told as a note.
    var isActedOn = true
    /// The kinds of rule or channel that use it; nil: all.
    var kinds: [String]?
    var help: Phrase

    init(_ path: String, _ form: Form, _ standard: String? = nil, zh: String, en: String) {
        self.path = path
        self.form = form
        self.standard = standard
        help = Phrase(zh: zh, en: en)
    }

    var needed: SettingKey { with { $0.isNeeded = true } }
    var later: SettingKey { with { $0.isActedOn = false } }
    func of(_ kinds: String...) -> SettingKey { with { $0.kinds = kinds } }
    func standard(_ byKind: [String: String]) -> SettingKey { with { $0.standardByKind = byKind } }

    var parent: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }
    var name: String { path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path }

    private func with(_ change: (inout SettingKey) -> Void) -> SettingKey {
        var copy = self
        change(&copy)
        return copy
    }
}

/// The table of all keys. Parsing, unknown-key errors, needed keys, defaults, ranges, notes and the reference page come
/// from it; a key that is not here does not exist.
enum SettingsTable {
    static let all: [SettingKey] = basic + delivery + rules + mapping

    private static let byParent: [String: [SettingKey]] = Dictionary(grouping: all, by: \.parent)
    private static let byPath: [String: SettingKey] = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    static func keys(of section: String) -> [SettingKey] { byParent[section] ?? [] }
    static func key(_ path: String) -> SettingKey? { byPath[path] }

    /// The kinds whose keys the table holds, for sections that have kinds.
    static func kinds(of section: String) -> [String]? {
        switch section {
        case "rules.*": RuleKind.built.map(\.rawValue)
        case "channels.*": ChannelKind.built.map(\.rawValue)
        default: nil
        }
    }

    static func names<T: RawRepresentable & CaseIterable>(_ type: T.Type) -> [String] where T.RawValue == String {
        T.allCases.map(\.rawValue)
    }

    static let observations = ObservationKind.allCases.map(\.name)

    /// What stands in braces in a topic that the program publishes to.
    static let topicNames = ["site", "id", "rule", "kind", "severity", "key", "device", "place"]
}

package import Diagnostics
package import Timekeeping

/// One key of a configuration: all that the reader, the checks and the reference page know about it.
package struct SettingKey: Sendable {
    /// What a value looks like, with its range in the base unit.
    package enum Form: Sendable, Equatable {
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
    package var path: String
    package var form: Form
    /// As it would be written; nil where there is none.
    package var standard: String?
    /// The default where it depends on the section's `kind`.
    package var standardByKind: [String: String] = [:]
    package var isNeeded = false
    /// Read, but without effect in this version: told as a note.
    package var isActedOn = true
    /// The kinds of rule or channel that use it; nil: all.
    package var kinds: [String]?
    package var help: LocalizedText

    package init(_ path: String, _ form: Form, _ standard: String? = nil, zh: String, en: String) {
        self.path = path
        self.form = form
        self.standard = standard
        help = LocalizedText(zh: zh, en: en)
    }

    package var needed: SettingKey { with { $0.isNeeded = true } }
    package var later: SettingKey { with { $0.isActedOn = false } }
    package func of(_ kinds: String...) -> SettingKey { with { $0.kinds = kinds } }
    package func standard(_ byKind: [String: String]) -> SettingKey { with { $0.standardByKind = byKind } }

    /// Whether a section of that kind uses it.
    package func isUsed(by kind: String?) -> Bool { kinds.map { $0.contains(kind ?? "") } ?? true }

    package var parent: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }
    package var name: String { path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path }

    private func with(_ change: (inout SettingKey) -> Void) -> SettingKey {
        var copy = self
        change(&copy)
        return copy
    }
}

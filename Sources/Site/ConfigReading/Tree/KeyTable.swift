/// The keys that a file may have. Parsing, unknown-key errors, needed keys, defaults, ranges, notes and the reference
/// page come from it; a key that is not here does not exist.
package struct KeyTable: Sendable {
    package let all: [SettingKey]
    private let byParent: [String: [SettingKey]]
    private let byPath: [String: [SettingKey]]
    private let kinds: [String: [String]]

    /// - Parameter kinds: of sections whose keys depend on their `kind`, the kinds whose keys are here, by path.
    package init(_ keys: [SettingKey], kinds: [String: [String]] = [:]) {
        all = keys
        byParent = Dictionary(grouping: keys, by: \.parent)
        byPath = Dictionary(grouping: keys, by: \.path)
        self.kinds = kinds
    }

    package func keys(of section: String) -> [SettingKey] { byParent[section] ?? [] }

    /// Where several kinds have a key of that name, each with a meaning of its own, the one of the kind.
    package func key(_ path: String, of kind: String? = nil) -> SettingKey? {
        let rows = byPath[path] ?? []
        return rows.first { $0.isUsed(by: kind) } ?? rows.first
    }

    /// The kinds whose keys the table holds, for sections that have kinds.
    package func kinds(of section: String) -> [String]? { kinds[section] }
}

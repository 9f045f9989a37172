package import Community
package import Ledger
import SiteLoading

/// Who is to be forgotten, as the registry has them, or had them.
package struct ForgetSubject: Equatable, Sendable {
    package var words: ForgetWords
    /// The line of the sheet in force; nil where their row is gone from it.
    package var line: Int?

    /// Of the registry in force, else of the newest that `configs/` keeps.
    /// - Returns: nil where nobody of this id stands in any of them.
    package static func find(_ id: String, registry: Registry, configs: ConfigStore) -> ForgetSubject? {
        if let row = row(id, in: registry) { return ForgetSubject(words: words(of: row), line: row.line) }
        for source in configs.sources {
            if let row = row(id, in: SiteFiles(kept: source).registry) {
                return ForgetSubject(words: words(of: row), line: nil)
            }
        }
        return nil
    }

    private static func row(_ id: String, in registry: Registry) -> Resident? {
        registry.resident(id).map { registry.residents[Int($0.index)] }
    }

    /// Name, numbers, credentials, and the numbers of those who are called for them; not the names of these, which
    /// may be 女儿.
    private static func words(of row: Resident) -> ForgetWords {
        var words = ForgetWords(resident: row.id)
        words.add(row.name)
        // The id of a derived row is its address, which is a home's.
        for contact in [row.phone, row.keyHolder] + row.family.map(\.phone) {
            for part in contact.split(whereSeparator: { !$0.isNumber && $0 != "+" && $0 != "-" }) {
                words.add(String(part))
            }
        }
        for credential in row.credentials { words.add(credential.value) }
        return words
    }
}

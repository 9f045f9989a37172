package import Community
import Crypto
package import SiteConfiguration
import Vocabulary

/// The bytes that a site is made of: the configuration, the mapping files that it names, the registry's sheets. Read
/// once, so that what is checked, what is used and what is kept as the last good one are the same.
package struct SiteSource: Sendable {
    /// The configuration's path as it was given; relative paths in it are counted from its folder.
    package var config: String
    package var files: Settings.SourceFiles
    package var registry: RegistryFiles

    package init(config: String, files: Settings.SourceFiles, registry: RegistryFiles) {
        self.config = config
        self.files = files
        self.registry = registry
    }

    /// The first 16 hex digits of a SHA-256 over all of it and the built-in rules: what journal, snapshots and
    /// `configs/` name it by.
    package var hash: String { hash(builtIn: "\(RuleCatalogue.builtInVersion)") }

    /// As versions named it that had no built-in rules.
    package var formerHash: String { hash(builtIn: nil) }

    private func hash(builtIn version: String?) -> String {
        var digest = SourceDigest()
        if let version { digest.add("built-in", Array(version.utf8)) }
        digest.add("config", files.text)
        for path in files.mappings.keys.sorted() { digest.add(path, files.mappings[path] ?? []) }
        digest.add(registry)
        return digest.hex
    }

    /// The same over the registry's sheets alone: what a person names who takes a registry that was refused.
    package var registryHash: String {
        var digest = SourceDigest()
        digest.add(registry)
        return digest.hex
    }
}

/// Names with their bytes, in the order in which they are added.
private struct SourceDigest {
    private var digest = SHA256()

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        digest.update(data: Array("\(name.utf8.count):\(name)\(bytes.count):".utf8))
        digest.update(data: bytes)
    }

    mutating func add(_ registry: RegistryFiles) {
        for file in registry.files.sorted(by: { $0.name < $1.name }) { add(file.name, file.bytes) }
    }

    var hex: String {
        Hex.string(digest.finalize().prefix(8))
    }
}

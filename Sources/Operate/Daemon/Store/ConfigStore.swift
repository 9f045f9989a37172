import Community
import FileIO
import Glibc
import SiteConfiguration
package import SiteLoading

/// `configs/`: what was in force, by its hash, and which was last. A box whose owner broke the YAML starts with the
/// last one that was good.
///
/// Layout: `configs/{hash}/` holds `config` (the YAML), `mapping-0` …, `places.csv` … and `manifest`, one line a file:
/// its kind, its name here, the path it was read from, separated by tabs. `configs/current` holds the last hash. A
/// folder is written aside and renamed, so a name stands for a whole one. `configs/refused` is the registry that was
/// refused and is not settled (``RegistryRefusal``). People's data: the store's folder is the daemon's alone.
package struct ConfigStore {
    /// So many are kept, the newest; journal and snapshots rarely name more.
    static let keptMax = 50

    let folder: String

    package init(store: String) { folder = store + "/configs" }

    /// Keeps a site's bytes and marks them as the last good ones.
    /// - Returns: false where the disk did not take them; the daemon runs all the same.
    func keep(_ source: SiteSource) -> Bool {
        let hash = source.hash
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else { return false }
        let path = folder + "/" + hash
        if unsafe access(path + "/manifest", F_OK) != 0, !write(source, to: path) { return false }
        let isMarked = FileWriting.replace(folder + "/current", with: Array(hash.utf8)) == 0
        prune(keeping: hash)
        return isMarked
    }

    private func write(_ source: SiteSource, to path: String) -> Bool {
        let aside = path + ".new"
        Store.removeFolder(aside)
        guard unsafe mkdir(aside, 0o700) == 0 else { return false }
        var manifest = "config\tconfig\t\(source.config)\n"
        var isWritten = FileWriting.replace(aside + "/config", with: source.files.text) == 0
        for (index, mapping) in source.files.mappings.sorted(by: { $0.key < $1.key }).enumerated() {
            manifest += "mapping\tmapping-\(index)\t\(mapping.key)\n"
            isWritten = isWritten && FileWriting.replace(aside + "/mapping-\(index)", with: mapping.value) == 0
        }
        for file in source.registry.files {
            manifest += "registry\t\(file.name)\t\(file.path)\n"
            isWritten = isWritten && FileWriting.replace(aside + "/" + file.name, with: file.bytes) == 0
        }
        guard isWritten, FileWriting.replace(aside + "/manifest", with: Array(manifest.utf8)) == 0 else { return false }
        return FileWriting.move(aside, to: path) == 0
    }

    /// The hash of the last good one; nil where there never was one.
    var current: String? { FileReading.all(folder + "/current").map { String(decoding: $0, as: UTF8.self) } }

    /// What is kept last was kept by a version without built-in rules.
    var isOfFormerVersion: Bool {
        guard let current, let source = read(hash: current) else { return false }
        return source.hash != current
    }

    /// The last good site of a configuration; nil where there never was one.
    package func lastGood(of config: String) -> SiteSource? {
        accepted.flatMap { Store.realPath($0.config) == Store.realPath(config) ? $0 : nil }
    }

    /// The site that was accepted last, whatever configuration it came from. Where a power cut took the mark, or what
    /// it names, the newest that is whole.
    var accepted: SiteSource? {
        if let site = current.flatMap(read) { return site }
        return kept.lazy.compactMap { read(hash: $0) }.first
    }

    /// Everything that is kept, whole, the newest first. Read from the disk as it is asked for.
    var sources: some Sequence<SiteSource> { kept.lazy.compactMap { read(hash: $0) } }

    /// What was refused and is not settled.
    var refusal: RegistryRefusal? { FileReading.all(folder + "/refused").flatMap(RegistryRefusal.init(bytes:)) }

    /// Without it a restart would only begin the refusal's time again, so that it cannot be written is no failure.
    func recordRefusal(_ refusal: RegistryRefusal?) {
        guard let refusal else {
            unsafe unlink(folder + "/refused")
            return
        }
        _ = FileWriting.replace(folder + "/refused", with: refusal.bytes)
    }

    /// A site that was kept; nil where it is not there, or not whole.
    func read(hash: String) -> SiteSource? {
        let path = folder + "/" + hash
        guard hash.allSatisfy(\.isHexDigit), let manifest = FileReading.all(path + "/manifest") else { return nil }
        var source = SiteSource(config: "", files: Settings.SourceFiles(), registry: RegistryFiles())
        for line in String(decoding: manifest, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let bytes = FileReading.all(path + "/" + parts[1]) else { return nil }
            switch parts[0] {
            case "config": (source.config, source.files.text) = (parts[2], bytes)
            case "mapping": source.files.mappings[parts[2]] = bytes
            default: source.registry.files.append((name: parts[1], path: parts[2], bytes: bytes))
            }
        }
        // What does not have its own name's hash was changed by somebody, or by a failing disk.
        return source.hash == hash || source.formerHash == hash ? source : nil
    }

    private func prune(keeping current: String) {
        for old in kept.filter({ $0 != current }).dropFirst(ConfigStore.keptMax - 1) {
            Store.removeFolder(folder + "/" + old)
        }
    }

    /// The hashes of what is kept, the newest first.
    private var kept: [String] {
        let names = Store.names(in: folder).filter { $0.allSatisfy(\.isHexDigit) }
        let dated = names.map { (name: $0, at: Store.changedAt(folder + "/" + $0)) }
        return dated.sorted { $0.at > $1.at }.map(\.name)
    }

    /// Where the store of a configuration that cannot be read may be: what its text seems to say, what systemd says,
    /// the default.
    package static func candidates(config: String, environment: [String: String]) -> [String] {
        var found: [String] = []
        for line in String(decoding: FileReading.all(config) ?? [], as: UTF8.self).split(whereSeparator: \.isNewline) {
            for part in line.split(whereSeparator: { $0 == "{" || $0 == "," || $0 == "}" }) {
                guard let colon = part.firstIndex(where: { $0 == ":" || $0 == ":" }) else { continue }
                let key = part[..<colon].trimmed
                guard key == "path" else { continue }
                let value = part[part.index(after: colon)...].trimmed.filter { $0 != "\"" && $0 != "'" }
                if !value.isEmpty { found.append(Settings.resolve(value, of: config)) }
            }
        }
        return found + (environment["STATE_DIRECTORY"].map { [$0] } ?? []) + ["/var/lib/shouwang"]
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var rest = self
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

package import Community
package import Diagnostics
package import SiteConfiguration
import Terminal

/// A configuration and its registry, read from their files, with everything that is wrong with them.
package struct SiteFiles {
    package var settings: Settings?
    package var registry: Registry
    package var diagnostics: [Diagnostic]
    package private(set) var source: SiteSource
    /// The registry, or one of its files, could not be read.
    package private(set) var isUnreadable = false
    private static let fatal: Set<String> = ["config.unknown-place", "route.unknown-worker"]

    package init(config: String) {
        var read = Settings.SourceFiles()
        (settings, diagnostics) = Settings.load(file: config, keeping: &read)
        source = SiteSource(config: config, files: read, registry: RegistryFiles())
        registry = .empty
        guard let settings else { return }
        do throws(RegistryFiles.ReadError) {
            source.registry = try RegistryFiles.read(directory: settings.registry)
            understandRegistry()
        } catch {
            isUnreadable = true
            diagnostics.append(error.diagnostic)
        }
    }

    /// The same from bytes that were kept. Their registry says who was watched, whether or not this version can read
    /// the configuration beside it.
    package init(kept: SiteSource) {
        (settings, diagnostics) = Settings.load(file: kept.config, from: kept.files)
        source = kept
        registry = .empty
        understandRegistry()
    }

    private mutating func understandRegistry() {
        let (registry, problems) = Registry.load(source.registry)
        self.registry = registry
        diagnostics += problems
        if let settings { diagnostics += CrossCheck.problems(settings, registry) }
    }

    /// Adds what a start of the daemon would miss.
    package mutating func lookForStart() {
        if let settings, !isUnreadable { diagnostics += StartCheck.problems(settings, source, registry) }
    }

    package var language: Language { settings?.site.language ?? .zhHans }
    package var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// A wrong row of the registry costs that row, and what older versions took in the configuration its key
    /// (``Settings/dropped``). A configuration that does not pass, a registry that cannot be read
    /// at all, or a name that stands for nothing, would leave people unwatched or make a rule wider than it was meant:
    /// nothing starts with that.
    package var usable: Site? {
        let isFatal = diagnostics.contains { $0.severity == .error && SiteFiles.fatal.contains($0.code) }
        guard let settings, !isUnreadable, !isFatal else { return nil }
        return Site(
            settings: settings, registry: registry, source: source,
            problems: Site.Problems(errors: errorCount, warnings: diagnostics.count { $0.severity == .warning }))
    }

    /// What was found, in the words of the site's language, without notes.
    package var told: [String] {
        diagnostics.filter { $0.severity != .note }.map { $0.rendered(in: language) }
    }

    /// The same for a log: errors first, at most so many lines, and then how many more there are.
    package func told(atMost max: Int) -> [String] {
        let all = diagnostics.filter { $0.severity == .error } + diagnostics.filter { $0.severity == .warning }
        let lines = all.prefix(max).map { $0.rendered(in: language) }
        let rest = all.count - lines.count
        guard rest > 0 else { return lines }
        return lines + [
            LocalizedText(
                zh: "还有 \(rest) 处；全部见 shouwang check", en: "and \(rest) more; shouwang check tells all of them"
            ).text(in: language)
        ]
    }

    /// For commands that need a site that works: otherwise they end with 78 after telling everything.
    package static func require(config: String) throws -> Site {
        let files = SiteFiles(config: config)
        for line in files.told { StandardError.print(line) }
        guard let site = files.usable else { throw Exit.configuration }
        return site
    }
}

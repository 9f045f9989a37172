import ArgumentParser
import Community
import Diagnostics
import SiteConfiguration

/// A configuration and its registry, read from their files, with everything that is wrong with them.
struct SiteFiles {
    var settings: Settings?
    var registry: Registry
    var diagnostics: [Diagnostic]
    /// The registry, or one of its files, could not be read.
    private(set) var isUnreadable = false
    private static let fatal: Set<String> = ["config.unknown-place", "route.unknown-worker"]

    init(config: String) {
        let (settings, problems) = Settings.load(file: config)
        self.settings = settings
        diagnostics = problems
        guard let settings else {
            registry = .empty
            return
        }
        do throws(RegistryFiles.ReadError) {
            let files = try RegistryFiles.read(directory: settings.registry)
            let (registry, problems) = Registry.load(files)
            self.registry = registry
            diagnostics += problems + CrossCheck.problems(settings, registry)
        } catch {
            registry = .empty
            isUnreadable = true
            diagnostics.append(error.diagnostic)
        }
    }

    var language: Language { settings?.site.language ?? .zhHans }
    var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// For commands that need a site that works: a configuration that does not pass ends the command with 78 after
    /// telling everything; a wrong row of the registry costs that row and is told.
    static func require(config: String) throws -> (settings: Settings, registry: Registry) {
        let files = SiteFiles(config: config)
        for diagnostic in files.diagnostics where diagnostic.severity != .note {
            Talk.say(diagnostic.rendered(in: files.language))
        }
        // A wrong row costs that row. A registry that cannot be read at all, or a name that stands for nothing, would
        // leave people unwatched or make a rule wider than it was meant: nothing starts with that.
        let isFatal = files.diagnostics.contains { $0.severity == .error && SiteFiles.fatal.contains($0.code) }
        guard let settings = files.settings, !files.isUnreadable, !isFatal else { throw Exit.configuration }
        return (settings, files.registry)
    }
}

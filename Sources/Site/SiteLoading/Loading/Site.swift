package import Community
package import SiteConfiguration

/// A site that can be watched: its configuration and registry passed.
package struct Site: Sendable {
    package var settings: Settings
    package var registry: Registry
    package var source: SiteSource
    package var problems = Problems()

    package init(settings: Settings, registry: Registry, source: SiteSource, problems: Problems = Problems()) {
        self.settings = settings
        self.registry = registry
        self.source = source
        self.problems = problems
    }

    /// How much `check` finds in it, each of which costs itself.
    package struct Problems: Sendable {
        package var errors = 0
        package var warnings = 0
    }
}

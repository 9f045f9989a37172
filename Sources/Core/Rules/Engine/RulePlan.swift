package import Community
package import SiteConfiguration
import StateCoding
package import Timekeeping
import Windowing

/// What a rule is made from.
package struct RulePlan: Sendable {
    /// Its place in the configuration.
    package var rule: Int
    package var settings: RuleSettings
    package var registry: Registry
    package var zone: Zone
    /// The zones of cameras that rules name; an observation's zone is a number of this table.
    package var zones: NameTable
    /// The words that rules name; an event's word is a number of a table that begins with these.
    package var words: NameTable

    package init(
        rule: Int, settings: RuleSettings, registry: Registry, zone: Zone, zones: NameTable, words: NameTable
    ) {
        self.rule = rule
        self.settings = settings
        self.registry = registry
        self.zone = zone
        self.zones = zones
        self.words = words
    }
}

package import Cases
package import Channels
package import ConfigReading
package import Diagnostics
package import Feeds
package import Timekeeping

/// A configuration that passed: every value is in its range, every name is known, every path is resolved against the
/// folder of the file in which it stands. Secrets are places, not values (``Secret``).
package struct Settings: Equatable, Sendable {
    package var site: SiteSettings
    package var mqtt: MQTTSettings
    /// The folder of the registry's CSV files.
    package var registry: String
    /// In the file's order; names are unique.
    package var feeds: [FeedSettings]
    package var store: StoreSettings
    /// In the file's order; names are unique.
    package var rules: [RuleSettings]
    /// The rules of life safety for what none of ``rules`` has in its scope.
    package var builtInRules: [RuleSettings] = []
    /// In the file's order, which is the order of matching.
    package var routes: [RouteSettings]
    package var channels: [ConfiguredChannel]
    /// Kinds of channel over which families and key holders may be told.
    package var familyChannels = ["sms", "voice"]
    /// nil: no console.
    package var console: ConsoleSettings?
    package var limits: LimitSettings
    /// When people work, for time limits in hours and days of work. Not empty.
    package var work = [WorkCalendar.standardHours]
    package var heartbeat: HeartbeatSettings?
    package var daily = DailySettings()
    /// The configuration file, as it was named.
    package var file: String
    /// What the daemon reads at its start besides this file, the registry and the mappings.
    package var needs: [NeededFile] = []
    /// Errors of `check` that a daemon runs with: each costs the key that it stands at, which older versions took.
    package var dropped: [Diagnostic] = []

    /// All that run: those of the file, then the built-in ones.
    package var allRules: [RuleSettings] { rules + builtInRules }

    /// The hours of work with the site's holidays and make-up days.
    package var workCalendar: WorkCalendar { WorkCalendar(hours: work, days: site.days, zone: site.zone) }

    package init(
        site: SiteSettings, mqtt: MQTTSettings, registry: String, feeds: [FeedSettings], store: StoreSettings,
        rules: [RuleSettings], routes: [RouteSettings], channels: [ConfiguredChannel], console: ConsoleSettings? = nil,
        limits: LimitSettings, heartbeat: HeartbeatSettings? = nil, file: String
    ) {
        self.site = site
        self.mqtt = mqtt
        self.registry = registry
        self.feeds = feeds
        self.store = store
        self.rules = rules
        self.routes = routes
        self.channels = channels
        self.console = console
        self.limits = limits
        self.heartbeat = heartbeat
        self.file = file
    }
}

package import Community
package import Feeds

extension FeedPlan {
    /// What the feeds of a configuration are decoded by.
    /// - Parameter zones: the zone names that rules use.
    package init(settings: Settings, registry: Registry, zones: NameTable) {
        self.init(
            feeds: settings.feeds, registry: registry, zones: zones, zone: settings.site.zone,
            payloadMax: settings.limits.payload)
    }
}

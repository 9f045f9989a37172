package import Community
package import Diagnostics
import Rules
package import SiteConfiguration
import Timekeeping

/// What people call the devices of a site, for commands that tell of records.
package struct DeviceNames: Sendable {
    private let wording: AlertText
    private let context: RuleContext

    package init(registry: Registry, site: SiteSettings) {
        wording = AlertText(zone: site.zone, registry: registry)
        context = RuleContext(
            registry: registry, zone: site.zone, days: site.days, zones: NameTable(), words: NameTable())
    }

    /// Its name, else what it is and where, with its id; by its number in the registry.
    package func label(_ device: Int32) -> LocalizedText {
        let label = wording.label(device, context)
        guard let row = context.device(device), row.name == row.id, !label.zh.contains(row.id) else {
            return label
        }
        return LocalizedText(zh: "\(label.zh)(\(row.id))", en: "\(label.en) (\(row.id))")
    }
}

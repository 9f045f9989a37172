import ConfigReading
package import Diagnostics
package import Timekeeping

package struct SiteSettings: Equatable, Sendable {
    /// Part of topics, alert ids and the default client id.
    package var id: String
    package var name: String
    package var zone: Zone
    package var language: Language
    /// Holidays and make-up days, as the sheet `site.holidays` has them.
    package var days: SiteDays

    package init(id: String, name: String, zone: Zone, language: Language, days: SiteDays = .none) {
        self.id = id
        self.name = name
        self.zone = zone
        self.language = language
        self.days = days
    }
}

import Alerts
import Community
import SiteConfiguration
import Timekeeping
import Vocabulary

extension Routing {
    /// The places of the routes that are taken for a change, in their order.
    func matching(_ change: AlertChange) -> [Int] {
        var taken: [Int] = []
        for (place, route) in routes.enumerated() where matches(route.match, change) {
            taken.append(place)
            if !route.continue { break }
        }
        return taken
    }

    /// What costs least is looked at first.
    private func matches(_ match: RouteMatch, _ change: AlertChange) -> Bool {
        if !match.kind.isEmpty, !match.kind.contains(change.kind) { return false }
        if !match.rule.isEmpty, !match.rule.contains(change.rule) { return false }
        if !match.severity.isEmpty, !match.severity.contains(change.severity) { return false }
        if !match.verdict.isEmpty, !(change.verdict.map { match.verdict.contains($0.rawValue) } ?? false) {
            return false
        }
        if !match.grid.isEmpty, !(change.grid.map(match.grid.contains) ?? false) { return false }
        if !match.category.isEmpty, !match.category.contains(where: { Routing.isAbout($0, change) }) { return false }
        if !match.calendar.covers(change.stamp, zone: zone, days: days) { return false }
        if !match.place.isEmpty, !isInside(change.place, match.place) { return false }
        guard !match.care.isEmpty else { return true }
        return residents(of: change).contains { !Set($0.care).isDisjoint(with: match.care) }
    }

    /// The alert's own facts are compact JSON that this program wrote.
    private static func isAbout(_ category: String, _ change: AlertChange) -> Bool {
        change.detail.contains("\"category\":\"\(category)\"")
    }

    private func isInside(_ place: String?, _ wanted: [String]) -> Bool {
        var current = place.flatMap { registry.place($0) }
        while let id = current {
            let row = registry.places[Int(id.index)]
            if wanted.contains(row.id) { return true }
            current = row.parent
        }
        return false
    }
}

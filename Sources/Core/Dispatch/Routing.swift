import Alerts
import Community
import SiteConfiguration
import Timekeeping
import Vocabulary

/// Who is told of an alert, and over what: a pure function of the alert, the registry and the time.
///
/// alert → place → grid → who is on shift → their channels (docs/architecture.md, "Cases and dispatch are values"). The
/// routes are tried in order; the first that matches is taken, and the next ones too where it says `continue`. Cost:
/// O(routes × workers) a change.
struct Routing: Sendable {
    /// One way to somebody.
    struct Way: Hashable, Sendable {
        var channel: String
        /// An address or a worker's id; empty where the channel itself is the recipient.
        var recipient = ""
    }

    struct Destination: Equatable, Sendable {
        var way: Way
        /// The place of the first route that leads there; nil where none does.
        var route: Int?
    }

    /// Where an alert change goes.
    struct Resolution: Equatable, Sendable {
        var destinations: [Destination]
        /// No route matched, or nobody could be reached by those that did: told to every channel, and a fault of the
        /// configuration.
        var isFault: Bool
    }

    private let routes: [RouteSettings]
    private let channels: [String]
    private let registry: Registry
    private let zone: Zone
    private let days: SiteDays

    /// - Parameter channels: those that can be used; one without its secret is as good as none.
    init(settings: Settings, registry: Registry, channels: [String]) {
        routes = settings.routes
        self.channels = channels
        zone = settings.site.zone
        days = settings.site.days
        self.registry = registry
    }

    /// Everybody who is to be told, each once, in the order of the routes. Never empty while a channel is configured.
    func resolve(_ change: AlertChange) -> Resolution {
        let civil = zone.civil(change.stamp)
        var found: [Destination] = []
        var seen: Set<Way> = []
        for (place, route) in routes.enumerated() where matches(route.match, change) {
            for way in route.to.flatMap({ ways(to: $0, change, civil) }) where seen.insert(way).inserted {
                found.append(Destination(way: way, route: place))
            }
            if !route.continue { break }
        }
        guard found.isEmpty else { return Resolution(destinations: found, isFault: false) }
        return Resolution(destinations: channels.map { Destination(way: Way(channel: $0)) }, isFault: true)
    }

    private func matches(_ match: RouteMatch, _ change: AlertChange) -> Bool {
        if !match.kind.isEmpty, !match.kind.contains(change.kind) { return false }
        if !match.severity.isEmpty, !match.severity.contains(change.severity) { return false }
        if !match.place.isEmpty, !isInside(change.place, match.place) { return false }
        return match.verdict.isEmpty || change.verdict.map { match.verdict.contains($0.rawValue) } ?? false
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

    private func ways(to target: Target, _ change: AlertChange, _ civil: CivilTime) -> [Way] {
        switch target {
        case .channel(let name): channels.contains(name) ? [Way(channel: name)] : []
        case .worker(let id): registry.workers.filter { $0.id == id }.flatMap(ways(to:))
        case .role(let role):
            registry.workers.filter { worker in
                worker.role == role && covers(worker, change) && (worker.shift?.covers(civil, days) ?? true)
            }.flatMap(ways(to:))
        }
    }

    /// A worker with grids answers for those; one without, or an alert without a grid, is not told apart.
    private func covers(_ worker: Worker, _ change: AlertChange) -> Bool {
        guard !worker.grids.isEmpty, let grid = change.grid else { return true }
        return worker.grids.contains { registry.grids[Int($0.index)] == grid }
    }

    private func ways(to worker: Worker) -> [Way] {
        worker.channels.filter { channels.contains($0.channel) }.map {
            Way(channel: $0.channel, recipient: $0.address ?? "")
        }
    }
}

import Alerts
import Community
import Channels
import SiteConfiguration
import Timekeeping
import Vocabulary

/// Who is told of an alert, and over what: a pure function of the alert, the registry and the time.
///
/// alert → place → grid → who is on duty → their channels (docs/architecture.md, "Cases and dispatch are values"). The
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
        /// The worker who is told by it; nil where the channel is a group or a program, or a family is told.
        var worker: String?
        /// The role by which they were found.
        var role: String?
    }

    /// Where an alert change goes.
    struct Resolution: Equatable, Sendable {
        var destinations: [Destination]
        /// No route matched, or nobody could be reached by those that did: told to every channel, and a fault of the
        /// configuration.
        var isFault: Bool
    }

    let routes: [RouteSettings]
    let channels: [String]
    let registry: Registry
    let zone: Zone
    let days: SiteDays
    /// Those over which families and key holders may be told.
    private let familyChannels: [String]

    /// - Parameter channels: those that can be used; one without its secret is as good as none.
    init(settings: Settings, registry: Registry, channels: [String]) {
        routes = settings.routes
        self.channels = channels
        zone = settings.site.zone
        days = settings.site.days
        self.registry = registry
        familyChannels = settings.channels.filter {
            settings.familyChannels.contains(type(of: $0.settings).kind) && channels.contains($0.name)
        }.map(\.name)
    }

    /// Everybody who is to be told, each once, in the order of the routes. Never empty while a channel is configured.
    func resolve(_ change: AlertChange) -> Resolution {
        let found = matching(change).flatMap { destinations(of: routes[$0].to, route: $0, of: change) }
        let unique = Routing.unique(found)
        guard unique.isEmpty else { return Resolution(destinations: unique, isFault: false) }
        return Resolution(destinations: everyChannel, isFault: true)
    }

    /// Every channel that can be used, itself the recipient.
    var everyChannel: [Destination] { channels.map { Destination(way: Way(channel: $0)) } }

    /// Each way once, by the first that leads there.
    static func unique(_ destinations: [Destination]) -> [Destination] {
        var seen: Set<Way> = []
        return destinations.filter { seen.insert($0.way).inserted }
    }

    /// Who of some targets can be told of an alert at the stamp of a change, but for some workers.
    func destinations(
        of targets: [Target], route: Int?, of change: AlertChange, without excluded: Set<String> = []
    ) -> [Destination] {
        let civil = zone.civil(change.stamp)
        return targets.flatMap { target -> [Destination] in
            switch target {
            case .channel(let name):
                return channels.contains(name) ? [Destination(way: Way(channel: name), route: route)] : []
            case .worker(let id):
                guard !excluded.contains(id), let worker = registry.worker(id) else { return [] }
                return ways(to: registry.workers[Int(worker.index)], route, nil)
            case .role(let role) where target.isOfResident: return family(role, route, change)
            case .role(let role):
                return onDuty(role, of: change, civil).filter { !excluded.contains($0.id) }
                    .flatMap { ways(to: $0, route, role) }
            }
        }
    }

    /// Whoever has a role, answers for the alert's grid and is on duty.
    func onDuty(_ role: String, of change: AlertChange, _ civil: CivilTime) -> [Worker] {
        let grid = change.grid.flatMap { registry.grid($0) }
        return registry.workers.indices.filter { index in
            let worker = registry.workers[index]
            guard worker.role == role else { return false }
            // A grid that the sheets do not know is answered for by those who answer for all.
            if change.grid != nil, grid == nil, !worker.grids.isEmpty { return false }
            return registry.isOnDuty(WorkerID(index: Int32(index)), for: grid, at: civil, days)
        }.map { registry.workers[$0] }
    }

    func ways(to worker: Worker, _ route: Int?, _ role: String?) -> [Destination] {
        worker.channels.filter { channels.contains($0.channel) }.map {
            Destination(
                way: Way(channel: $0.channel, recipient: $0.address ?? ""), route: route, worker: worker.id,
                role: role ?? (worker.role.isEmpty ? nil : worker.role))
        }
    }

    /// The numbers in the rows of those who live there, of those who agreed.
    private func family(_ role: String, _ route: Int?, _ change: AlertChange) -> [Destination] {
        residents(of: change).filter(\.mayTellFamily).flatMap { resident -> [Destination] in
            let numbers = role == "family" ? resident.family.map(\.phone) : [Routing.number(in: resident.keyHolder)]
            return numbers.filter { !$0.isEmpty }.flatMap { number in
                familyChannels.map {
                    Destination(way: Way(channel: $0, recipient: number), route: route, role: role)
                }
            }
        }
    }

    /// Behind the colon of `name:phone`, or a number alone; empty where there is none.
    private static func number(in text: String) -> String {
        let last = text.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        return last.contains(where: \.isNumber) ? last : ""
    }

    /// Those who live at the alert's place, or whom it is about. O(residents).
    func residents(of change: AlertChange) -> [Resident] {
        let place = change.place.flatMap { registry.place($0) }
        let person = change.person.flatMap { registry.resident($0) }
        if let person { return [registry.residents[Int(person.index)]] }
        guard let place else { return [] }
        return registry.residents.filter { $0.dwelling == place }
    }
}

import Community
package import Rules
package import Timekeeping

/// What the pipeline knows of its own watch at an instant: who cannot be seen, which devices are dead, when the box was
/// blind. A value for the daily message.
package struct WatchFigures: Equatable, Sendable {
    /// The engine clock.
    package var at: Instant
    /// Homes that no rule of the silence of people could see, by their number.
    package var unseen: [UnseenHome]
    /// Devices that are known to be silent, by their ids, in the registry's order.
    package var deadDevices: [String]
    package var blind: BlindIntervals

    package init(at: Instant, unseen: [UnseenHome], deadDevices: [String], blind: BlindIntervals) {
        self.at = at
        self.unseen = unseen
        self.deadDevices = deadDevices
        self.blind = blind
    }
}

extension Pipeline {
    /// The figures at the engine clock. A home counts as seen where one rule sees it. O(homes × rules × devices of
    /// each + devices).
    package var watchFigures: WatchFigures {
        let all = engines.noMovements.map { $0.unseen(at: clock, context) }
        let everywhere = all.dropFirst().reduce(Set(all.first?.map(\.home) ?? [])) { $0.intersection($1.map(\.home)) }
        let dead = context.registry.devices.indices.filter {
            context.coverage.life(Int32($0), at: clock, context.blind) == .silent
        }
        return WatchFigures(
            at: clock, unseen: all.first?.filter { everywhere.contains($0.home) } ?? [],
            deadDevices: dead.map { context.registry.devices[$0].id }, blind: context.blind)
    }
}

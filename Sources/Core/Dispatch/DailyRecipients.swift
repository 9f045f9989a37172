import Channels
package import Community
package import SiteConfiguration

/// Over what the daily message goes, and to whom: everybody whom its targets name, on shift or not, each once, over the
/// channels that take words.
package enum DailyRecipients {
    /// One way to somebody.
    package struct Way: Hashable, Sendable {
        package var channel: String
        /// An address; empty where the channel itself is the recipient.
        package var recipient: String
    }

    /// In the order of the targets, then of the registry. O(targets × workers).
    /// - Parameter channels: the names of those that can be used.
    package static func ways(settings: Settings, registry: Registry, channels: [String]) -> [Way] {
        let takesJSON = Set(settings.channels.filter(\.takesChanges).map(\.name))
        let usable = Set(channels).subtracting(takesJSON)
        var seen: Set<Way> = []
        return settings.daily.to.flatMap { target -> [Way] in
            switch target {
            case .channel(let name): [Way(channel: name, recipient: "")]
            case .role(let role): registry.workers.filter { $0.role == role }.flatMap(ways)
            case .worker(let id): registry.workers.filter { $0.id == id }.flatMap(ways)
            }
        }.filter { usable.contains($0.channel) && seen.insert($0).inserted }
    }

    private static func ways(to worker: Worker) -> [Way] {
        worker.channels.map { Way(channel: $0.channel, recipient: $0.address ?? "") }
    }
}

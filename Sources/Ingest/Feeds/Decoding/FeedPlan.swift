package import Community
import Diagnostics
import RecordLog
package import SiteConfiguration
package import Timekeeping
import Vocabulary

/// What all decoders share and nobody changes: the feeds, made ready for matching, and the registry.
package struct FeedPlan: Sendable {
    enum Format: Sendable {
        case native
        case mapping(MappingFormat)
    }

    struct Feed: Sendable {
        var name: String
        var filters: [TopicFilter]
        var format: Format
        var place: PlaceID?
    }

    let feeds: [Feed]
    /// The feeds' places, −1 for none.
    let places: ContiguousArray<Int32>
    package let registry: Registry
    package let zone: Zone
    /// Zones of cameras that rules name, so that a rule compares numbers.
    package let zones: NameTable
    let payloadMax: Int
    /// The zone that a device's kind stands for, by device; −2 where no rule names it.
    let zoneOfDevice: ContiguousArray<Int16>

    /// How a device's direction is known, by device; `table` is looked up in the registry.
    enum Direction: UInt8 {
        case payload, inward, outward, table

        init(_ rule: DirectionRule) {
            switch rule {
            case .fixed(let direction): self = direction == .in ? .inward : .outward
            case .table: self = .table
            case .payload: self = .payload
            }
        }
    }
    let directions: ContiguousArray<Direction>
    /// The keys and the types of the native feed; a type's place is that in `kinds`.
    let keys = WordTable(NativeKey.allCases.map(\.name))
    let types = WordTable(ObservationKind.allCases.map(\.name))
    let kinds = ContiguousArray(ObservationKind.allCases)

    /// - Parameter zones: the zone names that rules use.
    package init(settings: Settings, registry: Registry, zones: NameTable) {
        self.registry = registry
        self.zones = zones
        zone = settings.site.zone
        payloadMax = settings.limits.payload
        zoneOfDevice = ContiguousArray(
            registry.devices.map { device in
                let zone = zones.find(device.kind)
                return zone >= 0 ? Int16(zone) : -2
            })
        directions = ContiguousArray(registry.devices.map { Direction($0.direction) })
        feeds = settings.feeds.map { feed in
            let format: Format = feed.mapping.map { .mapping(MappingFormat($0)) } ?? .native
            return Feed(
                name: feed.name, filters: FeedPlan.filters(of: feed), format: format,
                place: feed.place.flatMap { registry.place($0) })
        }
        places = ContiguousArray(feeds.map { $0.place?.index ?? -1 })
    }

    /// The topic filters that a feed is subscribed by. `native` reads the last wills under `…/status` by itself.
    package static func subscriptions(of feed: FeedSettings) -> [String] {
        guard feed.format == .native, !feed.topic.hasSuffix("#"), !feed.topic.hasSuffix("/status") else {
            return [feed.topic]
        }
        return [feed.topic, feed.topic + "/status"]
    }

    private static func filters(of feed: FeedSettings) -> [TopicFilter] {
        subscriptions(of: feed).compactMap { text in
            // The configuration's check has refused what is no filter.
            do throws(TopicFilter.Problem) { return try TopicFilter(text) } catch { return nil }
        }
    }
}

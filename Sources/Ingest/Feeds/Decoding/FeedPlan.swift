package import Community
package import Timekeeping
import Vocabulary

/// What all decoders share and nobody changes: the feeds, made ready for matching, and the registry.
package struct FeedPlan: Sendable {
    struct Feed: Sendable {
        var name: String
        var filters: [TopicFilter]
        var callsInItsOwnWords: Bool
    }

    let feeds: [Feed]
    /// The feeds' formats.
    let formats: ContiguousArray<FeedFormats.Format>
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
    /// The product's own words for fields and kinds.
    let native = NativeWords()

    /// - Parameter zones: the zone names that rules use.
    package init(feeds: [FeedSettings], registry: Registry, zones: NameTable, zone: Zone, payloadMax: Int) {
        self.registry = registry
        self.zones = zones
        self.zone = zone
        self.payloadMax = payloadMax
        zoneOfDevice = ContiguousArray(
            registry.devices.map { device in
                let zone = zones.find(device.kind)
                return zone >= 0 ? Int16(zone) : -2
            })
        directions = ContiguousArray(registry.devices.map { Direction($0.direction) })
        self.feeds = feeds.map { feed in
            Feed(
                name: feed.name, filters: FeedPlan.filters(of: feed),
                callsInItsOwnWords: feed.format.format.callsInItsOwnWords)
        }
        formats = ContiguousArray(feeds.map(\.format))
        places = ContiguousArray(feeds.map { $0.place.flatMap { registry.place($0)?.index } ?? -1 })
    }

    /// The topic filters that a feed is subscribed by.
    package static func subscriptions(of feed: FeedSettings) -> [String] { feed.subscriptions }

    private static func filters(of feed: FeedSettings) -> [TopicFilter] {
        feed.subscriptions.compactMap { text in
            // The configuration's check has refused what is no filter.
            do throws(TopicFilter.Problem) { return try TopicFilter(text) } catch { return nil }
        }
    }
}

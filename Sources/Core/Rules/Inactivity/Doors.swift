import Community
import Feeds
import SiteConfiguration
import Timekeeping
import Windowing

/// What the entrance doors of homes told, and when something moved behind them.
///
/// Intuition: a front door opens for a neighbour with the soup, for a thief and for the cat. Where another sensor of
/// the home works, the door counts with it: with movement inside within 10 min before it (they went out, or somebody
/// was let in), at the door's time; or after it (they came home), at the movement's. Where nothing else moved for 48 h
/// the door is all that there is to go by, and counts alone, as any contact does.
///
/// State: 32 B a home, of a registry with entrance doors alone; a trace of each door that did not count.
struct Doors: Sendable {
    static let near = Milliseconds.minutes(10)
    static let alone = Milliseconds.hours(48)

    /// By device, whether it is an entrance door; empty where there is none.
    private let entrances: ContiguousArray<Bool>
    /// By device, whether its movement is one inside a home.
    private let isInside: ContiguousArray<Bool>
    /// By home: the last movement inside that was believed; empty where there is no entrance door.
    var inside = Paged<Trace?>()
    /// By home: the last time the door opened or closed and did not count.
    var opened: [Int32: Trace] = [:]

    init(_ registry: Registry) {
        let entrances = registry.devices.map { $0.kind == Device.entrance }
        guard entrances.contains(true) else {
            self.entrances = []
            isInside = []
            return
        }
        self.entrances = ContiguousArray(entrances)
        isInside = ContiguousArray(
            registry.devices.map { $0.kind != Device.entrance && Coverage.evidence(of: $0) != 0 })
        inside = Paged(repeating: nil, count: registry.households.count)
    }

    func isEntrance(_ device: Int32) -> Bool {
        device >= 0 && Int(device) < entrances.count && entrances[Int(device)]
    }

    /// Whether a device moves when somebody inside does.
    func isInside(_ device: Int32) -> Bool { device >= 0 && Int(device) < isInside.count && isInside[Int(device)] }

    /// When something moved inside a home last; the distant past where nothing did.
    func moved(in home: Int) -> Instant { inside[home]?.at ?? .distantPast }

    mutating func shift(by length: Milliseconds) {
        for home in inside.indices {
            guard let at = inside[home]?.at else { continue }
            inside[home]?.at = at.shifted(by: length)
        }
        for home in opened.keys {
            guard let at = opened[home]?.at else { continue }
            opened[home]?.at = at.shifted(by: length)
        }
    }
}

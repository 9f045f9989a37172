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

extension NoMovement {
    /// A sign of life of a device in a home, where some homes have entrance doors.
    mutating func step(
        _ event: Event, behindDoorOf home: Int, isOfRule: Bool, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        if doors.isEntrance(event.device) {
            door(event, home, isOfRule: isOfRule, &timers, &output)
            return
        }
        guard isOfRule else { return }
        guard doors.isInside(event.device) else {
            take(event, home, &timers, &output)
            return
        }
        let time = event.observation.time
        if time > doors.moved(in: home) { doors.inside[home] = Trace(event) }
        guard let door = doors.opened[Int32(home)], abs((time - door.at).count) <= Doors.near.count else {
            take(event, home, &timers, &output)
            return
        }
        // The door and the movement bear each other out.
        let counts = kinds & 1 << UInt64(ObservationKind.contact.rawValue) != 0
        if counts { doors.opened[Int32(home)] = nil }
        take(event, home, isSure: counts && time >= door.at, &timers, &output)
        if counts, time < door.at { take(door, home, now: event.now, &timers, &output) }
    }

    private mutating func door(
        _ event: Event, _ home: Int, isOfRule: Bool, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let time = event.observation.time
        let moved = doors.moved(in: home)
        if isOfRule, moved <= time, time - moved <= Doors.near || time - moved > Doors.alone {
            doors.opened[Int32(home)] = nil
            take(Trace(event), home, now: event.now, &timers, &output)
            return
        }
        if isOfRule, moved > time, moved - time <= Doors.near, let movement = doors.inside[home] {
            // Handed over behind the movement that it belongs to, which may not have been enough by itself.
            take(movement, home, now: event.now, &timers, &output)
            return
        }
        if doors.opened[Int32(home)]?.at ?? .distantPast < time { doors.opened[Int32(home)] = Trace(event) }
    }

    /// What a silence of a home has to say of its entrance door.
    func show(doorOf home: Int, from: Instant, in cover: inout Finding.Cover) {
        guard doors.inside.count > 0 else { return }
        let opened = doors.opened[Int32(home)].flatMap { $0.at > from ? $0 : nil }
        let last = last[home].flatMap { doors.isEntrance($0.device) ? $0 : nil }
        cover.door = opened ?? last
        guard let door = cover.door, opened == nil || last == nil else { return }
        let moved = doors.moved(in: home)
        cover.exitByDoor = livesAlone(home) && moved <= door.at && door.at - moved <= Doors.near
    }

    /// Whether the registry has one person alone in the dwelling, watched or not.
    private func livesAlone(_ home: Int) -> Bool {
        guard let dwelling = registry.households[home].dwelling else { return false }
        return registry.peopleByDwelling[dwelling.index] == 1
    }
}

import Community
import Feeds
import SiteConfiguration
import Timekeeping
import Vocabulary
import Windowing

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

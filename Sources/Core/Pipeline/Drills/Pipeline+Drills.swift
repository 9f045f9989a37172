import Alerts
import Community
import Feeds
import Rules
import SiteConfiguration
import Timekeeping
import Windowing

// Drills: records under `$shouwang/drill`. What a drill raises goes the way of any alert (book, ledger, routes, acts,
// texts), and touches nothing that watches: no engine knows of it, so it is no evidence of life, moves no machine,
// keeps none from being held, and is in no figure (``AlertChange/isDrill``).

extension Pipeline {
    mutating func begin(_ drill: Drill, _ effects: inout Effects) {
        if drills.contains(drill.id) {
            counters.redelivered += 1
            return
        }
        guard let rule = rules.first(where: { $0.name == drill.rule }), let spot = spot(of: drill), !drills.isFull
        else {
            counters.unknownOwn += 1
            return
        }
        let change = reporter.drill(
            drill, of: rule, at: spot.place, resident: spot.resident, now: clock, registry: context.registry)
        let place = drills.insert(.init(id: drill.id, alert: change.id, ends: clock + OpenDrills.length))
        timers.others.arm(.init(owner: drills.owner, key: place), at: clock + OpenDrills.length)
        tell(change, &effects)
    }

    /// The end of a drill, at its deadline; of one that people closed before there is nothing to tell.
    mutating func endDrill(_ place: Int32, at deadline: Instant, _ effects: inout Effects) {
        guard let alert = drills.remove(place), let entry = book[alert] else { return }
        tell(reporter.drillEnd(of: entry.change, at: deadline, registry: context.registry), &effects)
    }

    /// Kept without a rule: what people say of it reaches no engine.
    private mutating func tell(_ change: AlertChange, _ effects: inout Effects) {
        var change = change
        change.record = record
        change.ordinal = ordinal
        ordinal += 1
        change.stamp = max(clock, context.stamp)
        remember(change, rule: -1)
        effects.changes.append(change)
    }

    private func spot(of drill: Drill) -> (place: PlaceID, resident: ResidentID?)? {
        if let name = drill.resident {
            guard let resident = context.registry.resident(name),
                let home = context.registry.residents[Int(resident.index)].dwelling
            else { return nil }
            return (home, resident)
        }
        return drill.place.flatMap { context.registry.place($0) }.map { ($0, nil) }
    }
}

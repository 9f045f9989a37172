import Community
import SiteConfiguration
package import Timekeeping
import Windowing

// When silence is looked at: at whole multiples of `settle`, so that all devices of a hub are looked at at once, and at
// the same instants whether there was a restart or not; and not at all while nothing can change.

extension DeviceHealth {
    var lookEvery: Int64 { max(settings.settle, Milliseconds.minutes(1)).count }
    func isLook(_ instant: Instant) -> Bool { instant.milliseconds % lookEvery == 0 }
    func nextLook(_ instant: Instant) -> Instant {
        Instant(milliseconds: (instant.milliseconds / lookEvery + 1) * lookEvery)
    }

    /// When silence is looked at next, by device or hub, as the timers have it: what is worked out anew can be another
    /// instant than the one that is waited for. The distant future where nothing is waited for.
    func nextLooks(_ surroundings: Surroundings, _ timers: Timers) -> [(key: Int32, at: Instant)] {
        let keys =
            switch kind {
            case .upstreamSilent: Int32(surroundings.coverage.groups.count)
            case .deviceSilent: Int32(registry.devices.count)
            default: Int32(0)
            }
        return (0..<keys).compactMap { key in
            if kind == .deviceSilent, open[key] != nil || !looksAt(key) { return nil }
            return (key, timers.absences.deadline(of: .init(owner: owner, key: key)) ?? .distantFuture)
        }
    }

    // MARK: Sleep

    package var isAsleep: Bool { !asleep.isEmpty }

    /// Nothing can change before the next record, or before `until`: no looks between.
    mutating func sleep(_ key: Int32, until: Instant?, _ timers: inout Timers) {
        asleep.insert(key)
        let timer = TimerQueue.Timer(owner: owner, key: key)
        if let until { timers.absences.arm(timer, at: until) } else { timers.absences.disarm(timer) }
    }

    /// A record has come: all are looked at again at the next look.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard !asleep.isEmpty else { return }
        // As if each look had been.
        looked = max(looked, Instant(milliseconds: now.milliseconds - now.milliseconds % lookEvery))
        for key in asleep {
            let timer = TimerQueue.Timer(owner: owner, key: key)
            let at = nextLook(now)
            if timers.absences.deadline(of: timer).map({ at < $0 }) ?? true { timers.absences.arm(timer, at: at) }
        }
        asleep.removeAll(keepingCapacity: true)
    }

    /// When an episode may begin that may not now; nil where it never may.
    func begins(_ key: Int32, after instant: Instant, _ surroundings: Surroundings) -> Instant? {
        let from = max(instant, quietUntil[key] ?? instant)
        guard let calendar, from == instant || !calendar.covers(from, zone: zone, days: surroundings.days) else {
            return from
        }
        return calendar.next(after: from, zone: zone, days: surroundings.days)
    }

    /// Whether the calendar begins at an instant: then all that waited for it is looked at, whatever the looks are.
    func isOpening(_ instant: Instant, _ surroundings: Surroundings) -> Bool {
        guard let calendar, calendar.covers(instant, zone: zone, days: surroundings.days) else { return false }
        return !calendar.covers(instant - Milliseconds(1), zone: zone, days: surroundings.days)
    }

    /// The first look at an instant or behind it, or the instant itself where the calendar begins then.
    func look(from instant: Instant, _ surroundings: Surroundings) -> Instant {
        isOpening(instant, surroundings) ? instant : look(from: instant)
    }

    /// The first look at an instant or behind it.
    func look(from instant: Instant) -> Instant { isLook(instant) ? instant : nextLook(instant) }
}

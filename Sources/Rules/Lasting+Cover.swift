import Feeds
import SiteConfiguration
package import Timekeeping
import Windowing

// What is not seen while nobody can see is unknown, not clear.

extension Lasting {
    /// When a state is over of which nothing more was sighted.
    enum Lapse {
        case at(Instant)
        /// Nobody can see at the moment.
        case unknown
    }

    /// When nothing was sighted for the gap in which something could have been.
    func lapse(_ key: Int, _ gap: Milliseconds, _ now: Instant, _ surroundings: Surroundings) -> Lapse {
        let device = known[key].first?.trace.device ?? -1
        let seen = known[key].seen
        let blind = blindTimes(of: device, surroundings)
        var end = seen + gap
        while true {
            if let since = blind.awaySince, since < end { return .unknown }
            let later = seen + gap + blind.blindTime(from: seen, to: end)
            // Each turn adds at least one blind interval, and there are few.
            if later <= end { return .at(end) }
            end = later
        }
    }

    func blindTime(of device: Int32, from: Instant, to: Instant, _ surroundings: Surroundings) -> Milliseconds {
        blindTimes(of: device, surroundings).blindTime(from: from, to: to)
    }

    /// When the box or the device could not see.
    private func blindTimes(of device: Int32, _ surroundings: Surroundings) -> BlindIntervals {
        guard let own = away[device] else { return surroundings.blind }
        var all = surroundings.blind
        for interval in own.intervals { all.add(from: interval.from, to: interval.to, interval.cause) }
        if let since = own.awaySince { all.awaySince = min(all.awaySince ?? since, since) }
        return all
    }

    /// The box began or ceased to hear: what nobody could see is looked at again.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard gap != nil else { return }
        for key in episodes.keys.sorted() where known[Int(key)].due == .distantFuture { arm(key, at: now, &timers) }
    }

    /// Takes in that a device goes offline, or that it is heard of again.
    mutating func noteCover(_ event: Event, _ timers: inout Timers) {
        guard gap != nil, event.device >= 0 else { return }
        let time = event.observation.time
        if event.observation.kind == .offline {
            away[event.device, default: BlindIntervals()].sessionIsAway(since: time)
            return
        }
        guard let since = away[event.device]?.awaySince, time > since else { return }
        away[event.device]?.sessionIsBack(at: time, .lost)
        // Now it is known how long it was: the ends are worked out anew, each by its own timer.
        for key in episodes.keys where known[Int(key)].first?.trace.device == event.device {
            arm(key, at: event.now, &timers)
        }
    }
}

import Community
import Feeds
import SiteConfiguration
import Timekeeping
import Windowing

/// Unions and intersections of stretches of time.
enum Stretches {
    typealias Stretch = (from: Instant, to: Instant)

    /// The length of the union.
    static func length(_ stretches: [Stretch]) -> Milliseconds {
        var total = Milliseconds.zero
        var counted = Instant.distantPast
        for stretch in stretches.sorted(by: { $0.from < $1.from }) where stretch.to > counted {
            total = total + (stretch.to - max(stretch.from, counted))
            counted = stretch.to
        }
        return total
    }

    /// What is known of one covering device.
    struct Device {
        /// From where each began.
        var dead: [Stretch]
        /// Nobody vouches for it then, dead or not.
        var unvouched: [Stretch]
        /// Of an unsupervised device when it was heard last; nil of any other.
        var heard: Instant?
    }

    /// How much of a stretch was blind, for how much of the rest some device vouched, and how much of the rest is known
    /// to be dead. Known to be dead is a home when all its devices are; one that nobody supervises counts with the
    /// others if it has not spoken since the last of them did: whoever outlives the others tells that they say nothing
    /// of it.
    static func shares(
        of blind: BlindIntervals, _ devices: [Device], from: Instant, to: Instant
    ) -> (blind: Milliseconds, watched: Milliseconds, dead: Milliseconds) {
        let isBlind = blindTimes(blind, from: from, to: to)
        // Between two neighbouring bounds nothing changes.
        let all = devices.flatMap { $0.dead + $0.unvouched } + isBlind
        let bounds = Set([from, to] + all.flatMap { [$0.from, $0.to] }.filter { $0 > from && $0 < to }).sorted()
        var watched = Milliseconds.zero
        var dead = Milliseconds.zero
        for (begin, end) in zip(bounds, bounds.dropFirst()) {
            func covers(_ stretch: Stretch) -> Bool { stretch.from <= begin && stretch.to >= end }
            if isBlind.contains(where: covers) { continue }
            let isVouched = devices.contains { device in
                !device.unvouched.contains(where: covers) && !device.dead.contains(where: covers)
            }
            if isVouched {
                watched = watched + (end - begin)
            } else if isDead(devices, covers) {
                dead = dead + (end - begin)
            }
        }
        return (length(isBlind), watched, dead)
    }

    private static func isDead(_ devices: [Device], _ covers: (Stretch) -> Bool) -> Bool {
        let deaths = devices.map { device in device.dead.filter(covers).map(\.from).min() }
        guard let last = deaths.compactMap({ $0 }).max() else { return false }
        return zip(devices, deaths).allSatisfy { device, death in
            death != nil || device.heard.map { $0 <= last } ?? false
        }
    }

    static func longestBlind(_ blind: BlindIntervals, from: Instant, to: Instant) -> Stretch? {
        // Whole, not only what lies within: people are told when the box was down.
        let whole = blind.intervals.filter { $0.to > from && $0.from < to }.map { ($0.from, $0.to) }
        let away = blind.awaySince.flatMap { $0 < to ? [($0, to)] : nil } ?? []
        return (whole + away).max { $0.1 - $0.0 < $1.1 - $1.0 }
    }

    private static func blindTimes(_ blind: BlindIntervals, from: Instant, to: Instant) -> [Stretch] {
        var times: [Stretch] = blind.intervals.map { (max($0.from, from), min($0.to, to)) }
        if let away = blind.awaySince { times.append((max(away, from), to)) }
        return times.filter { $0.from < $0.to }
    }
}

package import Timekeeping

/// How often a hub lets something through that nobody causes: the clean reports of all its devices, pooled, learned
/// like a heartbeat (``Heartbeats``).
///
/// Intuition: a fallen person takes all events with them, and the reports that come of use; the luminance of six
/// sensors and the standby of a plug go on. So what is silent for 2.5 pulses without *any* word is the hub, whoever
/// moves, and none of it rests on movement.
///
/// Three devices at least must have reported within the last three days: of one or two nobody knows whether it is they
/// or the hub. On the first day the pulse is at least 12 h, and never under 4 min: hubs restart.
/// Cost: 56 B a hub, O(1) a report.
package struct Pulse: Equatable, Sendable {
    /// Who reported last, three devices, in no order.
    struct Teller: Equatable, Sendable {
        var device: Int32 = -1
        var at: UInt32 = 0
    }

    static let least = Milliseconds.minutes(4)
    static let tellersWithin: UInt32 = 3 * 86_400

    var beats = Heartbeats()
    var tellers = [3 of Teller](repeating: Teller())

    package init() {}

    package static func == (a: Pulse, b: Pulse) -> Bool {
        a.beats == b.beats && a.tellers.indices.allSatisfy { a.tellers[$0] == b.tellers[$0] }
    }

    /// Takes in a clean report.
    /// - Returns: whether ``length`` may be another now.
    mutating func report(of device: Int32, at second: UInt32, isSure: Bool) -> Bool {
        var oldest = 0
        var place = -1
        for index in tellers.indices {
            if tellers[index].device == device { place = index }
            if tellers[index].at < tellers[oldest].at { oldest = index }
        }
        let hadAll = hasTellers
        if place < 0 {
            tellers[oldest] = Teller(device: device, at: second)
        } else if second > tellers[place].at {
            tellers[place].at = second
        }
        let isNew = beats.report(at: second, isSure: isSure, .hub)
        return isNew || hadAll != hasTellers
    }

    private var hasTellers: Bool {
        for index in tellers.indices {
            let teller = tellers[index]
            if teller.device < 0 || beats.last > teller.at + Pulse.tellersWithin { return false }
        }
        return true
    }

    /// Nil where nobody can say.
    package var length: Milliseconds? {
        guard hasTellers else { return nil }
        return beats.length(.hub).map { max($0, Pulse.least) }
    }
}

package import Timekeeping

/// How often a hub lets something through that nobody causes: the clean reports of all its devices, pooled, learned
/// like a heartbeat (``Heartbeats``).
///
/// Intuition: a fallen person takes all events with them, and the reports that come of use; the luminance of six
/// sensors and the standby of a plug go on. So what is silent for 2.5 pulses without *any* word is the hub, whoever
/// moves, and none of it rests on movement.
///
/// A hub that is silent must be told from its most talkative device that is: what counts as a gap is the time in which
/// no device but the one that spoke last did. So whichever device dies, the others keep the pulse. Three devices at
/// least must have reported within the last three days: of one or two nobody knows whether it is they or the hub. On
/// the first day the pulse is at least 12 h, and never under 4 min: hubs restart.
/// Cost: 104 B a hub, O(1) a report.
package struct Pulse: Equatable, Sendable {
    /// Who reported, and when.
    struct Teller: Equatable, Sendable {
        var device: Int32 = -1
        var at: UInt32 = 0
    }

    static let least = Milliseconds.minutes(4)
    private static let tellersWithin: UInt32 = 3 * 86_400
    /// Of reports that wait for ``Coverage/near`` to pass so many are kept: where more come, the hub is not silent.
    static let waitingMost = 4
    /// So many silences of a hub in a day are no outages but a slower pulse.
    private static let silencesLeast: UInt8 = 3

    var beats = Heartbeats()
    /// The last reports of three devices, in no order.
    var tellers = [3 of Teller](repeating: Teller())
    /// Reports behind which an event of their device may still come, the older first.
    var waiting = [4 of Teller](repeating: Teller())
    var waitingCount: UInt8 = 0
    /// Silences of the hub in the running day, and when the last of them ended.
    var silences: UInt8 = 0
    var silentUntil: UInt32 = 0

    package init() {}

    package static func == (a: Pulse, b: Pulse) -> Bool {
        a.beats == b.beats && a.waitingCount == b.waitingCount && a.silences == b.silences
            && a.silentUntil == b.silentUntil
            && a.tellers.indices.allSatisfy { a.tellers[$0] == b.tellers[$0] }
            && a.waiting.indices.allSatisfy { a.waiting[$0] == b.waiting[$0] }
    }

    /// A report came; whether an event of its device is near is not known yet.
    mutating func wait(_ device: Int32, at second: UInt32) {
        // The newest makes room: what counts is how long nothing comes behind it.
        let place = min(Int(waitingCount), Pulse.waitingMost - 1)
        waiting[place] = Teller(device: device, at: second)
        waitingCount = UInt8(place + 1)
    }

    /// The oldest that waits, where its time is over at a second.
    mutating func next(before second: UInt32) -> Teller? {
        guard waitingCount > 0, second > waiting[0].at, second - waiting[0].at > Coverage.near else { return nil }
        let first = waiting[0]
        for index in 1..<Pulse.waitingMost { waiting[index - 1] = waiting[index] }
        waitingCount -= 1
        return first
    }

    /// From when on no device but the one that spoke last has reported; 0 never.
    var gapFrom: UInt32 {
        var newest = 0
        for index in tellers.indices where tellers[index].at > tellers[newest].at { newest = index }
        var second: UInt32 = 0
        for index in tellers.indices where index != newest { second = max(second, tellers[index].at) }
        return second
    }

    /// From when on a gap counts: an outage is none of the pulse's, unless it is one of many in a day.
    /// - Parameter back: when the hub was heard again after its last silence; 0 never.
    mutating func gapFrom(back: UInt32) -> UInt32 {
        if back > silentUntil {
            silentUntil = back
            if silences < UInt8.max { silences += 1 }
        }
        return silences < Pulse.silencesLeast && gapFrom > 0 ? max(gapFrom, back) : gapFrom
    }

    /// Takes in a clean report.
    /// - Parameter gap: what counts as its gap, in seconds; nil: nobody could hear.
    /// - Returns: whether ``length`` may be another now.
    mutating func report(of device: Int32, at second: UInt32, gap: UInt32?) -> Bool {
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
        let day = beats.dayFrom
        let isNew = beats.report(at: second, isSure: gap != nil, .hub, gap: gap)
        if beats.dayFrom != day { silences = 0 }
        return isNew || hadAll != hasTellers
    }

    private var hasTellers: Bool {
        for index in tellers.indices {
            let teller = tellers[index]
            if teller.device < 0 || beats.last > teller.at && beats.last - teller.at > Pulse.tellersWithin {
                return false
            }
        }
        return true
    }

    /// Nil where nobody can say.
    package var length: Milliseconds? {
        guard hasTellers else { return nil }
        return beats.length(.hub).map { max($0, Pulse.least) }
    }
}

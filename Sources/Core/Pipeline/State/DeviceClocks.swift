package import StateCoding
package import Timekeeping
import Windowing

/// Tells a wrong clock from a backlog, device by device (docs/rules.md, "clock_fault").
///
/// Intuition: the offset is arrival − the time told. What is handed in late has an offset that shrinks, as the sender
/// catches up; a wrong clock's stays. Nothing can arrive before it happened, so of one clock the least offset is the
/// clock's, and what lies above it is delay.
///
/// Law: at an offset of at most ``offsetMax`` a device is believed, and whatever was held against it ends. Above it, a
/// run begins with the first record; it counts records with other told times whose offsets lie within ``tolerance`` of
/// the run's first. A smaller offset begins a new run; a larger one is a late record and counts for nothing, but
/// ``lateMax`` of them in a row begin a new run. A run of ``recordsMin`` over ``lengthMin`` of arrival is a wrong
/// clock: from its last record on, each told time is moved by the offset, never beyond the arrival. That ends at once
/// with a record whose offset is smaller by more than the tolerance, or when another run makes up; a larger offset is
/// a late record of the wrong clock, and is moved too. The offset follows drift once a day, by the tolerance at most.
///
/// Cannot be told apart: a backlog that is handed in at the pace at which it was recorded (within 60 s in 10 min), or a
/// device that tells each thing equally late, from a wrong clock, until it catches up; and the first ten minutes of a
/// wrong clock from a backlog. A clock less than 10 min off is taken for a right one.
/// Cost: 41 B a device; O(1); one compare for a record of a healthy device while no other's clock is in doubt, two more
/// otherwise. No allocation but for devices that were never seen.
package struct DeviceClocks: Sendable {
    /// Devices whose clocks run by themselves differ by seconds to minutes (docs/rules.md, "clock_fault").
    package static let offsetMax = Milliseconds.minutes(10)
    /// Of delays on the way, and of told times in whole minutes.
    package static let tolerance = Milliseconds.seconds(60)
    package static let recordsMin = 3
    package static let lengthMin = Milliseconds.minutes(10)
    /// A clock that was set to a still earlier time tells nothing else any more.
    package static let lateMax = 3
    static let driftEvery = Milliseconds.days(1)

    struct State: Equatable, Sendable {
        /// Of a clock that is held for wrong: its offset in ms, and when it was taken.
        var offset: Int64 = 0
        var taken = Instant.distantPast
        /// Of the run: the offset of its first record in ms, and that record's arrival.
        var runOffset: Int64 = 0
        var runBegan = Instant.distantPast
        /// The last 32 bits of the time that was counted last: a record that is handed in again counts once.
        var counted: UInt32 = 0
        /// Records of the run; 0 where there is none.
        var records: UInt8 = 0
        /// Late records in a row.
        var late: UInt8 = 0
        var isWrong = false

        var isHealthy: Bool { records == 0 && !isWrong }
    }

    private var states = Paged<State>()
    /// Devices that ever told a right time: what they call old is old.
    private var beenRight = Paged<Bool>()
    /// Devices that are not healthy.
    private var doubted = 0

    package init() {}

    /// Makes room for the devices 0…`device`.
    package mutating func makeRoom(forDevice device: Int) {
        if device >= states.count { states.append(device + 1 - states.count, of: State()) }
        if device >= beenRight.count { beenRight.append(device + 1 - beenRight.count, of: false) }
    }

    /// Takes the time that a device told and the arrival. A device that is not known (−1) is believed.
    /// - Returns: the time to believe, whether that is another than was told, and whether the clock can be trusted: it
    ///   was right before, and is not held for wrong.
    package mutating func believe(
        device: Int, told: Instant, arrival: Instant
    ) -> (time: Instant, isCorrected: Bool, isTrusted: Bool) {
        let offset = arrival - told
        if offset <= DeviceClocks.offsetMax {
            if doubted > 0, states.indices.contains(device), !states[device].isHealthy {
                states[device] = State()
                doubted -= 1
            }
            if device >= 0, device >= beenRight.count || !beenRight[device] {
                makeRoom(forDevice: device)
                beenRight[device] = true
            }
            return (told, false, true)
        }
        guard device >= 0 else { return (told, false, false) }
        makeRoom(forDevice: device)
        if states[device].isHealthy { doubted += 1 }
        states[device].take(offset.count, told: told, arrival: arrival)
        guard states[device].isWrong else { return (told, false, beenRight[device]) }
        let time = min(told + Milliseconds(states[device].offset), arrival)
        return (time, true, false)
    }

    /// The box's own clock was moved: every device's offset with it. O(devices).
    package mutating func shift(by length: Milliseconds) {
        for device in states.indices where !states[device].isHealthy {
            // Within what instants can be, so that no later sum overflows.
            let bound = Instant.distantFuture.milliseconds
            func moved(_ offset: Int64) -> Int64 {
                let (sum, overflow) = offset.addingReportingOverflow(length.count)
                return overflow ? (length.count > 0 ? bound : -bound) : min(max(sum, -bound), bound)
            }
            states[device].offset = moved(states[device].offset)
            states[device].runOffset = moved(states[device].runOffset)
            states[device].taken = states[device].taken.shifted(by: length)
            states[device].runBegan = states[device].runBegan.shifted(by: length)
        }
    }
}

extension DeviceClocks.State {
    /// Takes a record whose offset is above the least.
    fileprivate mutating func take(_ offset: Int64, told: Instant, arrival: Instant) {
        let tolerance = DeviceClocks.tolerance.count
        if isWrong {
            if abs(offset - self.offset) <= tolerance {
                if arrival - taken >= DeviceClocks.driftEvery { (self.offset, taken) = (offset, arrival) }
                (records, late) = (0, 0)
                return
            }
            // Nothing arrives before it happened: the clock was set.
            if offset < self.offset { isWrong = false }
        }
        let mark = UInt32(truncatingIfNeeded: told.milliseconds)
        if records == 0 || offset < runOffset - tolerance {
            begin(offset, mark, arrival)
        } else if offset > runOffset + tolerance {
            late += 1
            if late >= DeviceClocks.lateMax { begin(offset, mark, arrival) }
        } else {
            late = 0
            if mark != counted, records < UInt8.max { records += 1 }
            counted = mark
            guard records >= DeviceClocks.recordsMin, arrival - runBegan >= DeviceClocks.lengthMin else { return }
            (self.offset, taken, isWrong) = (runOffset, arrival, true)
            records = 0
        }
    }

    private mutating func begin(_ offset: Int64, _ mark: UInt32, _ arrival: Instant) {
        (runOffset, runBegan, counted, records, late) = (offset, arrival, mark, 1, 0)
    }
}

extension DeviceClocks {
    /// Writes the devices whose clocks are in doubt. O(devices).
    package func write(to writer: inout StateWriter) {
        let section = writer.open("DCLK", version: 1)
        writer.array(states.indices.filter { !states[$0].isHealthy }) { writer, device in
            let state = states[device]
            writer.integer(device)
            writer.word(state.offset)
            writer.instant(state.taken)
            writer.word(state.runOffset)
            writer.instant(state.runBegan)
            writer.integer(Int(state.counted))
            writer.byte(state.records)
            writer.byte(state.late)
            writer.truth(state.isWrong)
        }
        writer.array(beenRight.indices.filter { beenRight[$0] }) { $0.integer($1) }
        writer.close(section)
    }

    /// - Parameter number: today's number of a device from the written one; −1 where it is known no more.
    package init(from reader: inout StateReader, number: (Int32) -> Int32) throws(StateError) {
        let section = try reader.open("DCLK", version: 1)
        try reader.each(ofSize: 37) { (reader) throws(StateError) in
            let device = Int(number(try reader.integer32()))
            var state = State()
            state.offset = try reader.instant().milliseconds
            state.taken = try reader.instant()
            state.runOffset = try reader.instant().milliseconds
            state.runBegan = try reader.instant()
            state.counted = UInt32(truncatingIfNeeded: try reader.integer())
            state.records = try reader.byte()
            state.late = try reader.byte()
            state.isWrong = try reader.truth()
            guard state.late < DeviceClocks.lateMax else { throw reader.damaged("late records in a row") }
            guard device >= 0, !state.isHealthy else { return }
            makeRoom(forDevice: device)
            if states[device].isHealthy { doubted += 1 }
            states[device] = state
        }
        try reader.each { (reader) throws(StateError) in
            let device = Int(number(try reader.integer32()))
            guard device >= 0 else { return }
            makeRoom(forDevice: device)
            beenRight[device] = true
        }
        try reader.close(section)
    }
}

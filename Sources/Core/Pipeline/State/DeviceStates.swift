import Feeds
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

/// The last known state of each device's contact, presence, bed and motion: a state that is told again unchanged is no
/// evidence. 64 B a device.
struct DeviceStates: Sendable {
    static let kinds = 4

    struct State: Sendable {
        var reading = Reading.unknown
        var at = Instant.distantPast
    }

    private var states = Paged<State>()

    /// Which of a device's states an observation tells; nil where it tells none.
    @inline(__always)
    static func slot(of kind: ObservationKind, _ marks: Observation.Marks) -> Int? {
        switch kind {
        case .contact: 0
        case .presence: 1
        case .bed: 2
        case .motion where !marks.contains(.detection): 3
        default: nil
        }
    }

    /// Takes in what was told of a state; true where it is another than the one that was known. The first report of a
    /// device, and what comes later than a newer one, change nothing that was known. A retained state is taken in as
    /// the broker's memory.
    mutating func change(to reading: Reading, at instant: Instant, _ slot: Int, ofDevice device: Int) -> Bool {
        makeRoom(forDevice: device)
        let index = device * DeviceStates.kinds + slot
        let before = states[index]
        guard instant >= before.at else { return false }
        states[index] = State(reading: reading, at: instant)
        return before.reading != .unknown && before.reading != reading
    }

    mutating func makeRoom(forDevice device: Int) {
        let more = (device + 1) * DeviceStates.kinds - states.count
        if more > 0 { states.append(more, of: State()) }
    }
}

extension DeviceStates {
    /// Of each device that told any state: which ones, and each with its time.
    func write(to writer: inout StateWriter) {
        let devices = 0..<states.count / DeviceStates.kinds
        func known(_ device: Int) -> UInt8 {
            (0..<DeviceStates.kinds).reduce(0) { mask, slot in
                states[device * DeviceStates.kinds + slot].at > .distantPast ? mask | 1 << UInt8(slot) : mask
            }
        }
        writer.array(devices.filter { known($0) != 0 }) { writer, device in
            writer.integer(device)
            writer.byte(known(device))
            for index in device * DeviceStates.kinds..<(device + 1) * DeviceStates.kinds
            where states[index].at > .distantPast {
                writer.truth(states[index].reading == .on)
                writer.instant(states[index].at)
            }
        }
    }

    init(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        try reader.each(ofSize: 2) { (reader) throws(StateError) in
            let device = Int(numbers.device(try reader.integer32()))
            let mask = try reader.byte()
            for slot in 0..<DeviceStates.kinds where mask & 1 << UInt8(slot) != 0 {
                let state = State(reading: try reader.truth() ? .on : .off, at: try reader.instant())
                guard device >= 0 else { continue }
                makeRoom(forDevice: device)
                states[device * DeviceStates.kinds + slot] = state
            }
        }
    }

    mutating func shift(by length: Milliseconds) {
        for index in states.indices { states[index].at = states[index].at.shifted(by: length) }
    }
}

import Feeds
import Rules
import SiteConfiguration
import Timekeeping
import Windowing

/// The last known state of each device's contact, presence, bed and motion: a state that is told again unchanged is no
/// evidence. 64 B a device.
struct DeviceStates: Sendable {
    static let kinds = 4

    struct State: Sendable {
        var reading = Reading.unknown
        var at = Instant.distantPast
    }

    var states = Paged<State>()

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

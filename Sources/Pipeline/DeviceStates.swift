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

    /// Takes an observation in; true where it tells a state other than the one that was known. The first report of a
    /// device, and what comes later than a newer one, change nothing that was known. A retained state is taken in as
    /// the broker's memory.
    mutating func change(_ event: Event) -> Bool {
        let observation = event.observation
        let slot: Int
        switch observation.kind {
        case .contact: slot = 0
        case .presence: slot = 1
        case .bed: slot = 2
        case .motion where !observation.marks.contains(.detection): slot = 3
        default: return false
        }
        guard event.device >= 0, observation.reading != .unknown else { return false }
        let index = Int(event.device) * DeviceStates.kinds + slot
        makeRoom(forDevice: Int(event.device))
        guard observation.time >= states[index].at else { return false }
        let before = states[index].reading
        states[index] = State(reading: observation.reading, at: observation.time)
        return before != .unknown && before != observation.reading
    }

    mutating func makeRoom(forDevice device: Int) {
        let more = (device + 1) * DeviceStates.kinds - states.count
        if more > 0 { states.append(more, of: State()) }
    }
}

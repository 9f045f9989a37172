import Timekeeping

/// How the direction of a pass at a device is known.
package enum DirectionRule: Equatable, Sendable {
    /// The payload says it.
    case payload
    /// The device stands on one side: all its passes lead this way.
    case fixed(PassDirection)
    /// The payload has a value of its own for it, as `1=in|2=out`.
    case table([Entry])

    package struct Entry: Equatable, Sendable {
        package var value: String
        package var direction: PassDirection

        package init(value: String, direction: PassDirection) {
            self.value = value
            self.direction = direction
        }
    }

    /// Whether a pass that leads this way can be told as such.
    package func tells(_ way: PassDirection) -> Bool {
        switch self {
        case .payload: true
        case .fixed(let only): only == way
        case .table(let entries): entries.contains { $0.direction == way }
        }
    }
}

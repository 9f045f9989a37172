/// What an observation says, whatever format it came in. The number is for dense tables and snapshots and never
/// changes; the name is the native feed's `type`.
public enum ObservationKind: UInt8, Sendable, CaseIterable {
    // access
    case pass = 0
    case denied = 1
    case doorOpen = 2
    case doorClose = 3
    case exitButton = 4
    case visitorPass = 5
    case tamper = 6
    // camera
    case thrownObject = 7
    case ebike = 8
    case vehicle = 9
    case person = 10
    case fall = 11
    case smoke = 12
    case fire = 13
    case crowd = 14
    // elder (`fall` is shared with camera)
    case motion = 15
    case contact = 16
    case presence = 17
    case power = 18
    case water = 19
    case bed = 20
    case sos = 21
    // report
    case residentReport = 22
    case patrolReport = 23
    case dissuasion = 24
    case liftFault = 25
    case liftTrapped = 26
    // any family
    case heartbeat = 27
    case online = 28
    case offline = 29
    // elder again: detectors in a home (`smoke` is shared with camera)
    case gas = 30
    case carbonMonoxide = 31
    case leak = 32

    public var name: String {
        switch self {
        case .doorOpen: "door_open"
        case .doorClose: "door_close"
        case .exitButton: "exit_button"
        case .visitorPass: "visitor_pass"
        case .thrownObject: "thrown_object"
        case .residentReport: "resident_report"
        case .patrolReport: "patrol_report"
        case .liftFault: "lift_fault"
        case .liftTrapped: "lift_trapped"
        case .carbonMonoxide: "co"
        default: String(describing: self)
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// Tells of a life in danger: whatever its time says it is never filtered.
    public var isLifeSafety: Bool {
        switch self {
        case .sos, .fall, .smoke, .fire, .liftTrapped, .gas, .carbonMonoxide, .leak: true
        default: false
        }
    }

    /// - Returns: nil for a name that is not exactly one of the contract's types.
    public init?(name: String) {
        guard let kind = ObservationKind.byName[name] else { return nil }
        self = kind
    }
}

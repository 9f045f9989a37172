import Vocabulary

/// What a native feed can tell, family by family.
enum NativeTypes {
    /// The kinds that a device of the family may tell of, as bits by their numbers.
    static func kinds(of family: DeviceFamily) -> UInt64 {
        ObservationKind.allCases.reduce(0) { belongs($1, to: family) ? $0 | 1 << UInt64($1.rawValue) : $0 }
    }

    /// Whether a device of the family may say so.
    private static func belongs(_ kind: ObservationKind, to family: DeviceFamily) -> Bool {
        switch kind {
        case .heartbeat, .online, .offline: true
        case .pass, .denied, .doorOpen, .doorClose, .exitButton, .visitorPass, .tamper: family == .access
        case .thrownObject, .ebike, .vehicle, .person, .fire, .crowd: family == .camera
        case .fall, .smoke: family == .camera || family == .elder
        case .motion, .contact, .presence, .power, .water, .bed, .sos, .gas, .carbonMonoxide, .leak:
            family == .elder
        case .residentReport, .patrolReport, .dissuasion, .liftFault, .liftTrapped: family == .report
        }
    }
}

package import Vocabulary

/// What a device of a kind, as the registry has it, may tell. For checks alone: a feed reads whatever comes.
package enum DeviceKinds {
    /// By the kind where it says it, else by the family; nothing where nobody knows.
    package static func observations(of kind: String, family: DeviceFamily?) -> [ObservationKind] {
        switch kind {
        case "gate", "unit_door": [.pass, .denied, .doorOpen, .doorClose, .exitButton, .visitorPass, .tamper]
        case "facade": [.thrownObject]
        case "lane": [.vehicle]
        case "lift": [.ebike, .liftFault, .liftTrapped]
        case "pir": [.motion]
        case "presence", "radar": [.presence, .motion]
        case "contact", "entrance": [.contact]
        case "bed": [.bed]
        case "meter", "power", "plug": [.power]
        case "water": [.water]
        case "button": [.sos]
        case "smoke": [.smoke]
        case "gas": [.gas]
        case "co": [.carbonMonoxide]
        case "leak": [.leak]
        case "hub", "gateway": []
        default:
            switch family {
            case .access: [.pass, .denied, .doorOpen, .doorClose, .exitButton, .visitorPass, .tamper]
            case .camera: [.thrownObject, .ebike, .vehicle, .person, .fall, .smoke, .fire, .crowd]
            case .elder:
                [.motion, .contact, .presence, .power, .water, .bed, .sos, .fall, .smoke, .gas, .carbonMonoxide, .leak]
            case .report: [.residentReport, .patrolReport, .dissuasion, .liftFault, .liftTrapped]
            case nil: []
            }
        }
    }
}

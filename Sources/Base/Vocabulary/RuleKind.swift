/// The catalogue of rules (`kind:` of a rule).
package enum RuleKind: String, Sendable, CaseIterable {
    case noMovement = "no_movement"
    case unusualInactivity = "unusual_inactivity"
    case notReturned = "not_returned"
    case sos
    case fall
    case smokeFire = "smoke_fire"
    case liftTrapped = "lift_trapped"
    case leak
    case liftFault = "lift_fault"
    case thrownObject = "thrown_object"
    case thrownObjectRepeat = "thrown_object_repeat"
    case ebikeInBuilding = "ebike_in_building"
    case ebikeStays = "ebike_stays"
    case fireLaneBlocked = "fire_lane_blocked"
    case doorHeldOpen = "door_held_open"
    case doorForced = "door_forced"
    case accessDeniedBurst = "access_denied_burst"
    case tailgating
    case fever
    case crowdedDwelling = "crowded_dwelling"
    case visitorOverstay = "visitor_overstay"
    case gateFlow = "gate_flow"
    case antiPassback = "anti_passback"
    case deviceSilent = "device_silent"
    case upstreamSilent = "upstream_silent"
    case deviceStuck = "device_stuck"
    case deviceFlooding = "device_flooding"
    case lowBattery = "low_battery"
    case clockFault = "clock_fault"
    case identityMismatch = "identity_mismatch"
    case report
    case expression
    /// The box's own trouble: its disk, its store, its configuration. No rule has this kind; the daemon tells it.
    case boxFault = "box_fault"

    /// Raised whatever their time says, and never filtered (docs/rules.md).
    package var isLifeSafety: Bool {
        switch self {
        case .sos, .fall, .smokeFire, .liftTrapped, .leak: true
        default: false
        }
    }

    /// About the state of devices, which is the property's matter.
    package var isOfDevices: Bool {
        switch self {
        case .deviceSilent, .upstreamSilent, .deviceStuck, .deviceFlooding, .lowBattery, .clockFault,
            .identityMismatch:
            true
        default: false
        }
    }

    /// The kinds that this version runs. A rule of another kind is an error that says so: never a rule that sleeps.
    package static let built = Set(allCases).subtracting([.unusualInactivity, .boxFault])
}

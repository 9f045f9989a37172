// The product's closed lists of words: what a configuration may name, and what feeds, rules and alerts speak of.
// The spellings are the outside contract; a test pins them.

/// How urgent an alert is. The order is the urgency: `low < critical`.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    case low, medium, high, critical

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    /// The next less urgent; of the least itself.
    package var lower: Severity {
        switch self {
        case .low, .medium: .low
        case .high: .medium
        case .critical: .high
        }
    }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}

/// The third level of a native topic: what kind of source a device is.
package enum Family: String, Sendable, CaseIterable {
    case access, camera, elder, report
}

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

/// What a rule counts for.
package enum RuleKey: String, Sendable, CaseIterable {
    case person, dwelling, place, building, device, credential, visit
    /// Camera, zone, class and plate: never a camera's own track, which starts anew with the camera.
    case vehicle
    /// The place and category of a report.
    case report
}

/// How a no-movement alert is to be read; `suspected` is a throw that one camera alone saw.
package enum VerdictName: String, Sendable, CaseIterable {
    case uncovered
    case boxBlind = "box_blind"
    case wentOut = "went_out"
    case sensorDead = "sensor_dead"
    case notSeen = "not_seen"
    case notMoving = "not_moving"
    case suspected
}

/// How a feed's payloads are read (`format:` of a feed).
package enum FeedFormat: String, Sendable, CaseIterable {
    case native
    case mqttFace = "mqtt_face"
    case lpr, frigate, zigbee2mqtt, chirpstack, ttn, tasmota, shelly, esphome, homeassistant, onvif, axis, mapping

    /// The formats that this version reads; the others are refused, with the way round.
    package static let built: Set<FeedFormat> = [.native, .mapping]
}

/// The ways to tell somebody (`kind:` of a channel).
package enum ChannelKind: String, Sendable, CaseIterable {
    case webhook, wecom
    case wecomApp = "wecom_app"
    case dingtalk, feishu, mqtt, smtp, sms, ntfy, gotify, bark, http, cap, exec

    /// The channels that this version sends through.
    package static let built: Set<ChannelKind> = [.webhook, .wecom, .mqtt]

    /// Whether it takes a change's JSON; the others take words.
    package var takesChanges: Bool { self == .webhook || self == .mqtt }
}

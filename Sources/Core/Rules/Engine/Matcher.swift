package import Community
import Feeds
package import SiteConfiguration
import Timekeeping
import Vocabulary

/// Which observations a rule looks at, compiled to numbers: no string is compared for a record.
///
/// Three-valued: what an observation does not tell (a confidence, a zone, a direction) is unknown, and unknown neither
/// begins nor ends an episode by itself. Cost: some compares and one array read; nothing is allocated.
package struct Matcher: Sendable {
    /// What a match gives: unknown lies between no and yes.
    package enum Truth: Int8, Sendable, Comparable {
        case no, unknown, yes

        package static func < (a: Truth, b: Truth) -> Bool { a.rawValue < b.rawValue }
    }

    /// Bit n: the observation kind with raw value n.
    package let kinds: UInt64
    private let confidence: Float
    private let direction: MatchSettings.Direction?
    private let reading: Bool?
    private let person: MatchSettings.PersonMatch?
    /// By number in the plan; empty: all.
    private let zones: [Int16]
    private let words: [Int32]
    /// By device of the registry, whether it is one; empty: all.
    private let fitsDevice: ContiguousArray<Bool>
    /// The same without regard to where it is, for reports that tell a place; empty where no place is named.
    private let fitsItself: ContiguousArray<Bool>
    /// Of devices that the registry does not know: by place, where their feed tells; empty: all.
    private let fitsPlace: ContiguousArray<Bool>
    /// Unknown devices that are named in the rule.
    private let unknownDevices: [String]
    private let looksAtUnknown: Bool

    package init(_ settings: MatchSettings, _ plan: RulePlan) {
        kinds = settings.kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        confidence = Float(settings.confidence)
        direction = settings.direction
        reading = settings.reading
        person = settings.person
        zones = settings.zones.map { Int16(plan.zones.find($0)) }
        words = settings.words.map { plan.words.find($0) }
        let registry = plan.registry
        fitsPlace = Matcher.inside(settings.places, registry)
        unknownDevices = settings.devices.filter { registry.device($0) == nil }
        looksAtUnknown = settings.deviceKinds.isEmpty && (settings.devices.isEmpty || !unknownDevices.isEmpty)
        let isAny = settings.places.isEmpty && settings.deviceKinds.isEmpty && settings.devices.isEmpty
        let fitsPlace = fitsPlace
        let fits = ContiguousArray(registry.devices.map { Matcher.fits($0, settings) })
        fitsItself = settings.places.isEmpty ? [] : fits
        fitsDevice =
            isAny
            ? []
            : ContiguousArray(
                zip(registry.devices, fits).map { device, fits in
                    fits && (settings.places.isEmpty || device.place.map { fitsPlace[Int($0.index)] } ?? false)
                })
    }

    /// Whether a device is of the kinds and one of those named, wherever it is.
    static func fits(_ device: Device, _ settings: MatchSettings) -> Bool {
        (settings.deviceKinds.isEmpty || settings.deviceKinds.contains(device.kind))
            && (settings.devices.isEmpty || settings.devices.contains(device.id))
    }

    /// By device, whether it is of the kinds, one of those named, and in one of the places.
    package static func devices(_ settings: MatchSettings, _ registry: Registry) -> ContiguousArray<Bool> {
        let places = inside(settings.places, registry)
        return ContiguousArray(
            registry.devices.map { device in
                fits(device, settings) && (places.isEmpty || device.place.map { places[Int($0.index)] } ?? false)
            })
    }

    /// By place, whether it is one of those named or inside one; empty where none is named.
    package static func inside(_ names: [String], _ registry: Registry) -> ContiguousArray<Bool> {
        if names.isEmpty { return [] }
        var fits = ContiguousArray(repeating: false, count: registry.places.count)
        for name in names { if let place = registry.place(name) { fits[Int(place.index)] = true } }
        for index in fits.indices where !fits[index] {
            var above = registry.places[index].parent
            while let place = above {
                if names.contains(registry.places[Int(place.index)].id) {
                    fits[index] = true
                    break
                }
                above = registry.places[Int(place.index)].parent
            }
        }
        return fits
    }

    /// The kinds that it looks at of one device of the registry, by number.
    func kinds(of device: Int32) -> UInt64 {
        // Where a report happened only the report tells.
        let fits = fitsItself.isEmpty ? fitsDevice : fitsItself
        return fits.isEmpty || Int(device) >= fits.count || fits[Int(device)] ? kinds : 0
    }

    /// Whether the rule looks at an observation. O(zones + words named).
    package func truth(_ event: Event, _ context: RuleContext) -> Truth {
        let observation = event.observation
        guard kinds & 1 << UInt64(observation.kind.rawValue) != 0 else { return .no }
        var truth = Truth.yes
        if confidence > 0 {
            if observation.confidence.isNaN {
                // A wearable tells none: a call for help meets every threshold.
                if !observation.kind.isLifeSafety { truth = .unknown }
            } else if observation.confidence < confidence {
                return .no
            }
        }
        if !fitsDevice.isEmpty, !isOneOfDevices(event, context) { return .no }
        if !zones.isEmpty {
            if observation.zone == -1 { truth = .unknown } else if !zones.contains(observation.zone) { return .no }
        }
        if let direction {
            let isIn = observation.marks.contains(.inward)
            let isOut = observation.marks.contains(.outward)
            if !isIn, !isOut { truth = .unknown } else if isIn != (direction == .inward) { return .no }
        }
        if let reading {
            if observation.reading == .unknown {
                truth = .unknown
            } else if (observation.reading == .on) != reading {
                return .no
            }
        }
        if !words.isEmpty, !words.contains(event.word) { return .no }
        if let person { truth = min(truth, isAbout(person, event)) }
        return truth
    }

    private func isOneOfDevices(_ event: Event, _ context: RuleContext) -> Bool {
        let device = Int(event.device)
        let told = Int(event.observation.place)
        if device >= 0, device < fitsDevice.count {
            guard told >= 0, !fitsItself.isEmpty else { return fitsDevice[device] }
            return fitsItself[device] && fitsPlace[told]
        }
        guard looksAtUnknown else { return false }
        if !unknownDevices.isEmpty { return unknownDevices.contains(context.deviceName(event.device)) }
        guard !fitsPlace.isEmpty, let place = context.place(of: event) else { return fitsPlace.isEmpty }
        return fitsPlace[Int(place.index)]
    }

    private func isAbout(_ wanted: MatchSettings.PersonMatch, _ event: Event) -> Truth {
        guard event.person >= 0 else { return .unknown }
        return switch wanted {
        case .anybody: .yes
        case .resident: event.resident >= 0 ? .yes : .no
        case .watched: event.householdOfPerson >= 0 ? .yes : .no
        case .stranger: event.resident < 0 ? .yes : .no
        }
    }
}

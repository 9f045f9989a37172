package import Community
import Feeds
package import SiteConfiguration
import Timekeeping
import Windowing

/// `thrown_object` and `ebike_in_building`: cameras' detections of one kind, confirmed, and told once a session.
///
/// Data flow of an event: match (kind, confidence, zone, place) → key → session (events up to `merge` apart) →
/// confirmation (`count` within a time, by `devices` cameras) → one finding a session, and with `publish` one hand on a
/// machine. State per key: up to four sessions of about 48 B, of each unfinished one an episode of about 300 B.
package struct Sighting: Sendable {
    /// What is known of one session.
    struct Episode: Sendable {
        var started: Instant
        var traces: [Trace] = []
        var devices: [(device: Int32, last: Instant)] = []
        var confidence: Float = .nan
        var floor: Int?
        var detected: Instant?
        /// The rule's name when it was raised, where that was another: the alert's id goes by it.
        var formerName: String?
        var place: PlaceID?
    }

    struct Hold: Sendable {
        /// The session that it lasts as long as.
        var serial: Int64
        /// The latest end.
        var until: Instant
        /// When it is released if nothing more is seen.
        var release: Instant

        static let noSession: Int64 = -1
    }

    /// Of one episode at most so many records and cameras are kept as evidence.
    static let tracesMax = 8
    static let devicesMax = 16
    /// docs/rules.md, "publish": at most so many times a minute a device.
    static let actionsPerMinute = 6

    let rule: Int
    let settings: RuleSettings
    package let kind: ObservationKind
    let owner: Int32
    private let zones: Set<Int16>
    private let places: Set<Int32>
    var keys = NameTable()
    /// By device, the key it stands for; −1 not worked out yet.
    var keyOfDevice: ContiguousArray<Int32> = []
    var sessions: Sessions
    var confirmation: SlidingCount?
    var episodes: [Int64: Episode] = [:]
    /// By device: the hold that is not released yet. By device and not by key, since one key may have several lifts.
    var holds: [Int32: Hold] = [:]
    /// By device: when it was acted on, within the last minute.
    var acted: [Int32: [Instant]] = [:]
    /// Actions not done because of the limit.
    package internal(set) var actionsDropped = 0

    package init(
        rule: Int, settings: RuleSettings, kind: ObservationKind, registry: Registry, zones: NameTable,
        timers: inout Timers
    ) {
        self.rule = rule
        self.settings = settings
        self.kind = kind
        self.zones = Set(settings.zone.map { Int16(zones.find($0)) })
        places = Sighting.inside(settings.places, registry)
        owner = timers.others.addOwner(keys: 0)
        sessions = Sessions(gap: settings.merge, keys: 0)
        if settings.confirm.count > 1 {
            confirmation = SlidingCount(length: settings.confirm.within, atLeast: settings.confirm.count, keys: 0)
        }
    }

    /// The places named, and everything inside them.
    private static func inside(_ names: [String], _ registry: Registry) -> Set<Int32> {
        var found = Set(names.compactMap { registry.place($0)?.index })
        if found.isEmpty { return [] }
        for (index, _) in registry.places.enumerated() {
            var place: PlaceID? = PlaceID(index: Int32(index))
            while let current = place {
                if found.contains(current.index) {
                    found.insert(Int32(index))
                    break
                }
                place = registry.places[Int(current.index)].parent
            }
        }
        return found
    }

    /// Takes an observation in, if it is of the rule's kind. O(sessions of the key), at most four.
    package mutating func step(
        _ event: Event, surroundings: Surroundings, timers: inout Timers, into output: inout RuleOutput
    ) {
        let observation = event.observation
        guard observation.kind == kind, !observation.marks.contains(.retained), matches(event, surroundings) else {
            return
        }
        let key = key(of: event, surroundings)
        let time = event.windowTime(for: settings.merge)
        let outcome = sessions.add(Int(key), at: time, now: event.now)
        let serial = outcome.session.serial
        if case .began = outcome {
            forget(key)
            episodes[serial] = Episode(
                started: observation.time, place: surroundings.place(ofDevice: event.device))
        }
        let confirmTime = event.windowTime(for: settings.confirm.within)
        let seen = confirmation?.add(Int(key), at: confirmTime) ?? 1
        guard var episode = episodes[serial] else { return }
        let isNewDevice = note(event, at: confirmTime, in: &episode)
        if episode.detected == nil {
            // Until the raise an earlier event that comes late moves the start; then it is frozen, and the id with it.
            episode.started = min(episode.started, observation.time)
            // In both directions: an event that comes late is as far from a later one as the other way round.
            let cameras = episode.devices.count { abs((confirmTime - $0.last).count) < settings.confirm.within.count }
            if seen >= settings.confirm.count, cameras >= settings.confirm.devices {
                episode.detected = event.now
                hold(event, serial, surroundings, &output)
                output.findings.append(finding(.raised, key, episode, outcome.session, event, surroundings))
            }
        } else if isNewDevice {
            output.findings.append(finding(.updated, key, episode, outcome.session, event, surroundings))
        }
        // Released when the session ends, and at the latest when the hold's time is over.
        for (device, hold) in holds where hold.serial == serial {
            let release = min(event.now + settings.merge, hold.until)
            holds[device]?.release = release
            timers.others.arm(.init(owner: owner, key: device), at: release)
        }
        episodes[serial] = episode
    }

    private func matches(_ event: Event, _ surroundings: Surroundings) -> Bool {
        let observation = event.observation
        // Confidence that was not told is unknown: it neither starts nor ends an episode by itself.
        guard observation.confidence >= Float(settings.confidence) || settings.confidence == 0 else { return false }
        if !zones.isEmpty, !zones.contains(observation.zone) { return false }
        if !settings.places.isEmpty {
            guard let place = surroundings.place(ofDevice: event.device), places.contains(place.index) else {
                return false
            }
        }
        return true
    }

    // MARK: Keys

    private mutating func key(of event: Event, _ surroundings: Surroundings) -> Int32 {
        let device = Int(event.device)
        if device < keyOfDevice.count, keyOfDevice[device] >= 0 { return keyOfDevice[device] }
        let key = keys.insert(keyText(event.device, surroundings))
        setKey(key, ofDevice: device)
        return key
    }

    mutating func setKey(_ key: Int32, ofDevice device: Int) {
        if device >= keyOfDevice.count {
            keyOfDevice.append(contentsOf: repeatElement(-1, count: device + 1 - keyOfDevice.count))
        }
        keyOfDevice[device] = key
    }

    /// What the rule counts for. A device without such a place stands for itself: nothing is lost for a gap in the
    /// registry.
    private func keyText(_ device: Int32, _ surroundings: Surroundings) -> String {
        let own = surroundings.deviceName(device)
        guard let place = surroundings.place(ofDevice: device) else { return own }
        let row = surroundings.registry.places[Int(place.index)]
        let wanted: PlaceID?
        switch settings.key {
        case .building: wanted = row.building
        case .dwelling: wanted = row.dwelling
        case .place: wanted = place
        case .device, .person, .credential: wanted = nil
        }
        return wanted.map { surroundings.registry.places[Int($0.index)].id } ?? own
    }

    // MARK: Episodes

    /// Adds an event to what is known; true where it is the first of its camera.
    private func note(_ event: Event, at time: Instant, in episode: inout Episode) -> Bool {
        let observation = event.observation
        if episode.traces.count < Sighting.tracesMax { episode.traces.append(Trace(event)) }
        if !(episode.confidence >= observation.confidence) { episode.confidence = observation.confidence }
        if observation.floor != Int16.min { episode.floor = Int(observation.floor) }
        if let known = episode.devices.firstIndex(where: { $0.device == event.device }) {
            episode.devices[known].last = max(episode.devices[known].last, time)
            return false
        }
        guard episode.devices.count < Sighting.devicesMax else { return false }
        episode.devices.append((event.device, time))
        return true
    }

    private func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episode, _ session: Sessions.Session, _ event: Event,
        _ surroundings: Surroundings
    ) -> Finding {
        Finding(
            rule: rule, change: change, severity: settings.severity, key: keys[key], started: episode.started,
            detected: episode.detected ?? event.now, at: event.now, place: episode.place, residents: [],
            device: episode.devices.first?.device ?? event.device, lastEvidence: Trace(event), evidence: episode.traces,
            detail: .sighting(
                count: session.count, devices: episode.devices.map(\.device), confidence: episode.confidence,
                floor: episode.floor), isTold: change == .raised, raisedBy: episode.formerName)
    }

    /// Episodes whose session is remembered no more.
    private mutating func forget(_ key: Int32) {
        guard episodes.count > 64, episodes.count > 4 * keys.count else { return }
        var live: Set<Int64> = []
        for other in 0..<keys.count { live.formUnion(sessions.sessions(other).map(\.serial)) }
        episodes = episodes.filter { live.contains($0.key) }
    }

    // MARK: A hand on a machine

    private mutating func hold(
        _ event: Event, _ serial: Int64, _ surroundings: Surroundings, _ output: inout RuleOutput
    ) {
        guard let publish = settings.publish, let fresh = freshUntil(event, publish.fresh) else { return }
        guard allow(event.device, at: event.now) else {
            actionsDropped += 1
            return
        }
        let device = surroundings.deviceName(event.device)
        output.actions.append(
            Action(topic: fill(publish.topic, device), payload: fill(publish.payload, device), freshUntil: fresh))
        guard publish.release != nil else { return }
        let until = event.now + publish.max
        holds[event.device] = Hold(serial: serial, until: until, release: until)
    }

    /// Until when the observation is fresh; nil where it is not. Live it counts from its arrival. While the broker
    /// hands over its backlog every arrival is now, so the payload's own time counts; without one its age is unknown,
    /// and nothing is done.
    private func freshUntil(_ event: Event, _ fresh: Milliseconds) -> Instant? {
        guard event.isSettling || event.isHistory else { return event.observation.arrival + fresh }
        guard event.observation.marks.contains(.ownTime) else { return nil }
        let until = event.observation.time + fresh
        return until >= event.now ? until : nil
    }

    private mutating func allow(_ device: Int32, at now: Instant) -> Bool {
        var times = acted[device, default: []]
        times.removeAll { now - $0 >= Milliseconds.minutes(1) }
        defer { acted[device] = times }
        guard times.count < Sighting.actionsPerMinute else { return false }
        times.append(now)
        return true
    }

    /// A device's hold is over: its session has ended, or the hold has lasted as long as it may.
    package mutating func expire(
        _ device: Int, surroundings: Surroundings, into output: inout RuleOutput
    ) {
        guard holds.removeValue(forKey: Int32(device)) != nil, let publish = settings.publish,
            let release = publish.release
        else { return }
        let name = surroundings.deviceName(Int32(device))
        output.actions.append(
            Action(topic: fill(publish.topic, name), payload: fill(release, name), freshUntil: nil))
    }

    private func fill(_ text: String, _ device: String) -> String { text.replacing("{device}", with: device) }
}

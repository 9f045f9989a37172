package import Community
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

/// The episodes of one rule by key: the pending, the open, and those that ended a while ago.
///
/// States of a key: none → pending (it began, and its condition does not hold long enough yet) → open (raised) → none,
/// quiet for the rule's cooldown. A key that nothing is known of costs nothing.
package struct Episodes: Sendable {
    /// One uninterrupted time in which the condition holds.
    package struct Episode: Sendable {
        /// When the condition began; frozen at the raise, and the id with it.
        package var started: Instant
        /// When the rule fired; nil while it is pending.
        package var detected: Instant?
        /// The latest observation that it rests on, in the time that windows are counted in.
        package var last: Instant
        /// Stages reached; of what has no stages 1 once it is raised.
        package var stage = 0
        package var count = 0
        package var traces: [Trace] = []
        /// In the order of their first mention.
        package var devices: [Int32] = []
        package var place: PlaceID?
        /// By number as ``Event/person``; −1 nobody.
        package var person: Int32 = -1
        /// Plate, code, category: a word by its number; −1 none.
        package var word: Int32 = -1
        package var floor: Int?
        /// The worst value that was seen; NaN none.
        package var value = Double.nan
        /// The rule's name when it was raised, where that was another: the alert's id goes by it.
        package var formerName: String?

        package var isOpen: Bool { detected != nil }

        package init(from event: Event, at time: Instant, _ context: RuleContext) {
            started = event.observation.time
            last = time
            place = context.place(of: event)
            take(event, at: time)
        }

        /// Adds an observation to what is known. Until the raise one that comes late moves the start.
        package mutating func take(_ event: Event, at time: Instant) {
            count += 1
            last = max(last, time)
            if detected == nil { started = min(started, event.observation.time) }
            if traces.count < Episodes.tracesMax { traces.append(Trace(event)) }
            if event.device >= 0, devices.count < Episodes.devicesMax, !devices.contains(event.device) {
                devices.append(event.device)
            }
            if event.person >= 0 { person = event.person }
            if event.observation.floor != Int16.min { floor = Int(event.observation.floor) }
        }
    }

    /// Of one episode at most so many records and devices are kept.
    package static let tracesMax = 8
    package static let devicesMax = 16

    package let cooldown: Milliseconds
    /// By key its place among the slots. Not the episode itself: a dictionary's change in place allocates, and what is
    /// open is changed by each record that belongs to it.
    private var slotOf: [Int32: Int32] = [:]
    private var slots: ContiguousArray<Episode?> = []
    private var free: ContiguousArray<Int32> = []
    /// By key: until when nothing is raised again.
    private var quietUntil: [Int32: Instant] = [:]

    package init(cooldown: Milliseconds) { self.cooldown = cooldown }

    /// The keys that have an episode, in no order.
    package var keys: Dictionary<Int32, Int32>.Keys { slotOf.keys }

    package subscript(key: Int32) -> Episode? {
        get { slotOf[key].flatMap { slots[Int($0)] } }
        @inline(__always)
        _modify {
            let slot = slot(of: key)
            defer { if slots[slot] == nil { release(key, slot) } }
            yield &slots[slot]
        }
    }

    /// The slot of a key, an empty one where it has no episode.
    private mutating func slot(of key: Int32) -> Int {
        if let slot = slotOf[key] { return Int(slot) }
        if free.isEmpty {
            free.append(Int32(slots.count))
            slots.append(nil)
        }
        let slot = free.removeLast()
        slotOf[key] = slot
        return Int(slot)
    }

    private mutating func release(_ key: Int32, _ slot: Int) {
        slotOf[key] = nil
        free.append(Int32(slot))
    }

    /// Ends an episode; one that was open leaves its key quiet for the cooldown.
    @discardableResult
    package mutating func end(_ key: Int32, at now: Instant) -> Episode? {
        guard let episode = self[key] else { return nil }
        self[key] = nil
        if episode.isOpen, cooldown > .zero {
            if quietUntil.count >= 4096 { quietUntil = quietUntil.filter { $0.value > now } }
            quietUntil[key] = now + cooldown
        }
        return episode
    }

    /// Whether a key is quiet after its last episode.
    package func isQuiet(_ key: Int32, at now: Instant) -> Bool {
        guard let until = quietUntil[key] else { return false }
        return now < until
    }

    /// Until when a key is quiet after its last episode; nil where it was not.
    package func quietUntil(_ key: Int32) -> Instant? { quietUntil[key] }

    // MARK: State

    package func write(raisedBy name: String, _ context: RuleContext, to writer: inout StateWriter) {
        writer.array(keys.sorted()) { writer, key in
            writer.integer(key)
            self[key]?.write(raisedBy: name, context, to: &writer)
        }
        writer.instants(quietUntil)
    }

    /// - Parameter keys: how many keys the rule has.
    package mutating func read(
        from reader: inout StateReader, _ numbers: inout Renumbering, name: String, keys: Int
    ) throws(StateError) {
        try reader.each(ofSize: 20) { (reader) throws(StateError) in
            let key = try reader.integer32()
            let episode = try Episode(from: &reader, &numbers, name: name)
            guard (0..<keys).contains(Int(key)) else { throw reader.damaged("a key of the rule") }
            self[key] = episode
        }
        quietUntil = try reader.instants()
    }

    /// Takes from another rule's episodes those that were told; `number` gives the key here.
    /// - Returns: the keys taken.
    package mutating func adopt(_ other: Episodes, number: (Int32) -> Int32) -> [Int32] {
        var taken: [Int32] = []
        for key in other.keys.sorted() {
            guard let episode = other[key], episode.isOpen else { continue }
            let here = number(key)
            self[here] = episode
            taken.append(here)
        }
        return taken
    }

    package mutating func shift(by length: Milliseconds) {
        for slot in slots.indices { slots[slot]?.shift(by: length) }
        for key in quietUntil.keys { quietUntil[key] = quietUntil[key]?.shifted(by: length) }
    }
}

extension Episodes.Episode {
    func write(raisedBy name: String, _ context: RuleContext, to writer: inout StateWriter) {
        writer.instant(started)
        writer.instant(ifAny: detected)
        if detected != nil { writer.text(formerName ?? name) }
        writer.instant(last)
        writer.integer(stage)
        writer.integer(count)
        writer.array(traces) { $1.write(to: &$0) }
        writer.array(devices) { $0.integer($1) }
        writer.text(place.map { context.registry.places[Int($0.index)].id } ?? "")
        writer.integer(person)
        writer.integer(word)
        writer.optional(floor) { $0.integer($1) }
        writer.word(value.bitPattern)
    }

    init(from reader: inout StateReader, _ numbers: inout Renumbering, name: String) throws(StateError) {
        started = try reader.instant()
        detected = try reader.instantIfAny()
        let raisedBy = detected == nil ? name : try reader.text()
        formerName = raisedBy == name ? nil : raisedBy
        last = try reader.instant()
        stage = try reader.natural()
        count = try reader.natural()
        traces = try reader.traces(&numbers)
        devices = try reader.array { (reader) throws(StateError) in numbers.deviceKept(try reader.integer32()) }
        place = numbers.context.registry.place(try reader.text())
        person = numbers.person(try reader.integer32())
        word = numbers.word(try reader.integer32())
        floor = try reader.optional { (reader) throws(StateError) in Int(try reader.integer32()) }
        value = Double(bitPattern: try reader.word())
    }

    mutating func shift(by length: Milliseconds) {
        last = last.shifted(by: length)
        guard detected == nil else { return }
        started = started.shifted(by: length)
        for index in traces.indices { traces[index].at = traces[index].at.shifted(by: length) }
    }
}

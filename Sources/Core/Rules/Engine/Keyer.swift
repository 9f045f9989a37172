package import Community
import Feeds
import SiteConfiguration
package import StateCoding
package import Vocabulary

/// What a rule counts for: the value of its key for an observation, as a dense number of the rule's own.
///
/// A device without such a place stands for itself, and an observation without a person for its device's home or for
/// itself: nothing is lost for a gap in the registry. Cost: an array read for what the device or the person decides, a
/// look-up in a dictionary for what the plate or report decides; a text is made at the first mention of a key alone.
package struct Keyer: Sendable {
    package let key: RuleKey
    /// The texts of keys, by number.
    package private(set) var names = NameTable()
    /// By device, the key that it stands for; −1 not worked out yet.
    private var ofDevice: ContiguousArray<Int32> = []
    /// The same by person, where the person alone decides.
    private var ofPerson: ContiguousArray<Int32> = []
    private var ofParts: [Parts: Int32] = [:]

    /// What a key rests on that no device decides alone.
    private struct Parts: Hashable {
        var device: Int32 = -1
        var person: Int32 = -1
        var word: Int32 = -1
        var place: Int32 = -1
        var zone: Int16 = -1
        var kind: UInt8 = 0

        /// In two words, where six numbers would be mixed in one after the other.
        func hash(into hasher: inout Hasher) {
            hasher.combine(Int64(device) << 32 ^ Int64(word) ^ Int64(kind) << 24)
            hasher.combine(Int64(person) << 32 ^ Int64(place) ^ Int64(zone) << 16)
        }
    }

    package init(_ key: RuleKey) { self.key = key }

    package var count: Int { names.count }
    package subscript(key: Int32) -> String { names[key] }

    /// - Returns: −1 where the observation has none: no person for `person`, no code for `visit`.
    package mutating func number(of event: Event, _ context: RuleContext) -> Int32 {
        number(of: event, by: event.person, context)
    }

    /// - Parameter person: who it is about, where that is known better than the event tells.
    package mutating func number(of event: Event, by person: Int32, _ context: RuleContext) -> Int32 {
        var parts = Parts()
        switch key {
        case .device, .building, .place: return number(ofDevice: event, context)
        case .dwelling:
            // What happens in a home is of that home, whoever is meant; elsewhere it is of the person's.
            let place = context.place(of: event).map { context.registry.places[Int($0.index)] }
            if place?.dwelling != nil || person < 0 { return number(ofDevice: event, context) }
            return number(ofPerson: person, event, context)
        case .person, .credential:
            return person < 0 ? -1 : number(ofPerson: person, event, context)
        case .visit:
            guard event.visit >= 0 || person >= 0 else { return -1 }
            parts.word = event.visit
            if event.visit < 0 { parts.person = person }
        case .vehicle:
            parts.device = event.device
            parts.zone = event.observation.zone
            parts.kind = event.observation.kind.rawValue
            parts.word = event.plate
        case .report:
            parts.device = event.device
            parts.place = event.observation.place
            parts.word = event.word
        }
        if let known = ofParts[parts] { return known }
        let number = names.insert(text(of: event, by: person, context))
        ofParts[parts] = number
        return number
    }

    private mutating func number(ofDevice event: Event, _ context: RuleContext) -> Int32 {
        let device = Int(event.device)
        guard device >= 0 else { return names.insert(context.topicName(event.topic)) }
        if event.observation.place >= 0, key != .device {
            // A report tells where; who reports may do so from anywhere.
            return names.insert(text(of: event, by: event.person, context))
        }
        if device < ofDevice.count, ofDevice[device] >= 0 { return ofDevice[device] }
        let number = names.insert(text(of: event, by: event.person, context))
        set(number, ofDevice: device)
        return number
    }

    private mutating func number(ofPerson person: Int32, _ event: Event, _ context: RuleContext) -> Int32 {
        let index = Int(person)
        if index < ofPerson.count, ofPerson[index] >= 0 { return ofPerson[index] }
        let number = names.insert(text(of: event, by: person, context))
        if index >= ofPerson.count {
            ofPerson.append(contentsOf: repeatElement(-1, count: index + 1 - ofPerson.count))
        }
        ofPerson[index] = number
        return number
    }

    private mutating func set(_ number: Int32, ofDevice device: Int) {
        if device >= ofDevice.count {
            ofDevice.append(contentsOf: repeatElement(-1, count: device + 1 - ofDevice.count))
        }
        ofDevice[device] = number
    }

    private func text(of event: Event, by person: Int32, _ context: RuleContext) -> String {
        let registry = context.registry
        let own = event.device >= 0 ? context.deviceName(event.device) : context.topicName(event.topic)
        let place = context.place(of: event)
        let row = place.map { registry.places[Int($0.index)] }
        switch key {
        case .device: return own
        case .building: return row?.building.map { registry.places[Int($0.index)].id } ?? own
        case .place: return row?.id ?? own
        case .dwelling:
            if let dwelling = row?.dwelling { return registry.places[Int(dwelling.index)].id }
            let isResident = person >= 0 && Int(person) < registry.residents.count
            if isResident, let home = registry.residents[Int(person)].dwelling {
                return registry.places[Int(home.index)].id
            }
            return person >= 0 ? context.personName(person) : own
        case .person, .credential: return context.personName(person)
        case .visit: return event.visit >= 0 ? context.word(event.visit) : context.personName(person)
        case .vehicle:
            let zone = event.observation.zone >= 0 ? context.zoneName(event.observation.zone) : ""
            let parts = [own, zone, event.observation.kind.name, context.word(event.plate)]
            return parts.filter { !$0.isEmpty }.joined(separator: "/")
        case .report:
            return [row?.id ?? own, context.word(event.word)].filter { !$0.isEmpty }.joined(separator: "/")
        }
    }

    // MARK: State

    /// Keys by number, and which devices have which: a key of then is not worked out again, since an unknown device's
    /// rests on what its feed told at its first mention. The registry's devices are worked out again.
    package func write(_ context: RuleContext, to writer: inout StateWriter) {
        writer.array(0..<names.count) { $0.text(names[Int32($1)]) }
        let unknown = ofDevice.indices.filter { $0 >= context.registry.devices.count && ofDevice[$0] >= 0 }
        writer.array(unknown) { writer, device in
            writer.integer(device)
            writer.integer(ofDevice[device])
        }
    }

    /// Reads into a fresh one: numbers of keys are those that were written.
    package mutating func read(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        try reader.each { (reader) throws(StateError) in _ = names.insert(try reader.text()) }
        try reader.each(ofSize: 2) { (reader) throws(StateError) in
            let device = Int(numbers.device(try reader.integer32()))
            let number = try reader.integer32()
            guard device >= numbers.context.registry.devices.count, number >= 0, number < names.count else { return }
            set(number, ofDevice: device)
        }
    }

    /// The number of a key by its text, made where it is new.
    package mutating func number(ofText text: String) -> Int32 { names.insert(text) }
    /// −1 where it is not known.
    package func find(_ text: String) -> Int32 { names.find(text) }
}

package import Community
import Feeds
import SiteConfiguration
import StateCoding
package import Timekeeping

/// What rules may ask of the world: the registry, the site's calendar, what can be heard at all, and names met in the
/// stream that the registry does not know.
package struct RuleContext: Sendable {
    package let registry: Registry
    package let zone: Zone
    package let days: SiteDays
    /// The zones of cameras that rules name.
    package let zones: NameTable
    /// Which devices are alive, and since when those are not that are not.
    package var coverage: Coverage
    /// When the box could not have heard of anything, whatever happened.
    package var blind = BlindIntervals()
    /// Unknown devices and topics that are remembered by name; what comes beyond shares one number, "…", and is
    /// counted. Words that come beyond are told as no word at all.
    package static let unknownDevicesMax = 16_384
    package static let topicsMax = 131_072
    package static let wordsMax = 131_072

    package private(set) var unknownDevices = NameTable()
    package private(set) var topics = NameTable()
    /// People whom the registry does not know, plates, codes of visits, categories, texts of reports.
    package private(set) var words = NameTable()
    /// When the last record came that is not the daemon's own.
    package var lastRecord = Instant.distantPast
    /// The stamp of the record that brings what is due: whether something is told late goes by it, and nothing that is
    /// found. No part of the state.
    package var stamp = Instant.distantPast
    /// The buildings (or, outside of them, places) in which a fire or a call for help is open, and when each was told
    /// last.
    package var emergencies: [Int32: Instant] = [:]
    /// An emergency that nobody closed keeps machines from being held for so long.
    package static let emergencyAge = Milliseconds.hours(24)
    /// By device: where one is that the registry does not know, if its feed tells.
    private var placeOfUnknown: [Int32: PlaceID] = [:]
    /// Names that came when the tables were full.
    package var overflow = 0

    /// - Parameter words: those that rules name. They have the first numbers, in this order, in every pipeline of the
    ///   same configuration.
    package init(registry: Registry, zone: Zone, days: SiteDays, zones: NameTable, words: NameTable) {
        self.registry = registry
        self.zone = zone
        self.days = days
        self.zones = zones
        self.words = words
        coverage = Coverage(registry: registry)
    }

    /// The number of a name that is no device's and no topic's.
    package mutating func number(ofWord name: String) -> Int32 { number(ofWord: Array(name.utf8)[...]) }

    /// The same by its bytes.
    package mutating func number(ofWord name: ArraySlice<UInt8>) -> Int32 {
        RuleContext.intern(name, &words, RuleContext.wordsMax, &overflow) ?? -1
    }

    /// A word by its number; empty for none.
    package func word(_ number: Int32) -> String { number < 0 ? "" : words[number] }

    /// A person by the number that ``Event/person`` has: the resident's id, or the name that the stream gave.
    package func personName(_ person: Int32) -> String {
        guard person >= 0 else { return "" }
        let known = registry.residents.count
        return Int(person) < known ? registry.residents[Int(person)].id : words[person - Int32(known)]
    }

    package var deviceCount: Int { registry.devices.count + unknownDevices.count }

    /// The number of a device that the registry does not know.
    package mutating func number(ofUnknownDevice name: String) -> Int32 {
        number(ofUnknownDevice: Array(name.utf8)[...])
    }

    /// The same by its bytes.
    package mutating func number(ofUnknownDevice name: ArraySlice<UInt8>) -> Int32 {
        Int32(registry.devices.count)
            + RuleContext.internOrShare(name, &unknownDevices, RuleContext.unknownDevicesMax, &overflow)
    }

    /// Where the feed of an unknown device says that it is. The first place ever told stays: which batch a record came
    /// in must not matter.
    package mutating func settle(unknownDevice number: Int32, at place: PlaceID) {
        if placeOfUnknown[number] == nil { placeOfUnknown[number] = place }
    }

    /// The number of a topic, given at its first mention.
    package mutating func number(ofTopic name: String) -> Int32 { number(ofTopic: Array(name.utf8)[...]) }

    /// The same by its bytes.
    package mutating func number(ofTopic name: ArraySlice<UInt8>) -> Int32 {
        RuleContext.internOrShare(name, &topics, RuleContext.topicsMax, &overflow)
    }

    /// - Returns: nil where the table is full.
    private static func intern(
        _ name: ArraySlice<UInt8>, _ table: inout NameTable, _ limit: Int, _ overflow: inout Int
    ) -> Int32? {
        let known = table.find(name)
        if known >= 0 { return known }
        guard table.count < limit else {
            overflow += 1
            return nil
        }
        return table.insert(name)
    }

    /// The same; what comes when the table is full is "…", and nobody's who has a name.
    private static func internOrShare(
        _ name: ArraySlice<UInt8>, _ table: inout NameTable, _ limit: Int, _ overflow: inout Int
    ) -> Int32 {
        intern(name, &table, limit - 1, &overflow) ?? table.insert("…")
    }

    /// The id in the registry, or the name that the stream gave; empty for none.
    package func deviceName(_ device: Int32) -> String {
        guard device >= 0 else { return "" }
        let known = registry.devices.count
        return Int(device) < known ? registry.devices[Int(device)].id : unknownDevices[device - Int32(known)]
    }

    /// The topic as it was received; empty for none.
    package func topicName(_ topic: Int32) -> String { topic < 0 ? "" : topics[topic] }

    /// The registry's row of a device; nil for one that it does not know.
    package func device(_ number: Int32) -> Device? {
        number >= 0 && Int(number) < registry.devices.count ? registry.devices[Int(number)] : nil
    }

    /// Where a device is; nil where the registry does not say.
    package func place(ofDevice number: Int32) -> PlaceID? {
        device(number)?.place ?? placeOfUnknown[number]
    }

    /// Where something happened: where a report says, else where its device is.
    package func place(of event: Event) -> PlaceID? {
        event.observation.place >= 0 ? PlaceID(index: event.observation.place) : place(ofDevice: event.device)
    }

    /// The same by number; −1 where nobody knows.
    func placeNumber(of event: Event) -> Int32 { place(of: event)?.index ?? -1 }

    /// Whether a fire or a call for help is open in the building of an event, so that nothing may be held there.
    package func hasEmergency(near event: Event) -> Bool { hasEmergency(at: place(of: event), event.now) }

    /// The same of a place; where nobody knows which it is, of any.
    func hasEmergency(at place: PlaceID?, _ now: Instant) -> Bool {
        if emergencies.isEmpty { return false }
        guard let place else { return emergencies.values.contains { now - $0 < RuleContext.emergencyAge } }
        let row = registry.places[Int(place.index)]
        return emergencies[(row.building ?? place).index].map { now - $0 < RuleContext.emergencyAge } ?? false
    }

    /// The name of a zone by its number; empty for one that no rule names.
    package func zoneName(_ zone: Int16) -> String { zone >= 0 ? zones[Int32(zone)] : "" }
}

extension RuleContext {
    func write(to writer: inout StateWriter) {
        writer.array(0..<unknownDevices.count) { writer, number in
            writer.text(unknownDevices[Int32(number)])
            writer.optional(placeOfUnknown[Int32(registry.devices.count + number)]) {
                $0.text(registry.places[Int($1.index)].id)
            }
        }
        writer.array(0..<topics.count) { $0.text(topics[Int32($1)]) }
        writer.array(0..<words.count) { $0.text(words[Int32($1)]) }
    }

    /// Takes in what was written; appends today's numbers of the unknown devices, topics and words in their order.
    mutating func read(
        from reader: inout StateReader, devices: inout ContiguousArray<Int32>, topics: inout ContiguousArray<Int32>,
        words: inout ContiguousArray<Int32>
    ) throws(StateError) {
        try reader.each(ofSize: 2) { (reader) throws(StateError) in
            let name = try reader.text()
            let place = try reader.truth() ? registry.place(try reader.text()) : nil
            // Somebody may have entered it into the registry since.
            let number = registry.deviceByIdentity(name)?.index ?? number(ofUnknownDevice: name)
            devices.append(number)
            if let place, Int(number) >= registry.devices.count { settle(unknownDevice: number, at: place) }
        }
        try reader.each { (reader) throws(StateError) in topics.append(number(ofTopic: try reader.text())) }
        try reader.each { (reader) throws(StateError) in words.append(number(ofWord: try reader.text())) }
    }
}

package import Community
package import StateCoding

/// Where the numbers of a written state stand today. Numbers hold for one loaded registry; what is written holds the
/// names behind them, and this is the table from the ones to the others.
///
/// Households, devices, unknown devices and topics are found again by name. What the registry does not have any more
/// has no number; only where an alert rests on it, it is kept by name, as a device that the registry does not know.
package struct Renumbering {
    /// Today's, with the names that were written taken in.
    package private(set) var context: RuleContext
    private var devices: ContiguousArray<Int32> = []
    /// By written number: ids of devices that the registry no longer has.
    private var goneDevices: [Int32: String] = [:]
    private var topics: ContiguousArray<Int32> = []
    private var words: ContiguousArray<Int32> = []
    /// By written number: ids of residents that the registry had then.
    private var residents: [String] = []
    /// By written number of a household, today's; −1 for one that the registry no longer has.
    package private(set) var homes: ContiguousArray<Int32> = []

    package var droppedDevices: Int { goneDevices.count }
    package var droppedHomes: Int { homes.count { $0 < 0 } }

    /// Writes the names behind all numbers that state may hold.
    package static func write(_ context: RuleContext, to writer: inout StateWriter) {
        let registry = context.registry
        let section = writer.open("NAME", version: 1)
        writer.array(registry.households.indices) { $0.text(name(ofHome: $1, registry)) }
        writer.array(registry.devices) { $0.text($1.id) }
        writer.array(registry.residents) { $0.text($1.id) }
        context.write(to: &writer)
        writer.close(section)
    }

    /// Reads names on top of what `context` knows already.
    package init(from reader: inout StateReader, into context: RuleContext) throws(StateError) {
        self.context = context
        let registry = context.registry
        let section = try reader.open("NAME", version: 1)
        homes = try Renumbering.homes(from: &reader, registry)
        try reader.each { (reader) throws(StateError) in
            let id = try reader.text()
            let known = registry.device(id)
            if known == nil { goneDevices[Int32(clamping: devices.count)] = id }
            devices.append(known?.index ?? -1)
        }
        residents = try reader.array { (reader) throws(StateError) in try reader.text() }
        try self.context.read(from: &reader, devices: &devices, topics: &topics, words: &words)
        try reader.close(section)
    }

    /// Reads of written names the households alone; the reader stands behind the names.
    package static func homes(from reader: inout StateReader, of registry: Registry) throws(StateError)
        -> ContiguousArray<Int32>
    {
        let section = try reader.open("NAME", version: 1)
        let homes = try homes(from: &reader, registry)
        reader.skip(section)
        return homes
    }

    private static func homes(from reader: inout StateReader, _ registry: Registry) throws(StateError)
        -> ContiguousArray<Int32>
    {
        var today: [String: Int32] = [:]
        today.reserveCapacity(registry.households.count)
        for home in registry.households.indices { today[name(ofHome: home, registry)] = Int32(home) }
        return ContiguousArray(
            try reader.array { (reader) throws(StateError) in today.removeValue(forKey: try reader.text()) ?? -1 })
    }

    /// A dwelling and a resident may have the same id.
    private static func name(ofHome home: Int, _ registry: Registry) -> String {
        (registry.households[home].dwelling == nil ? "r" : "d") + registry.key(ofHousehold: Int32(home))
    }

    /// Today's number of a written household; −1 where there is none.
    func home(_ written: Int32) -> Int32 { homes.indices.contains(Int(written)) ? homes[Int(written)] : -1 }

    /// Today's number of a written device; −1 where there is none.
    package func device(_ written: Int32) -> Int32 {
        devices.indices.contains(Int(written)) ? devices[Int(written)] : -1
    }

    /// Today's number of a written device that an alert rests on.
    mutating func deviceKept(_ written: Int32) -> Int32 {
        if let id = goneDevices[written], devices[Int(written)] < 0 {
            devices[Int(written)] = context.number(ofUnknownDevice: id)
        }
        return device(written)
    }

    /// Today's number of a written word; −1 where there is none.
    func word(_ written: Int32) -> Int32 { words.indices.contains(Int(written)) ? words[Int(written)] : -1 }

    /// Today's number of a written person (``Event/person``). One whom the registry no longer has is a stranger.
    mutating func person(_ written: Int32) -> Int32 {
        guard written >= 0 else { return -1 }
        let known = Int32(clamping: context.registry.residents.count)
        if Int(written) < residents.count {
            let id = residents[Int(written)]
            return context.registry.resident(id)?.index ?? known + context.number(ofWord: id)
        }
        let word = word(written - Int32(clamping: residents.count))
        return word < 0 ? -1 : known + word
    }

    func topic(_ written: Int32) -> Int32 { topics.indices.contains(Int(written)) ? topics[Int(written)] : -1 }
}

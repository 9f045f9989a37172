package import Community

/// What rules may ask of the world: the registry, and names met in the stream that the registry does not know.
package struct Surroundings: Sendable {
    package let registry: Registry
    /// Unknown devices and topics that are remembered by name; what comes beyond shares one number, and is counted.
    package static let unknownDevicesMax = 16_384
    package static let topicsMax = 131_072

    package private(set) var unknownDevices = NameTable()
    package private(set) var topics = NameTable()
    /// By device: where one is that the registry does not know, if its feed tells.
    var placeOfUnknown: [Int32: PlaceID] = [:]
    /// Names that came when the tables were full.
    package var overflow = 0

    package init(registry: Registry) { self.registry = registry }

    package var deviceCount: Int { registry.devices.count + unknownDevices.count }

    /// The number of a device that the registry does not know.
    package mutating func number(ofUnknownDevice name: String) -> Int32 {
        Int32(registry.devices.count)
            + Surroundings.intern(name, &unknownDevices, Surroundings.unknownDevicesMax, &overflow)
    }

    /// Where the feed of an unknown device says that it is. The first place ever told stays: which batch a record came
    /// in must not matter.
    package mutating func settle(unknownDevice number: Int32, at place: PlaceID) {
        if placeOfUnknown[number] == nil { placeOfUnknown[number] = place }
    }

    /// The number of a topic, given at its first mention.
    package mutating func number(ofTopic name: String) -> Int32 {
        Surroundings.intern(name, &topics, Surroundings.topicsMax, &overflow)
    }

    private static func intern(_ name: String, _ table: inout NameTable, _ limit: Int, _ overflow: inout Int) -> Int32 {
        let known = table.find(name)
        if known >= 0 { return known }
        guard table.count < limit else {
            overflow += 1
            return 0
        }
        return table.insert(name)
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
}

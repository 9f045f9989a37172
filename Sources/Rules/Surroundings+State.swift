import Community
import StateCoding

extension Surroundings {
    func write(to writer: inout StateWriter) {
        writer.integer(unknownDevices.count)
        for number in 0..<unknownDevices.count {
            writer.text(unknownDevices[Int32(number)])
            let place = placeOfUnknown[Int32(registry.devices.count + number)]
            writer.truth(place != nil)
            if let place { writer.text(registry.places[Int(place.index)].id) }
        }
        writer.integer(topics.count)
        for number in 0..<topics.count { writer.text(topics[Int32(number)]) }
        writer.integer(words.count)
        for number in 0..<words.count { writer.text(words[Int32(number)]) }
    }

    /// Takes in what was written; appends today's numbers of the unknown devices, topics and words in their order.
    mutating func read(
        from reader: inout StateReader, devices: inout ContiguousArray<Int32>, topics: inout ContiguousArray<Int32>,
        words: inout ContiguousArray<Int32>
    ) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let name = try reader.text()
            let place = try reader.truth() ? registry.place(try reader.text()) : nil
            // Somebody may have entered it into the registry since.
            let number = registry.deviceByIdentity(name)?.index ?? number(ofUnknownDevice: name)
            devices.append(number)
            if let place, Int(number) >= registry.devices.count { settle(unknownDevice: number, at: place) }
        }
        for _ in 0..<(try reader.count()) { topics.append(number(ofTopic: try reader.text())) }
        for _ in 0..<(try reader.count()) { words.append(number(ofWord: try reader.text())) }
    }
}

import Community
import Feeds
import Rules

/// The numbers that a batch's own names have in the pipeline, worked out once a batch and name.
struct BatchNames {
    private var topics: ContiguousArray<Int32>
    private var devices: ContiguousArray<Int32>
    private var words: ContiguousArray<Int32>

    init(_ batch: DecodedBatch) {
        topics = ContiguousArray(repeating: -1, count: batch.topics.count)
        devices = ContiguousArray(repeating: -1, count: batch.names.count)
        words = ContiguousArray(repeating: -1, count: batch.names.count)
    }

    mutating func topic(_ number: Int32, _ batch: DecodedBatch, _ surroundings: inout Surroundings) -> Int32 {
        let index = Int(number)
        if topics[index] < 0 { topics[index] = surroundings.number(ofTopic: batch.topics[number]) }
        return topics[index]
    }

    mutating func device(_ name: Int32, _ batch: DecodedBatch, _ surroundings: inout Surroundings) -> Int32 {
        let index = Int(name)
        if devices[index] < 0 {
            devices[index] = surroundings.number(ofUnknownDevice: batch.names[name])
        }
        return devices[index]
    }

    /// The number of a name that is no device's; −1 for none.
    mutating func word(_ name: Int32, _ batch: DecodedBatch, _ surroundings: inout Surroundings) -> Int32 {
        guard name >= 0 else { return -1 }
        let index = Int(name)
        if words[index] < 0 { words[index] = surroundings.number(ofWord: batch.names[name]) }
        return words[index]
    }
}

import Community
import Feeds
import Rules

/// The numbers that a batch's own names have in the pipeline, worked out once a batch and name.
struct BatchNames {
    private var topics: ContiguousArray<Int32>
    private var devices: ContiguousArray<Int32>

    init(_ batch: DecodedBatch) {
        topics = ContiguousArray(repeating: -1, count: batch.topics.count)
        devices = ContiguousArray(repeating: -1, count: batch.names.count)
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
}

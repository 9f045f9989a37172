import Community
import Feeds
import Rules

/// The numbers that a batch's own names have in the pipeline, worked out once a batch and name.
struct BatchNames {
    private var topics: ContiguousArray<Int32> = []
    private var devices: ContiguousArray<Int32> = []
    private var words: ContiguousArray<Int32> = []

    /// Forgets the batch before; what was allocated for it is used again.
    mutating func begin(_ batch: DecodedBatch) {
        BatchNames.clear(&topics, batch.topics.count)
        BatchNames.clear(&devices, batch.names.count)
        BatchNames.clear(&words, batch.names.count)
    }

    private static func clear(_ numbers: inout ContiguousArray<Int32>, _ count: Int) {
        numbers.removeAll(keepingCapacity: true)
        for _ in 0..<count { numbers.append(-1) }
    }

    mutating func topic(_ number: Int32, _ batch: DecodedBatch, _ context: inout RuleContext) -> Int32 {
        let index = Int(number)
        if topics[index] < 0 { topics[index] = context.number(ofTopic: batch.topics.bytes(number)) }
        return topics[index]
    }

    mutating func device(_ name: Int32, _ batch: DecodedBatch, _ context: inout RuleContext) -> Int32 {
        let index = Int(name)
        if devices[index] < 0 {
            devices[index] = context.number(ofUnknownDevice: batch.names.bytes(name))
        }
        return devices[index]
    }

    /// The number of a name that is no device's; −1 for none.
    mutating func word(_ name: Int32, _ batch: DecodedBatch, _ context: inout RuleContext) -> Int32 {
        guard name >= 0 else { return -1 }
        let index = Int(name)
        if words[index] < 0 { words[index] = context.number(ofWord: batch.names.bytes(name)) }
        return words[index]
    }
}

package import Community
package import RecordLog

/// What one piece of a log says: a plain value that can be handed from the thread that parsed it to the one that steps.
package struct DecodedBatch: StampedBatch {
    package var records: ContiguousArray<DecodedRecord> = []
    package var observations: ContiguousArray<Observation> = []
    /// Of the observations that have a path.
    package var fits: ContiguousArray<FallFit> = []
    /// By the record's place in the batch.
    package var systemRecords: [Int32: SystemRecord] = [:]
    package var refusals: [Refusal] = []
    /// How often each; only the field was passed over.
    package var unreadable: [UnreadableField: Int] = [:]
    package var topics = NameTable()
    /// Devices and persons that the registry does not know, and words of payloads that observations have the number of.
    package var names = NameTable()
    package var file = ""
    package var linesBefore = 0
    package var lineCount = 0
    /// Of a journal: the first record's number; the others follow one by one, as a line that could not be read has a
    /// record in its place, ``DecodedRecord/Marks/refused`` and with the stamp of the record before it. Nil where the
    /// log is no journal, or there is no record.
    package var firstNumber: Int64?
    /// Bytes of log text that the batch was made of.
    package var byteCount = 0

    package init() {}

    package var recordCount: Int { records.count }
    /// Arrival, microseconds since the epoch.
    package func stamp(at index: Int) -> Int64 { records[index].stampMicroseconds }
}

extension DecodedBatch {
    /// What the registry or the payload calls a device; nil for none.
    package func name(of device: Reference, _ registry: Registry) -> String? {
        if let known = device.known { return registry.devices[Int(known)].id }
        return device.unknown.map { names[$0] }
    }

    /// A hash of a topic's bytes, the same in every batch: it tells devices apart that share a number.
    package func topicHash(_ topic: Int32) -> UInt64 {
        unsafe topics.bytes(topic).withUnsafeBufferPointer { unsafe ByteHash.hash($0) }
    }
}

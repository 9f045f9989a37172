package import Community
package import RecordLog
package import Timekeeping

/// A record of the daemon's own, topic `$shouwang/…`; what the pipeline acts on of it.
package enum OwnRecord: Equatable, Sendable {
    /// When the box was last known to run; nil where that was not told.
    case start(downSince: Instant?)
    case config
    case sessionConnected(present: Bool)
    /// When something was last known to come through; nil where that was not told.
    case sessionLost(since: Instant?)
    case sessionSettled
    case tick
    /// The wall clock was moved while the box ran: all that is counted moves with it.
    case clockStepped(from: Instant, to: Instant)
    /// The first trusted time after a start: until then the box did not know how long it had been down.
    case clockSet(to: Instant)
    /// Records that were acknowledged and are gone, by number.
    case lost(from: Int64, to: Int64)
    /// What a person did, to an alert or for a resident.
    case act(Act)
    /// Since when a home was counted by a rule before journal and snapshots were lost, as the ledger had it.
    case seen(rule: String, home: String, since: Instant)
    /// A device that sends more than it may: so many of its records were cut.
    case flood(device: String, cut: Int64)
    /// Journal's own: a segment's header, a checksum.
    case bookkeeping
    /// Of a later version; counted.
    case unknown(String)
}

/// What a person did, as the record `$shouwang/act` tells it. It has a verb, and an alert or a resident.
package struct Act: Equatable, Sendable {
    /// An alert's id.
    package var alert: String?
    /// A resident's id.
    package var resident: String?
    package var verb: String
    package var actor: String?
    /// What a visit found.
    package var found: String?
    /// A time or a length of time, as it was written.
    package var until: String?
    package var note: String?
    /// Equal for the same act told twice.
    package var key: String?

    package init(
        alert: String? = nil, resident: String? = nil, verb: String, actor: String? = nil, found: String? = nil,
        until: String? = nil, note: String? = nil, key: String? = nil
    ) {
        self.alert = alert
        self.resident = resident
        self.verb = verb
        self.actor = actor
        self.found = found
        self.until = until
        self.note = note
        self.key = key
    }
}

/// One record with its meaning.
public struct DecodedRecord: Sendable {
    /// What a record is besides its observations.
    public struct Marks: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static var retained: Marks { Marks(rawValue: 1) }
        /// `own` of the batch has what it says.
        public static var own: Marks { Marks(rawValue: 2) }
        /// `refusals` of the batch has the reason; the record still moves the clock.
        public static var refused: Marks { Marks(rawValue: 4) }
        /// The payload has an `id`, so the same body of the same device is the same message.
        public static var hasID: Marks { Marks(rawValue: 8) }
        /// Its payload claims to be another device: refused, unless it is a call for help, which counts for the
        /// topic's.
        public static var spoofed: Marks { Marks(rawValue: 16) }
        /// The log's stamp of it was not believed: when it came nobody knows.
        public static var stampLost: Marks { Marks(rawValue: 32) }
    }

    public var stampMicroseconds: Int64
    public var bodyHash: UInt64
    /// By number in the batch's `topics`.
    public var topic: Int32
    public var device: Reference
    /// The feed's own place, for a device that the registry does not know; −1 none.
    public var place: Int32
    public var firstObservation: Int32
    public var observationCount: Int16
    public var mid: UInt16
    public var qos: UInt8
    public var marks: Marks
    /// The feed, by number in the plan, which reads the payload its own way; ``feedsMax`` for one beyond, or none.
    public var feed = feedsMax
    public static var feedsMax: UInt8 { 255 }
    /// A hash of the `id` that the payload tells; 0 where it tells none.
    public var id: UInt64 = 0
}

/// A field beside a record's type that a device told and that cannot be read.
package struct UnreadableField: Hashable, Sendable {
    package var device: Reference
    /// As the native feed names it.
    package var field: String
}

/// What one piece of a log says: a plain value that can be handed from the thread that parsed it to the one that steps.
package struct DecodedBatch: StampedBatch {
    package var records: ContiguousArray<DecodedRecord> = []
    package var observations: ContiguousArray<Observation> = []
    /// Of the observations that have a path.
    package var fits: ContiguousArray<FallFit> = []
    package var own: [Int32: OwnRecord] = [:]
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

/// One record with its meaning.
public struct DecodedRecord: Sendable {
    /// What a record is besides its observations.
    public struct Marks: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static var retained: Marks { Marks(rawValue: 1) }
        /// A system record: ``DecodedBatch/systemRecords`` has what it says.
        public static var system: Marks { Marks(rawValue: 2) }
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

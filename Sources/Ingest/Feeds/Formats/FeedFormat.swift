package import ConfigReading
package import RecordLog

/// A format of payloads: what the configuration says of a feed that has it, and how the records of that feed are read.
/// A value is what one feed says. The formats that there are stand in ``FeedFormats``.
///
/// The law: ``read(_:of:into:with:)`` adds at most one observation to the batch, and throws rather than guess; what it
/// adds depends on the record, the topic and the plan alone. What is the same in every format (devices, persons, times,
/// numbers beside the type) is the decoder's: `Decoder+Fields.swift`.
package protocol FeedFormat: Equatable, Sendable {
    /// As `format:` of a feed names it.
    static var name: String { get }
    /// The keys that it has in a feed's section, `feeds[].…`.
    static var keys: [SettingKey] { get }
    /// A file that its feeds name, and the keys in it.
    static var file: FormatFile? { get }

    /// What a feed of this format says; nil where that cannot be used, which is told in the section's findings.
    init?(_ feed: FeedSection)
    /// Tells of keys in the section of a feed that has another format.
    static func refuseKeys(in feed: FeedSection)

    // MARK: What a feed is

    /// The topic filters that a feed with this topic is subscribed by.
    func subscriptions(of topic: String) -> [String]
    /// What a feed with this topic can ever tell.
    /// - Parameter isOneWay: passes at some device of the registry lead one way, whatever is told.
    func abilities(of topic: String, isOneWay: Bool) -> [FeedAbility]
    /// The site's own file that says what it can tell; nil where that is the same at every site.
    var source: String? { get }
    /// How that file would tell a field; nil: it cannot.
    func key(of field: FeedAbility.Field) -> String?
    /// Whether a call for help may come in words that are not the product's own (``CallWords``).
    var callsInItsOwnWords: Bool { get }

    // MARK: A record

    /// Works out what a topic means: its device, and what the format notes of it in bits of its own. Once a topic and
    /// batch.
    func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError)
    /// Reads one record into the decoder's batch.
    func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError)
}

extension FeedFormat {
    package static var keys: [SettingKey] { [] }
    package static var file: FormatFile? { nil }
    package static func refuseKeys(in feed: FeedSection) {}
    package func subscriptions(of topic: String) -> [String] { [topic] }
    package var source: String? { nil }
    package func key(of field: FeedAbility.Field) -> String? { nil }
    package var callsInItsOwnWords: Bool { false }
}

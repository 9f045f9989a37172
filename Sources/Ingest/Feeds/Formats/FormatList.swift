package import RecordLog

/// One format of a list that is known when the program is built: what ``OneOf`` and ``NoFormat`` are. Whatever a record
/// passes through is dispatched statically; the rest goes by ``format``.
package protocol FormatList: Equatable, Sendable {
    /// All of the list.
    static var formats: [any FeedFormat.Type] { get }
    /// What a feed says whose `format:` is `name`; nil where the list does not have it, or where it cannot be used,
    /// which is told.
    static func read(_ name: String, _ feed: FeedSection) -> Self?

    /// The format, for everything that is not on a record's way.
    var format: any FeedFormat { get }

    /// As ``FeedFormat/learn(_:_:_:with:)``.
    func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError)
    /// As ``FeedFormat/read(_:of:into:with:)``.
    func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError)
}

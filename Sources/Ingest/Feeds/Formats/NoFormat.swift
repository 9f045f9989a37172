package import RecordLog

/// The end of a list of formats.
package enum NoFormat: FormatList {
    package static var formats: [any FeedFormat.Type] { [] }
    package static func read(_ name: String, _ feed: FeedSection) -> NoFormat? { nil }

    package var format: any FeedFormat { switch self {} }

    package func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError) {}
    package func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError) {}
}

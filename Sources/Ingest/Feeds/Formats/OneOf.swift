package import RecordLog

/// A list of formats, and one of them: the first, or one of the rest. It is an enum of enums without a box or a table:
/// the compiler makes of the whole list one type and of a call one switch.
package enum OneOf<First: FeedFormat, Rest: FormatList>: FormatList {
    case first(First)
    case rest(Rest)

    package static var formats: [any FeedFormat.Type] { [First.self] + Rest.formats }

    package static func read(_ name: String, _ feed: FeedSection) -> OneOf? {
        name == First.name ? First(feed).map { .first($0) } : Rest.read(name, feed).map { .rest($0) }
    }

    package var format: any FeedFormat {
        switch self {
        case .first(let format): format
        case .rest(let rest): rest.format
        }
    }

    package func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError) {
        switch self {
        case .first(let format): try unsafe format.learn(topic, &known, &detail, with: &decoder)
        case .rest(let rest): try unsafe rest.learn(topic, &known, &detail, with: &decoder)
        }
    }

    @inline(__always)
    package func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError) {
        switch self {
        case .first(let format): try format.read(view, of: topic, into: &record, with: &decoder)
        case .rest(let rest): try rest.read(view, of: topic, into: &record, with: &decoder)
        }
    }
}

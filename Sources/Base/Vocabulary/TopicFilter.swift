/// An MQTT topic filter with its wildcards `+` and `#` (MQTT 3.1.1 §4.7), matched byte by byte: no string is made and
/// nothing is allocated. One match costs at most one pass over the topic.
package struct TopicFilter: Hashable, Sendable {
    /// Why a text is no filter that may be subscribed to. Positions are bytes from 0.
    package enum Problem: Error, Equatable, Sendable {
        case empty
        /// More than 65,535 bytes, the most that MQTT's length field can tell.
        case tooLong(count: Int)
        /// U+0000 may not stand in a topic (§1.5.3).
        case nul(position: Int)
        /// `+` or `#` beside another character of its level.
        case wildcardInsideLevel(position: Int)
        /// `#` before the last level.
        case hashNotLast(position: Int)
        /// mosquitto takes at most 200 slashes, and closes the connection on more.
        case tooManyLevels(slashes: Int)
        /// `$share/…`: no retained messages, and not durable before mosquitto 2.0.12.
        case sharedSubscription
    }

    /// UTF-8, checked by ``init(_:)``; never empty.
    private let bytes: [UInt8]

    /// The filter as it was written.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= 65_535 else { throw .tooLong(count: bytes.count) }
        guard !text.hasPrefix("$share/") else { throw .sharedSubscription }
        var slashes = 0
        for (position, byte) in bytes.enumerated() {
            switch byte {
            case 0: throw .nul(position: position)
            case slash: slashes += 1
            case plus, octothorpe:
                let startsLevel = position == 0 || bytes[position - 1] == slash
                let endsLevel = position == bytes.count - 1 || bytes[position + 1] == slash
                guard startsLevel, endsLevel else { throw .wildcardInsideLevel(position: position) }
                guard byte == plus || position == bytes.count - 1 else { throw .hashNotLast(position: position) }
            default: break
            }
        }
        guard slashes <= 200 else { throw .tooManyLevels(slashes: slashes) }
        self.bytes = bytes
    }

    /// Whether a topic is one that the filter stands for. A topic that begins with `$` is not matched by a wildcard in
    /// the first level (§4.7.2); `a/#` also matches `a` (§4.7.1.2). An empty topic matches nothing.
    package func matches(_ topic: Span<UInt8>) -> Bool {
        let filter = bytes.span
        guard !topic.isEmpty else { return false }
        if topic[0] == dollar, filter[0] == plus || filter[0] == octothorpe { return false }
        var f = 0
        var t = 0
        // Each turn compares one level; f and t stand at the first byte of theirs, or at the end.
        while true {
            if f < filter.count, filter[f] == octothorpe { return true }
            if f < filter.count, filter[f] == plus {
                f += 1
                while t < topic.count, topic[t] != slash { t += 1 }
            } else {
                while f < filter.count, filter[f] != slash {
                    guard t < topic.count, topic[t] == filter[f] else { return false }
                    f += 1
                    t += 1
                }
                guard t == topic.count || topic[t] == slash else { return false }
            }
            if f == filter.count { return t == topic.count }
            // What is left of the filter begins with a slash. Where the topic is at its end, only `/#` may follow.
            if t == topic.count { return f + 2 == filter.count && filter[f + 1] == octothorpe }
            f += 1
            t += 1
        }
    }

    /// Whether some topic fits both filters. `a/#` also fits `a` (§4.7.1.2).
    package static func overlap(_ a: String, _ b: String) -> Bool {
        let x = a.split(separator: "/", omittingEmptySubsequences: false)
        let y = b.split(separator: "/", omittingEmptySubsequences: false)
        // A wildcard in the first level does not reach topics that begin with $ (§4.7.2).
        if let p = x.first, let q = y.first, p != q, p.hasPrefix("$") || q.hasPrefix("$") { return false }
        var i = 0
        while true {
            let p = i < x.count ? x[i] : nil
            let q = i < y.count ? y[i] : nil
            if p == nil, q == nil { return true }
            if p == "#" || q == "#" { return true }
            guard let p, let q, p == q || p == "+" || q == "+" else { return false }
            i += 1
        }
    }

    /// The same for bytes that are lent by the MQTT library.
    package func matches(_ topic: UnsafeBufferPointer<UInt8>) -> Bool {
        // Sound: the span does not leave this call, and the caller's buffer outlives it.
        unsafe matches(Span(_unsafeElements: topic))
    }

    /// The same for a text.
    package func matches(_ topic: String) -> Bool { matches(Array(topic.utf8).span) }
}

private let slash = UInt8(ascii: "/")

private let plus = UInt8(ascii: "+")

private let octothorpe = UInt8(ascii: "#")

private let dollar = UInt8(ascii: "$")

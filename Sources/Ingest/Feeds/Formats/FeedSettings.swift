package import Diagnostics

/// A feed of the configuration.
package struct FeedSettings: Equatable, Sendable {
    /// Unique; by default the format, from the second on with a number (`native-2`).
    package var name: String
    /// A valid topic filter.
    package var topic: String
    package var format: FeedFormats.Format
    /// The place of what names none.
    package var place: String?
    package var position: Position

    package init(
        name: String, topic: String, format: FeedFormats.Format, place: String? = nil, position: Position
    ) {
        self.name = name
        self.topic = topic
        self.format = format
        self.place = place
        self.position = position
    }

    /// The topic filters that it is subscribed by.
    package var subscriptions: [String] { format.format.subscriptions(of: topic) }
}

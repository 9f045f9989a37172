package import Timekeeping

/// Actuation. Topics may hold `{device}` and the other names of the settings reference.
package struct PublishSettings: Equatable, Sendable {
    package var topic: String
    package var payload: String
    /// What undoes it.
    package var release: String?
    /// How old the observation may be.
    package var fresh: Milliseconds
    /// The longest hold.
    package var max: Milliseconds

    package init(topic: String, payload: String, release: String? = nil, fresh: Milliseconds, max: Milliseconds) {
        self.topic = topic
        self.payload = payload
        self.release = release
        self.fresh = fresh
        self.max = max
    }
}

package import Timekeeping

/// How hard a channel may be driven.
package struct SendPace: Equatable, Sendable {
    /// Requests at once; of one (recipient, alert) never more than one.
    package var parallel: Int
    /// Deliveries in hand at once.
    package var batch: Int
    /// Our own limit, ahead of the platform's: attempts in a window, counted from the ledger.
    package var limit: Limit?

    package struct Limit: Equatable, Sendable {
        package var count: Int
        package var window: Milliseconds

        package init(count: Int, window: Milliseconds) {
            self.count = count
            self.window = window
        }
    }

    package init(parallel: Int, batch: Int, limit: Limit? = nil) {
        self.parallel = parallel
        self.batch = batch
        self.limit = limit
    }

    /// Of a receiver that sets no limit of its own.
    package static let free = SendPace(parallel: 8, batch: 256)
}

import Pipeline
import Synchronization

/// The newest figures of the watch. The ledger's thread writes them with each state of the pipeline that it is given
/// (each `store.snapshot`, and at a start); the daily message reads them.
final class FigureBoard: Sendable {
    private let newest: Mutex<WatchFigures>

    init(_ first: WatchFigures) { newest = Mutex(first) }

    var figures: WatchFigures { newest.withLock { $0 } }

    func take(_ figures: WatchFigures) { newest.withLock { $0 = figures } }
}

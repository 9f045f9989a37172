import SiteLoading
import Synchronization
import Timekeeping

/// The stop request of the watch that runs now; a signal between two watches counts for the next. Owned by ``Daemon``;
/// asked from any thread.
final class CurrentStopRequest: Sendable {
    private struct State {
        var request = StopRequest()
        var site: Site?
        var isStopped = false
    }

    private let state = Mutex(State())

    /// The site that is watched now, or that a reload is about to bring.
    var site: Site? { state.withLock(\.site) }
    var isStopped: Bool { state.withLock(\.isStopped) }

    func renew(_ site: Site) -> StopRequest {
        state.withLock { state in
            state.request = StopRequest()
            state.site = site
            if state.isStopped { state.request.ask(.stop) }
            return state.request
        }
    }

    func ask(_ reason: StopRequest.Reason) {
        let request = state.withLock { state in
            switch reason {
            case .stop: state.isStopped = true
            case .reload(let next, _): state.site = next
            case .restore: break
            }
            return state.request
        }
        request.ask(reason)
    }
}

import Channels
import Dispatch
import MQTTIntake
import Synchronization

/// Has a thread that blocks end. Set by its owner, from any thread; waited for on the one that is to end.
final class StopFlag: Sendable {
    private let isSet = Atomic(false)
    private let signal = DispatchSemaphore(value: 0)

    func set() {
        isSet.store(true, ordering: .releasing)
        signal.signal()
    }

    var isStopped: Bool { isSet.load(ordering: .acquiring) }

    /// Blocks until set, or for so long; true where it is set.
    func wait(seconds: Double) -> Bool {
        if isStopped { return true }
        _ = signal.wait(timeout: .now() + seconds)
        return isStopped
    }
}

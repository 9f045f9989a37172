import Foundation

/// A thread of its own for a session that blocks, and a way to wait for its end.
package final class SessionThread: Sendable {
    private let group = DispatchGroup()

    /// - Parameter name: shown by `ps -L`; Linux keeps 15 bytes.
    package init(name: String, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        let group = group
        let thread = Thread {
            body()
            group.leave()
        }
        thread.name = name
        thread.start()
    }

    /// Blocks until the body has returned.
    package func join() { group.wait() }

    /// Suspends until the body has returned.
    package func ended() async {
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
    }
}

import Dispatch

/// The threads that parse. Each is a serial queue; chunks are dealt to them in turn.
package struct ReaderPool: Sendable {
    package static let threadsMax = 64
    let queues: [DispatchQueue]

    /// - Parameter threads: 1…64; others are taken as the nearest.
    package init(threads: Int) {
        let count = min(max(threads, 1), ReaderPool.threadsMax)
        queues = (0..<count).map { DispatchQueue(label: "shouwang.reader.\($0)") }
    }
}

/// A worker's number in one loaded registry: its index in `Registry.workers`.
public struct WorkerID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: WorkerID, b: WorkerID) -> Bool { a.index < b.index }
}

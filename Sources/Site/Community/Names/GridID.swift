/// A grid's number in one loaded registry: its index in `Registry.grids`.
public struct GridID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: GridID, b: GridID) -> Bool { a.index < b.index }
}

/// A resident's number in one loaded registry: its index in `Registry.residents`.
public struct ResidentID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: ResidentID, b: ResidentID) -> Bool { a.index < b.index }
}

// Numbers of the registry's things. Each kind has a type of its own, so that a place's number cannot be used for a
// device. They are dense from 0 in file order and hold for one loaded registry: nothing that is stored may contain one.

/// A place's number in one loaded registry: its index in `Registry.places`.
public struct PlaceID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: PlaceID, b: PlaceID) -> Bool { a.index < b.index }
}

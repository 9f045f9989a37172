// Numbers of the registry's things. Each kind has a type of its own, so that a place's number cannot be used for a
// device. They are dense from 0 in file order and hold for one loaded registry: nothing that is stored may contain one.

/// A place's number in one loaded registry: its index in `Registry.places`.
public struct PlaceID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: PlaceID, b: PlaceID) -> Bool { a.index < b.index }
}

/// A device's number in one loaded registry: its index in `Registry.devices`.
public struct DeviceID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: DeviceID, b: DeviceID) -> Bool { a.index < b.index }
}

/// A resident's number in one loaded registry: its index in `Registry.residents`.
public struct ResidentID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: ResidentID, b: ResidentID) -> Bool { a.index < b.index }
}

/// A worker's number in one loaded registry: its index in `Registry.workers`.
public struct WorkerID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: WorkerID, b: WorkerID) -> Bool { a.index < b.index }
}

/// A grid's number in one loaded registry: its index in `Registry.grids`.
public struct GridID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: GridID, b: GridID) -> Bool { a.index < b.index }
}

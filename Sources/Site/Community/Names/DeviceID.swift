/// A device's number in one loaded registry: its index in `Registry.devices`.
public struct DeviceID: Hashable, Comparable, Sendable {
    public var index: Int32

    public init(index: Int32) { self.index = index }

    public static func < (a: DeviceID, b: DeviceID) -> Bool { a.index < b.index }
}

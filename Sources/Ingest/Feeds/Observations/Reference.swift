/// Something that has a name: a number in the registry, a name that only the batch knows, or nothing.
public struct Reference: Hashable, Sendable {
    /// From 0: the registry's number. −1: nothing. From −2 down: −2 − the number in the batch's `names`.
    public var raw: Int32

    public init(raw: Int32) { self.raw = raw }
    public static var none: Reference { Reference(raw: -1) }
    /// Something that the registry has, by its number there.
    public static func known(_ index: Int32) -> Reference { Reference(raw: index) }
    /// Something that only the batch has a name for, by that name's number.
    public static func unknown(_ name: Int32) -> Reference { Reference(raw: -2 - name) }

    public var isNone: Bool { raw == -1 }
    /// The registry's number; nil for what it does not know.
    public var known: Int32? { raw >= 0 ? raw : nil }
    /// The number in the batch's names; nil for what the registry knows.
    public var unknown: Int32? { raw <= -2 ? -2 - raw : nil }
}

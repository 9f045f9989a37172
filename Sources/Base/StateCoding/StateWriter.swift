package import Timekeeping

/// Appends values to bytes, in the form that ``StateReader`` reads: the same values give the same bytes.
///
/// Form: integers are zigzag varints of 1…10 bytes (a small number is one byte, whatever its sign); words and instants
/// are 8 bytes, little-endian; a text is its length and its UTF-8; what may be missing has a truth before it, an array
/// or a dictionary its count; a section is a tag of four bytes, a version of one
/// byte, the length of what follows in 8, and that. Cost: a few nanoseconds a value; a dictionary is sorted.
package struct StateWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package init(reserving count: Int) { bytes.reserveCapacity(count) }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }
    package mutating func truth(_ value: Bool) { bytes.append(value ? 1 : 0) }

    package mutating func integer(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    package mutating func integer(_ value: Int32) { integer(Int(value)) }

    package mutating func word(_ value: UInt64) {
        var rest = value
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    package mutating func word(_ value: Int64) { word(UInt64(bitPattern: value)) }
    package mutating func float(_ value: Float) { integer(Int(value.bitPattern)) }
    package mutating func instant(_ value: Instant) { word(value.milliseconds) }

    /// An instant that may be missing; 1 or 9 bytes.
    package mutating func instant(ifAny value: Instant?) {
        optional(value) { $0.instant($1) }
    }

    package mutating func text(_ value: String) {
        integer(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// Bytes with their count before them.
    package mutating func blob(_ value: [UInt8]) {
        integer(value.count)
        bytes.append(contentsOf: value)
    }

    package mutating func words(_ values: some Collection<UInt64>) {
        integer(values.count)
        for value in values { word(value) }
    }

    // MARK: What has a count before it

    /// A value that may be missing: whether it is there, and it.
    package mutating func optional<Value>(_ value: Value?, _ write: (inout StateWriter, Value) -> Void) {
        truth(value != nil)
        if let value { write(&self, value) }
    }

    /// Values with their count before them, in their order.
    package mutating func array<Values: Collection>(
        _ values: Values, _ write: (inout StateWriter, Values.Element) -> Void
    ) {
        integer(values.count)
        for value in values { write(&self, value) }
    }

    /// Keys and values with their count before them, in the order of the keys: a dictionary's own is another each run.
    package mutating func dictionary<Key: Comparable, Value>(
        _ values: [Key: Value], _ write: (inout StateWriter, Key, Value) -> Void
    ) {
        integer(values.count)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { write(&self, key, value) }
    }

    /// A dictionary of instants by number, which most rules have.
    package mutating func instants(_ values: [Int32: Instant]) {
        dictionary(values) { writer, key, instant in
            writer.integer(key)
            writer.instant(instant)
        }
    }

    // MARK: Sections

    /// Begins a section; what is written until ``close(_:)`` is in it.
    /// - Parameter tag: four ASCII letters, part of the persisted form.
    /// - Returns: where its content begins.
    package mutating func open(_ tag: StaticString, version: UInt8) -> Int {
        precondition(tag.utf8CodeUnitCount == 4, "a tag has four letters")
        // Sound: a static string of four code units, as was just checked.
        for index in 0..<4 { bytes.append(unsafe tag.utf8Start[index]) }
        bytes.append(version)
        word(0 as UInt64)
        return bytes.count
    }

    /// Ends the section whose content began there.
    package mutating func close(_ begin: Int) {
        var rest = UInt64(bytes.count - begin)
        for index in begin - 8..<begin {
            bytes[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }
}

package import Timekeeping

/// Reads what ``StateWriter`` wrote, from bytes that anything may have happened to.
///
/// Law: for any bytes each call returns a value or throws with the place; none reads outside of its section, and no
/// count that was read makes room for more values than there are bytes left.
package struct StateReader: Sendable {
    /// A section that is being read; ``close(_:)`` takes it back.
    package struct Section: Sendable {
        fileprivate var outerEnd: Int
    }

    private let bytes: [UInt8]
    /// Where the next value begins.
    package private(set) var offset: Int
    private var end: Int

    package init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    /// A reader of a stretch of the bytes; what of it lies outside of them is left out.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        offset = min(range.lowerBound, bytes.count)
        end = min(range.upperBound, bytes.count)
    }

    package var remaining: Int { end - offset }

    package func damaged(_ expected: String) -> StateError { .damaged(at: offset, expected: expected) }

    package mutating func byte() throws(StateError) -> UInt8 {
        guard offset < end else { throw damaged("a byte") }
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func truth() throws(StateError) -> Bool {
        let value = try byte()
        guard value <= 1 else { throw .damaged(at: offset - 1, expected: "0 or 1") }
        return value == 1
    }

    package mutating func integer() throws(StateError) -> Int {
        let begin = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            // The tenth byte has one bit left.
            guard shift < 63 || next <= 1 else { throw .damaged(at: begin, expected: "an integer of 64 bits") }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { break }
            shift += 7
        }
        return Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
    }

    package mutating func integer32() throws(StateError) -> Int32 {
        let begin = offset
        guard let value = Int32(exactly: try integer()) else {
            throw .damaged(at: begin, expected: "an integer of 32 bits")
        }
        return value
    }

    /// A number of things that were counted; so small that counting on cannot overflow.
    package mutating func natural() throws(StateError) -> Int {
        let begin = offset
        let value = try integer()
        guard value >= 0, value < 1 << 60 else { throw .damaged(at: begin, expected: "a natural number") }
        return value
    }

    /// How many values follow, of which each has `size` bytes at least.
    package mutating func count(ofSize size: Int = 1) throws(StateError) -> Int {
        let begin = offset
        let value = try integer()
        guard value >= 0, value <= remaining / max(size, 1) else {
            throw .damaged(at: begin, expected: "a count of values that are there")
        }
        return value
    }

    package mutating func word() throws(StateError) -> UInt64 {
        guard remaining >= 8 else { throw damaged("eight bytes") }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        offset += 8
        return value
    }

    package mutating func signedWord() throws(StateError) -> Int64 { Int64(bitPattern: try word()) }

    /// A number of things that were counted, as a word.
    package mutating func naturalWord() throws(StateError) -> Int64 {
        let value = try signedWord()
        guard value >= 0, value < 1 << 60 else { throw .damaged(at: offset - 8, expected: "a natural number") }
        return value
    }

    package mutating func float() throws(StateError) -> Float {
        let begin = offset
        guard let pattern = UInt32(exactly: try integer()) else { throw .damaged(at: begin, expected: "a number") }
        return Float(bitPattern: pattern)
    }

    /// An instant between the distant past and the distant future, so that differences of two cannot overflow.
    package mutating func instant() throws(StateError) -> Instant {
        let value = Instant(milliseconds: try signedWord())
        guard value >= .distantPast, value <= .distantFuture else {
            throw .damaged(at: offset - 8, expected: "an instant")
        }
        return value
    }

    package mutating func instantIfAny() throws(StateError) -> Instant? {
        try optional { (reader) throws(StateError) in try reader.instant() }
    }

    package mutating func text() throws(StateError) -> String {
        let count = try count()
        guard let value = String(validating: bytes[offset..<offset + count], as: UTF8.self) else {
            throw damaged("text")
        }
        offset += count
        return value
    }

    package mutating func blob() throws(StateError) -> [UInt8] {
        let count = try count()
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    package mutating func words() throws(StateError) -> [UInt64] {
        let count = try count(ofSize: 8)
        var values: [UInt64] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try word()) }
        return values
    }

    // MARK: What has a count before it

    /// A value that may be missing.
    package mutating func optional<Value>(
        _ read: (inout StateReader) throws(StateError) -> Value
    ) throws(StateError) -> Value? {
        try truth() ? try read(&self) : nil
    }

    /// Does something for each value whose count stands before them.
    /// - Parameter size: the bytes that each has at least; so many must be there before the first is read.
    package mutating func each(
        ofSize size: Int = 1, _ read: (inout StateReader) throws(StateError) -> Void
    ) throws(StateError) {
        for _ in 0..<(try count(ofSize: size)) { try read(&self) }
    }

    /// Values with their count before them. No room is made in advance: what was read counts bytes, and a value may
    /// take more of memory.
    package mutating func array<Value>(
        ofSize size: Int = 1, _ read: (inout StateReader) throws(StateError) -> Value
    ) throws(StateError) -> [Value] {
        var values: [Value] = []
        try each(ofSize: size) { (reader) throws(StateError) in values.append(try read(&reader)) }
        return values
    }

    /// Keys and values with their count before them; of two with one key the later stays.
    /// - Parameter read: gives nil for what is to be left out.
    package mutating func dictionary<Key: Hashable, Value>(
        ofSize size: Int = 1, _ read: (inout StateReader) throws(StateError) -> (Key, Value)?
    ) throws(StateError) -> [Key: Value] {
        var values: [Key: Value] = [:]
        try each(ofSize: size) { (reader) throws(StateError) in
            if let (key, value) = try read(&reader) { values[key] = value }
        }
        return values
    }

    /// What ``StateWriter/instants(_:)`` wrote.
    /// - Parameter key: today's number of a written key; nil for what is to be left out.
    package mutating func instants(
        _ key: (inout StateReader) throws(StateError) -> Int32? = { (reader) throws(StateError) in
            try reader.integer32()
        }
    ) throws(StateError) -> [Int32: Instant] {
        try dictionary(ofSize: 9) { (reader) throws(StateError) in
            let key = try key(&reader)
            let instant = try reader.instant()
            return key.map { ($0, instant) }
        }
    }

    // MARK: Sections

    /// Enters a section, which must be the next thing.
    package mutating func open(_ tag: StaticString, version: UInt8) throws(StateError) -> Section {
        try open(tag, versions: version...version).section
    }

    /// The same where earlier forms are read too.
    /// - Returns: the section, and the version of its form.
    package mutating func open(
        _ tag: StaticString, versions: ClosedRange<UInt8>
    ) throws(StateError) -> (section: Section, version: UInt8) {
        let begin = offset
        for letter in "\(tag)".utf8 where try byte() != letter {
            throw .damaged(at: begin, expected: "section \(tag)")
        }
        let found = try byte()
        guard versions.contains(found) else {
            throw .otherVersion(of: "\(tag)", found: Int(found), expected: Int(versions.upperBound))
        }
        let length = try word()
        guard length <= UInt64(remaining) else { throw damaged("\(length) bytes of section \(tag)") }
        let section = Section(outerEnd: end)
        end = offset + Int(length)
        return (section, found)
    }

    /// Leaves a section, which must have been read to its end.
    package mutating func close(_ section: Section) throws(StateError) {
        guard offset == end else { throw damaged("the end of the section") }
        end = section.outerEnd
    }

    /// Leaves a section without reading what is left of it.
    package mutating func skip(_ section: Section) {
        offset = end
        end = section.outerEnd
    }

    /// The stretch of bytes that is left of the section; the reader stands behind it.
    package mutating func rest(of section: Section) -> Range<Int> {
        defer { skip(section) }
        return offset..<end
    }
}

import StateCoding
import TestSupport
import Testing
import Timekeeping

@Suite struct StateCodingTests {
    /// A value of each kind, as often as asked, at the edges of its range.
    private static func write(_ random: inout SeededRandom, times: Int) -> (bytes: [UInt8], values: [String]) {
        var writer = StateWriter()
        var values: [String] = []
        let section = writer.open("TEST", version: 3)
        for _ in 0..<times {
            let integer = random.pick([0, -1, 63, 64, -65, 300, Int.max, Int.min, Int(random.next() >> 40)])
            let word = random.pick([0, UInt64.max, random.next()])
            let instant = random.pick([.distantPast, .distantFuture, Instant(seconds: Int64(random.int(0...9999)))])
            let text = random.pick(["", "3栋/2单元/502", String(repeating: "x", count: 200)])
            writer.integer(integer)
            writer.word(word)
            writer.instant(instant)
            writer.instant(ifAny: nil)
            writer.text(text)
            writer.float(0.91)
            writer.words([word, 7])
            writer.blob(Array(text.utf8))
            values.append("\(integer) \(word) \(instant) \(text)")
        }
        writer.close(section)
        return (writer.bytes, values)
    }

    private static func read(_ bytes: [UInt8], times: Int) throws(StateError) -> [String] {
        var reader = StateReader(bytes)
        var values: [String] = []
        let section = try reader.open("TEST", version: 3)
        for _ in 0..<times {
            let integer = try reader.integer()
            let word = try reader.word()
            let instant = try reader.instant()
            let none = try reader.instantIfAny()
            let text = try reader.text()
            let float = try reader.float()
            let words = try reader.words()
            let blob = try reader.blob()
            guard none == nil, float == 0.91, words == [word, 7], blob == Array(text.utf8) else {
                throw reader.damaged("what was written")
            }
            values.append("\(integer) \(word) \(instant) \(text)")
        }
        try reader.close(section)
        return values
    }

    @Test func `what was written is read`() throws {
        var random = SeededRandom(for: "StateCodingTests")
        let (bytes, values) = StateCodingTests.write(&random, times: 500)
        #expect(try StateCodingTests.read(bytes, times: 500) == values, "seed \(random.seed)")
    }

    @Test func `bytes that are cut are refused wherever they are cut`() {
        var random = SeededRandom(for: "StateCodingTests cut")
        let (bytes, _) = StateCodingTests.write(&random, times: 3)
        for count in 0..<bytes.count {
            #expect(throws: StateError.self, "cut at \(count), seed \(random.seed)") {
                try StateCodingTests.read(Array(bytes[..<count]), times: 3)
            }
        }
    }

    @Test func `any bytes are read or refused`() {
        var random = SeededRandom(for: "StateCodingTests any")
        let (bytes, _) = StateCodingTests.write(&random, times: 3)
        for index in bytes.indices {
            for _ in 0..<4 {
                var changed = bytes
                changed[index] = UInt8(truncatingIfNeeded: random.next())
                do { _ = try StateCodingTests.read(changed, times: 3) } catch { #expect(error.isInside(bytes.count)) }
            }
        }
    }

    @Test func `a count of more than there is makes no room for it`() {
        var writer = StateWriter()
        writer.integer(1 << 50)
        writer.word(1 as UInt64)
        #expect(throws: StateError.damaged(at: 0, expected: "a count of values that are there")) {
            var reader = StateReader(writer.bytes)
            return try reader.words()
        }
        #expect(throws: StateError.self) {
            var reader = StateReader(writer.bytes)
            return try reader.text()
        }
    }

    @Test func `a section of another version, another name or another length is refused by name`() throws {
        var writer = StateWriter()
        let section = writer.open("TEST", version: 2)
        writer.integer(1)
        writer.close(section)
        #expect(throws: StateError.otherVersion(of: "TEST", found: 2, expected: 3)) {
            var reader = StateReader(writer.bytes)
            _ = try reader.open("TEST", version: 3)
        }
        #expect(throws: StateError.damaged(at: 0, expected: "section ELSE")) {
            var reader = StateReader(writer.bytes)
            _ = try reader.open("ELSE", version: 2)
        }
        var reader = StateReader(writer.bytes)
        let unread = try reader.open("TEST", version: 2)
        #expect(throws: StateError.damaged(at: 13, expected: "the end of the section")) { try reader.close(unread) }
        reader.skip(unread)
        #expect(reader.remaining == 0)
    }

    // MARK: What has a count before it

    private static func counted() -> [UInt8] {
        var writer = StateWriter()
        writer.optional(nil as String?) { $0.text($1) }
        writer.optional("x") { $0.text($1) }
        writer.array([3, 1, 2]) { $0.integer($1) }
        writer.dictionary([9: "b", -4: "a", 300: "c"]) { writer, key, value in
            writer.integer(key)
            writer.text(value)
        }
        writer.instants([5: Instant(milliseconds: 7), 2: .distantPast])
        return writer.bytes
    }

    @Test func `a dictionary is written in the order of its keys, and an array in its own`() throws {
        // Booleans, then counts; small integers are twice their value, and negative ones odd.
        var bytes: [UInt8] = [0, 1, 2, 0x78, 6, 6, 2, 4, 6, 7, 2, 0x61, 18, 2, 0x62, 0xD8, 4, 2, 0x63, 4, 4]
        for _ in 0..<7 { bytes.append(0) }
        bytes += [0xE0, 10, 7, 0, 0, 0, 0, 0, 0, 0]
        #expect(StateCodingTests.counted() == bytes)
        var reader = StateReader(bytes)
        let none = try reader.optional { (reader) throws(StateError) in try reader.text() }
        let some = try reader.optional { (reader) throws(StateError) in try reader.text() }
        #expect(none == nil && some == "x")
        #expect(try reader.array { (reader) throws(StateError) in try reader.integer() } == [3, 1, 2])
        let names = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            (try reader.integer(), try reader.text())
        }
        #expect(names == [-4: "a", 9: "b", 300: "c"])
        #expect(try reader.instants() == [2: .distantPast, 5: Instant(milliseconds: 7)])
        #expect(reader.remaining == 0)
    }

    @Test func `what is to be left out is read over, and of two with one key the later stays`() throws {
        var writer = StateWriter()
        writer.array([(1, "a"), (2, "b"), (1, "c")]) { writer, entry in
            writer.integer(entry.0)
            writer.text(entry.1)
        }
        var reader = StateReader(writer.bytes)
        let names = try reader.dictionary { (reader) throws(StateError) in
            let (key, name) = (try reader.integer(), try reader.text())
            return key == 2 ? nil : (key, name)
        }
        #expect(names == [1: "c"])
        writer = StateWriter()
        writer.instants([1: .distantPast, 2: .distantFuture])
        reader = StateReader(writer.bytes)
        let instants = try reader.instants { (reader) throws(StateError) in
            let key = try reader.integer32()
            return key == 1 ? nil : key
        }
        #expect(instants == [2: .distantFuture])
        #expect(reader.remaining == 0)
    }

    @Test(arguments: [(8, 2, true), (8, 3, false), (0, 2, true), (1, 16, true), (1, 17, false)])
    func `a count of more values than there are bytes is refused before the first is read`(
        _ size: Int, _ count: Int, _ isRead: Bool
    ) {
        var writer = StateWriter()
        writer.integer(count)
        for _ in 0..<2 { writer.word(0 as UInt64) }
        var reader = StateReader(writer.bytes)
        var read = 0
        do throws(StateError) {
            try reader.each(ofSize: size) { (_) throws(StateError) in read += 1 }
            #expect(isRead && read == count)
        } catch {
            #expect(!isRead && read == 0)
            #expect(error == .damaged(at: 0, expected: "a count of values that are there"))
        }
    }
}

extension StateError {
    fileprivate func isInside(_ count: Int) -> Bool {
        guard case .damaged(let at, _) = self else { return true }
        return (0...count).contains(at)
    }
}

import Timekeeping
import Windowing

extension Redelivery {
    /// The last messages of a device, each as 48 bits of its body's hash and the hour in which it came.
    ///
    /// Nearly all messages are new, and most say so: of one feed the same body tells the same time, so one that tells a
    /// later time than all that are remembered is none of them. The others are looked for by one byte of each hash,
    /// thirty-two of which are compared at once; then by the words, of which one is looked at where a byte is equal.
    /// Two bodies are taken for one with a chance of 256 in 2⁴⁸.
    struct Ring: Sendable {
        /// For each 32 places one of bytes, then for each 4 places one of words.
        private var blocks: ContiguousArray<SIMD4<UInt64>> = []
        /// How many of them are of bytes: 0, 1, 2, 4 or 8.
        private var byteBlocks: UInt8 = 0
        /// The feed that the last told time came by.
        private var feed: UInt8 = 0
        private var used: UInt16 = 0
        /// Which gives way next, once all places are used.
        private var oldest: UInt16 = 0
        /// So many more must come before no message is remembered of which it is not known what time it tells by that
        /// feed.
        private var doubted: UInt16 = 0
        /// The latest time that any of the others tells.
        private var newest = Instant.distantPast

        init() {}

        /// - Parameters:
        ///   - hashes: at most ``perDevice``, of which the upper 48 bits count.
        ///   - hours: as many.
        ///   - next: which of them gives way first, once there are so many.
        init(hashes: [UInt64], hours: [UInt16], next: Int) {
            for (hash, hour) in zip(hashes, hours) {
                add(Ring.word(hash, hour))
            }
            oldest = UInt16(clamping: next)
            doubted = UInt16(Redelivery.perDevice)
        }

        var isEmpty: Bool { used == 0 }
        var next: Int { Int(oldest) }
        var hashes: [UInt64] { (0..<Int(used)).map { word(at: $0) & ~0xFFFF } }
        /// Of each the hour in which it came, the last 16 bits of it.
        var hours: [UInt16] { (0..<Int(used)).map { UInt16(truncatingIfNeeded: word(at: $0)) } }

        /// Whether a body was seen; if not, it is remembered.
        /// - Parameters:
        ///   - told: nil where the body tells no time, or one that was not believed when it came.
        ///   - isMemory: the broker told it out of its memory, which has no age.
        mutating func isRepeated(_ body: UInt64, told: Told?, in hour: UInt16, isMemory: Bool) -> Bool {
            if let told, told.feed != feed {
                (feed, newest) = (told.feed, .distantPast)
                if used > 0 { doubted = UInt16(Redelivery.perDevice) }
            }
            if doubted > 0 || told?.time ?? .distantPast <= newest, let known = find(body) {
                let before = UInt16(truncatingIfNeeded: word(at: known))
                if isMemory || hour &- before < Redelivery.hours { return true }
                put(Ring.word(body, hour), at: known)
                return false
            }
            if let told {
                newest = max(newest, told.time)
                if doubted > 0 { doubted -= 1 }
            } else {
                doubted = UInt16(Redelivery.perDevice)
            }
            if used < Redelivery.perDevice {
                add(Ring.word(body, hour))
            } else {
                replaceOldest(by: Ring.word(body, hour))
            }
            return false
        }

        private mutating func add(_ word: UInt64) {
            if isFull { grow() }
            put(word, at: Int(used))
            used += 1
        }

        private mutating func replaceOldest(by word: UInt64) {
            put(word, at: Int(oldest))
            oldest = (oldest + 1) % UInt16(Redelivery.perDevice)
        }

        /// Asks for the memory into which the next message goes; see `Span.prefetch`.
        @inline(__always)
        mutating func prefetch() {
            let next = used < Redelivery.perDevice ? Int(used) : Int(oldest)
            let blocks = blocks.span
            blocks.prefetch(next >> 5)
            blocks.prefetch(Int(byteBlocks) + next >> 2)
        }

        mutating func shift(by count: UInt16) {
            for place in 0..<Int(used) {
                let word = word(at: place)
                put(Ring.word(word, UInt16(truncatingIfNeeded: word) &+ count), at: place)
            }
        }

        private static func word(_ body: UInt64, _ hour: UInt16) -> UInt64 { body & ~0xFFFF | UInt64(hour) }
        private static func byte(of body: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: body >> 56) }

        private var isFull: Bool { Int(used) == Int(byteBlocks) << 5 }

        private func word(at place: Int) -> UInt64 { blocks[Int(byteBlocks) + place >> 2][place & 3] }

        private mutating func put(_ word: UInt64, at place: Int) {
            let first = Int(byteBlocks)
            var blocks = blocks.mutableSpan
            blocks[first + place >> 2][place & 3] = word
            let shift = UInt64(place & 7) << 3
            let byte = UInt64(Ring.byte(of: word)) << shift
            let at = place >> 3 & 3
            blocks[place >> 5][at] = blocks[place >> 5][at] & ~(0xFF << shift) | byte
        }

        private mutating func grow() {
            let former = self
            byteBlocks = max(1, byteBlocks * 2)
            blocks = ContiguousArray(repeating: SIMD4(), count: Int(byteBlocks) * 9)
            for place in 0..<Int(used) { put(former.word(at: place), at: place) }
        }

        private func find(_ body: UInt64) -> Int? {
            let wanted = SIMD32<UInt8>(repeating: Ring.byte(of: body))
            for block in 0..<(Int(used) + 31) >> 5 {
                // The same 32 bytes, read as bytes; and which of them are equal, read as words.
                let bytes = unsafe unsafeBitCast(blocks[block], to: SIMD32<UInt8>.self)
                let equal = unsafe unsafeBitCast(bytes .== wanted, to: SIMD4<UInt64>.self)
                guard equal.x | equal.y | equal.z | equal.w != 0 else { continue }
                for part in 0..<4 {
                    var rest = equal[part]
                    while rest != 0 {
                        let byte = rest.trailingZeroBitCount >> 3
                        rest &= ~(0xFF << UInt64(byte << 3))
                        let place = block << 5 | part << 3 | byte
                        // The last block may have places that stand for nothing yet.
                        if place < Int(used), (word(at: place) ^ body) >> 16 == 0 { return place }
                    }
                }
            }
            return nil
        }
    }
}

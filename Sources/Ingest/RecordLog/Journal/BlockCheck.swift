import Glibc

/// Checks the blocks of one chunk of a journal, on the thread that is to parse it.
///
/// A block whose checksum does not fit is skipped whole and told once; what stands behind the last sum was not sealed
/// yet and is believed line by line. The numbers of all other records stay what they were: each sum tells its own.
extension Chunk {
    /// Bytes that are not to be read.
    private struct Damage {
        var range: Range<Int>
        /// Number of the first record in it, and how many there are.
        var first: Int64
        var lines: Int64
        var told: UInt32
        var found: UInt32
    }

    private struct Findings {
        var damages: [Damage] = []
        /// Of the chunk's first line.
        var firstNumber: Int64

        /// A good block that starts at `start` says that its first number is `first`: the chunk starts with another
        /// number than was thought, or the damage before it had another number of lines.
        mutating func settle(first: Int64, expected: Int64, at start: Int) {
            if start == 0 {
                firstNumber = first
            } else if let last = damages.indices.last, damages[last].range.upperBound == start {
                let lines = damages[last].lines + first - expected
                damages[last].lines = min(max(lines, 0), Int64(damages[last].range.count))
            }
        }
    }

    /// The chunk without its damaged blocks: their bytes are blank lines, as many as they have numbers, so that lines
    /// and numbers stay in step. Itself where all is well, at the cost of one pass of the processor's checksum.
    func verified() -> Chunk {
        guard let blocks, let firstNumber else { return self }
        let findings = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe Chunk.check(
                UnsafeBufferPointer(rebasing: buffer[..<length]), seed: blocks.seed, firstNumber: firstNumber)
        }
        guard !findings.damages.isEmpty || findings.firstNumber != firstNumber else { return self }
        var text = bytes
        var told = problems
        for damage in findings.damages {
            for index in damage.range {
                text[index] = Int64(damage.range.upperBound - index) <= damage.lines ? 0x0A : 0x20
            }
            let line = damage.first - blocks.segment + 1
            let from = blocks.offset + Int64(damage.range.lowerBound)
            told.append(
                Refusal(
                    line: Int(damage.first - findings.firstNumber) + 1, code: "damaged-block",
                    detail: "lines \(line) to \(line + damage.lines - 1), bytes \(from) to "
                        + "\(from + Int64(damage.range.count) - 1) of the segment are skipped: their checksum is "
                        + "\(String(damage.found, radix: 16)), \(String(damage.told, radix: 16)) is noted"))
        }
        return Chunk(
            bytes: text, length: length, file: file, linesBefore: Int(findings.firstNumber - blocks.segment),
            problems: told, firstNumber: findings.firstNumber)
    }

    private static func check(
        _ text: UnsafeBufferPointer<UInt8>, seed: UInt32?, firstNumber: Int64
    ) -> Findings {
        var findings = Findings(firstNumber: firstNumber)
        guard let base = text.baseAddress else { return findings }
        var seed = seed
        var start = 0
        var at = 0
        var lines: Int64 = 0
        /// Number of the block's first record.
        var number = firstNumber
        // Sound: the search stays within the text.
        while let feed = unsafe memchr(base + at, 0x0A, text.count - at) {
            let end = unsafe UnsafeRawPointer(feed) - UnsafeRawPointer(base) + 1
            lines += 1
            if unsafe BlockChecksum.begins(base + at, end - at),
                let sum = unsafe BlockChecksum(UnsafeBufferPointer(rebasing: text[at..<end]))
            {
                let covered = unsafe UnsafeBufferPointer(rebasing: text[start..<at + sum.covered])
                let crc = seed.map { unsafe Checksum.crc32c(covered, after: $0) } ?? sum.crc
                if crc == sum.crc {
                    findings.settle(first: sum.number - lines + 1, expected: number, at: start)
                    number = sum.number + 1
                } else {
                    let good = unsafe goodPart(of: text, start, at, sum)
                    let range = start..<(good ?? end)
                    var bad = Int64(unsafe UnsafeBufferPointer(rebasing: text[range]).lineFeedCount())
                    // Of all bytes that may be damaged few are digits of the sum's number, so it is rather believed
                    // than the line feeds; a good block behind corrects both.
                    let told = sum.number - number + 1
                    if good == nil, told > 0, told <= range.count { bad = told }
                    findings.damages.append(
                        Damage(range: range, first: number, lines: bad, told: sum.crc, found: crc))
                    number += bad
                    if let good {
                        let goodLines = Int64(unsafe UnsafeBufferPointer(rebasing: text[good..<end]).lineFeedCount())
                        findings.settle(first: sum.number - goodLines + 1, expected: number, at: good)
                        number = sum.number + 1
                    }
                }
                start = end
                lines = 0
                seed = 0
            }
            at = end
        }
        return findings
    }

    /// Behind a sum line that was itself damaged stands a whole block, which the next sum fits: where it starts.
    /// - Parameters:
    ///   - start: of the bytes that do not fit the sum.
    ///   - sumAt: where the sum line starts.
    private static func goodPart(
        of text: UnsafeBufferPointer<UInt8>, _ start: Int, _ sumAt: Int, _ sum: BlockChecksum
    ) -> Int? {
        let window = unsafe UnsafeBufferPointer(rebasing: text[start..<sumAt])
        func fits(_ at: Int) -> Bool {
            unsafe Checksum.crc32c(UnsafeBufferPointer(rebasing: text[start + at..<sumAt + sum.covered])) == sum.crc
        }
        // A block's lines are at most `blockMax` long together, or they are one line.
        let nearest = window.count - BlockChecksum.blockMax
        var feed = window.count - 1
        while feed > 0, let before = unsafe window.lastLineFeed(before: feed) {
            if fits(before + 1) { return start + before + 1 }
            if before + 1 < nearest { break }
            feed = before
        }
        // Where the sum's line feed was what was damaged, the next block starts at no line's start.
        var at = max(nearest, 0)
        while let name = unsafe window.firstPlace(of: BlockChecksum.digitsName, from: at) {
            at = name + BlockChecksum.digitsName.count
            let end = at + 8 + BlockChecksum.tail.count
            if end < window.count, fits(end) { return start + end }
        }
        return nil
    }
}

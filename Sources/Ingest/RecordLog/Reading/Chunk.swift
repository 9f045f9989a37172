import CSIMDJSON
import Timekeeping

/// A part of a log that was cut at line ends: what one worker parses at a time.
package struct Chunk: Sendable {
    /// How much of a log is read at a time. Large enough that handing a chunk over costs nothing beside parsing it,
    /// small enough that a few of them fit a gateway's memory.
    package static let size = 4 << 20
    /// A longer line is refused without being kept: MQTT allows 256 MiB, but no device of a community sends that.
    package static let lineMax = 64 << 20

    /// What the checksums of a journal's segment are checked with.
    struct Blocks: Sendable {
        /// The segment's number and the bytes of it that stand before the chunk.
        var segment: Int64
        var offset: Int64
        /// Checksum of the part of the first block that stands before the chunk; nil where it is not known, so that
        /// the first block must be believed.
        var seed: UInt32?
    }

    /// The text, `length` bytes, and padding that simdjson may read.
    let bytes: [UInt8]
    package let length: Int
    /// The file it is from, for messages.
    package let file: String
    /// Lines of this file before the chunk; what the reader of the log adds to a refusal's line.
    package let linesBefore: Int
    /// Something that went wrong with the log behind this chunk: damaged gzip, a line that was too long.
    package let problems: [Refusal]
    /// Number of the record in the chunk's first line; nil where the log is no journal. Every line has a number, also
    /// one that cannot be read, so a record's number is this plus its line.
    package let firstNumber: Int64?
    /// Nil where the chunk has no checksums.
    let blocks: Blocks?
    /// Where a reading leaves what the stamps are like; nil where they are believed as they are.
    let spread: SpreadBox?
    /// Stamps that records count at instead of their own, by line.
    let settled: [SettledStamp]

    init(
        bytes: [UInt8], length: Int, file: String, linesBefore: Int, problems: [Refusal] = [],
        firstNumber: Int64? = nil, blocks: Blocks? = nil, spread: SpreadBox? = nil, settled: [SettledStamp] = []
    ) {
        precondition(bytes.count >= length + Int(CSJ_PADDING), "a chunk must be padded")
        self.bytes = bytes
        self.length = length
        self.file = file
        self.linesBefore = linesBefore
        self.problems = problems
        self.firstNumber = firstNumber
        self.blocks = blocks
        self.spread = spread
        self.settled = settled
    }

    /// The same with stamps in place of those that are not believed, each of which is told.
    func counting(at settled: [SettledStamp]) -> Chunk {
        Chunk(
            bytes: bytes, length: length, file: file, linesBefore: linesBefore,
            problems: problems + settled.compactMap(\.told), firstNumber: firstNumber, settled: settled)
    }

    /// Makes a chunk of text that is in memory, as the daemon does of what it has just written to the journal.
    /// - Parameter firstNumber: of the text's first line, where it is the journal's.
    package init(text: [UInt8], file: String, firstNumber: Int64? = nil) {
        var padded = text
        padded.append(contentsOf: repeatElement(0, count: Int(CSJ_PADDING)))
        self.init(bytes: padded, length: text.count, file: file, linesBefore: 0, firstNumber: firstNumber)
    }

    /// Lends a reader over the chunk's records; it must not be kept.
    package func read<Result>(with parser: JSONParser, _ body: (inout ChunkReader) -> Result) -> Result {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a chunk is padded, so never empty") }
            var reader = unsafe ChunkReader(base: base, length: length, parser: parser, settled: settled)
            let result = body(&reader)
            spread?.put(reader.spread)
            return result
        }
    }

    /// The last record's; nil where there is none.
    func lastStamp() -> Instant? {
        read(with: JSONParser()) { reader in
            var last: Instant?
            while true {
                switch reader.next() {
                case .record: last = Instant(milliseconds: reader.record.stampMicroseconds / 1000)
                case .refused: continue
                case .end: return last
                }
            }
        }
    }
}

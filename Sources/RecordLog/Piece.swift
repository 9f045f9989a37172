import CSIMDJSON

/// A part of a log that was cut at line ends: what one worker parses at a time.
package struct Piece: Sendable {
    /// How much of a log is read at a time. Large enough that handing a piece over costs nothing beside parsing it,
    /// small enough that a few of them fit a gateway's memory.
    package static let size = 4 << 20
    /// A longer line is refused without being kept: MQTT allows 256 MiB, but no device of a community sends that.
    package static let lineMax = 64 << 20

    /// The text, `length` bytes, and padding that simdjson may read.
    let bytes: [UInt8]
    package let length: Int
    /// The file it is from, for messages.
    package let file: String
    /// Lines of this file before the piece; what the reader of the log adds to a refusal's line.
    package let linesBefore: Int
    /// Something that went wrong with the log behind this piece: damaged gzip, a line that was too long.
    package let problems: [Refusal]

    init(bytes: [UInt8], length: Int, file: String, linesBefore: Int, problems: [Refusal] = []) {
        precondition(bytes.count >= length + Int(CSJ_PADDING), "a piece must be padded")
        self.bytes = bytes
        self.length = length
        self.file = file
        self.linesBefore = linesBefore
        self.problems = problems
    }

    /// Makes a piece of text that is in memory, as the daemon does of what it has just written to the journal.
    package init(text: [UInt8], file: String) {
        var padded = text
        padded.append(contentsOf: repeatElement(0, count: Int(CSJ_PADDING)))
        self.init(bytes: padded, length: text.count, file: file, linesBefore: 0)
    }

    /// Lends a reader over the piece's records; it must not be kept.
    package func read<Result>(with parser: JSONParser, _ body: (inout PieceReader) -> Result) -> Result {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a piece is padded, so never empty") }
            var reader = unsafe PieceReader(base: base, length: length, parser: parser)
            return body(&reader)
        }
    }
}

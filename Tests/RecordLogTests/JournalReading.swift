import Timekeeping

@testable import RecordLog

/// A journal as a reader gets it.
struct JournalReading {
    struct Numbered: Equatable, CustomStringConvertible {
        var number: Int64
        var payload: [UInt8]

        var description: String { "\(number): \(String(decoding: payload.prefix(60), as: UTF8.self))" }
    }

    /// Of clients, not of the daemon's own.
    var records: [Numbered] = []
    /// All records' numbers.
    var numbers: [Int64] = []
    /// Lines are the segments' own.
    var refusals: [Refusal] = []

    var texts: [String] { records.map { String(decoding: $0.payload, as: UTF8.self) } }
    var damaged: [Refusal] { refusals.filter { $0.code == "damaged-block" } }

    init() {}

    /// Where records differ, in few words: what a test would print of whole journals is no help.
    func firstDifference(from expected: [Numbered]) -> String? {
        for index in 0..<max(records.count, expected.count) {
            let ours = index < records.count ? records[index] : nil
            let theirs = index < expected.count ? expected[index] : nil
            if ours != theirs {
                return "record \(index): \(ours?.description ?? "-"), not \(theirs?.description ?? "-")"
            }
        }
        return nil
    }

    init(_ folder: String, from position: JournalPosition? = nil, chunkSize: Int = Chunk.size) throws {
        let log = try LogArgument(journal: folder, from: position)
        let stream = LogStream(log: log, pool: ReaderPool(threads: 2), chunkSize: chunkSize) { ReadChunk($0) }
        while let chunk = stream.next() {
            numbers += chunk.numbers
            for (number, record) in zip(chunk.numbers, chunk.records) where record.topic.first != 0x24 {
                records.append(Numbered(number: number, payload: record.payload))
            }
            for var refusal in chunk.refusals {
                refusal.line += chunk.linesBefore
                refusals.append(refusal)
            }
        }
    }
}

/// A payload of about a hundred bytes.
func padded(_ n: Int) -> String { "{\"n\":\(n),\"pad\":\"\(String(repeating: "x", count: 80))\"}" }

extension JournalWriter {
    /// Appends and writes one record, as a batch of its own.
    func add(_ payload: [UInt8], at milliseconds: Int64) throws {
        let stamp = Instant(milliseconds: 1_772_712_930_000 + milliseconds)
        try prepare(at: stamp)
        unsafe Array("t".utf8).withUnsafeBufferPointer { topic in
            unsafe payload.withUnsafeBufferPointer { payload in
                unsafe append(JournalLine.Head(stamp: stamp), topic: topic, payload: payload)
            }
        }
        try write()
    }

    func add(_ payload: String, at milliseconds: Int64) throws { try add(Array(payload.utf8), at: milliseconds) }
}

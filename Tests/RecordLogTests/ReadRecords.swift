import CSIMDJSON
import Foundation
import Timekeeping

@testable import RecordLog

/// A record as a test compares it.
struct Read: Equatable, Sendable, CustomStringConvertible {
    var micros: Int64
    var topic: [UInt8]
    var payload: [UInt8]
    var qos: UInt8 = 0
    var retain = false
    var mid: UInt16 = 0

    var text: String { String(decoding: payload, as: UTF8.self) }
    var description: String { "\(micros) \(String(decoding: topic, as: UTF8.self)) \(payload)" }
}

/// What a chunk said: its records and the codes of what was refused, with their lines.
struct ReadChunk: StampedBatch {
    var records: [Read] = []
    var refusals: [Refusal] = []
    /// Keys of the payload's fields, by record; nil where the payload is no object.
    var keys: [[String]?] = []
    var linesBefore = 0
    /// Of each record, where the log is a journal.
    var numbers: [Int64] = []

    var recordCount: Int { records.count }
    func stamp(at index: Int) -> Int64 { records[index].micros }
    var codes: [String] { refusals.map(\.code) }

    init(_ chunk: Chunk) {
        refusals = chunk.problems
        linesBefore = chunk.linesBefore
        let parser = JSONParser()
        let (records, refusals, keys, lines) = chunk.read(with: parser) { reader in
            var records: [Read] = []
            var lines: [Int] = []
            var refusals: [Refusal] = []
            var keys: [[String]?] = []
            while true {
                switch reader.next() {
                case .record:
                    records.append(ReadChunk.copy(reader.record))
                    lines.append(reader.line)
                    keys.append(ReadChunk.keys(reader.record))
                case .refused(let refusal): refusals.append(refusal)
                case .end: return (records, refusals, keys, lines)
                }
            }
        }
        self.records = records
        self.refusals += refusals
        self.keys = keys
        numbers = chunk.firstNumber.map { first in lines.map { first + Int64($0) - 1 } } ?? []
    }

    init(_ text: [UInt8]) { self.init(Chunk(text: text, file: "test")) }
    init(_ text: String) { self.init(Array(text.utf8)) }

    private static func copy(_ view: RecordView) -> Read {
        unsafe Read(
            micros: view.stampMicroseconds, topic: Array(view.topic), payload: Array(view.payload), qos: view.qos,
            retain: view.retain, mid: view.mid)
    }

    private static func keys(_ view: RecordView) -> [String]? {
        guard view.fieldsError == 0, let base = unsafe view.fieldBase else { return nil }
        return unsafe view.fields.map { field in
            unsafe String(
                decoding: UnsafeBufferPointer(start: base + Int(field.key_at), count: Int(field.key_length)),
                as: UTF8.self)
        }
    }
}

/// The journal's line of a record, by the code under test.
func journalLine(
    _ payload: [UInt8], topic: String = "a/b", stamp: Int64 = 1_772_712_930_123, qos: UInt8 = 0, retain: Bool = false,
    mid: UInt16 = 0
) -> [UInt8] {
    var out: [UInt8] = []
    let line = JournalLine()
    let head = JournalLine.Head(stamp: Instant(milliseconds: stamp), qos: qos, retain: retain, mid: mid)
    unsafe Array(topic.utf8).withUnsafeBufferPointer { topic in
        unsafe payload.withUnsafeBufferPointer { unsafe line.append(head, topic: topic, payload: $0, to: &out) }
    }
    return out
}

/// A folder of its own for a test, removed when the test lets go of it.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/shouwang-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path): \(error)") }
    }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))) }
}

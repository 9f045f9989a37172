import Diagnostics
import Feeds
import FileIO
import Glibc
import Ledger
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import Terminal
import Timekeeping

/// A mark in the store while a new ledger is filled from the journal: interrupted, it is gone on with as if it had just
/// begun, or what was open would never be told.
///
/// It is written before the new file stands: a ledger that was replaced, with the power gone right after, looks like
/// one that was never damaged. The mark of a replacement that came to nothing costs a filling that changes nothing.
struct LedgerFilling {
    private let store: String
    private var path: String { store + "/filling" }

    init(store: String) { self.store = store }

    /// Notes that a ledger whose last record is this one is about to be put in place.
    func mark(_ applied: Int64) throws(LedgerError) {
        guard FileWriting.replace(path, with: Array("\(applied)".utf8)) == 0 else {
            throw LedgerError(.disk, path: path, detail: "the mark of a new ledger cannot be written")
        }
    }

    /// - Returns: the record behind which the ledger is to be filled; nil where it needs no filling.
    func begin(applied: Int64, end: Int64) throws -> Int64? {
        guard let marked = FileReading.all(path).flatMap({ Int64(String(decoding: $0, as: UTF8.self)) }) else {
            return nil
        }
        let from = min(marked, applied)
        guard end > from else {
            self.end()
            return nil
        }
        guard from != marked else { return from }
        do throws(LedgerError) { try mark(from) } catch {
            StandardError.say("\(error)")
            throw Exit.inputOutput
        }
        return from
    }

    func end() { unsafe unlink(path) }
}

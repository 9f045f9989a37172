import Diagnostics
import Ledger
import Logging
import RecordLog

extension JournalError {
    /// For people: what failed, and what to do.
    var phrase: LocalizedText {
        LocalizedText(
            zh: "原始流水无法保存（\(reason)），已暂停接收，消息由代理服务器暂存。\(remedy.zh)",
            en: "the journal cannot store (\(path): cannot \(step): \(reason)); intake pauses, the broker keeps what "
                + "comes. \(remedy.en)")
    }
}

extension Ledger {
    /// Marks the file as damaged, so that the next opening restores it; where even that fails the log has it.
    func markDamaged(_ why: String, _ log: Logger) {
        do throws(LedgerError) { try markDamaged(why) } catch { log.error("\(error)") }
    }
}

extension LedgerError {
    var phrase: LocalizedText {
        LocalizedText(zh: "\(what.zh)。\(remedy.zh)。", en: "\(what.en): \(remedy.en).")
    }
}

package import Diagnostics
import Glibc

/// What went wrong with the journal, in which file, at which step.
package struct JournalError: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var step: String
    /// The operating system's number (`errno`).
    package var code: Int32

    package init(path: String, step: String, code: Int32) {
        self.path = path
        self.step = step
        self.code = code
    }

    /// Of the call that has just failed.
    static func last(_ path: String, _ step: String) -> JournalError {
        JournalError(path: path, step: step, code: errno)
    }

    package var reason: String { unsafe String(cString: strerror(code)) }

    package var description: String { "\(path): cannot \(step): \(reason)" }

    /// What a person can do about it.
    package var remedy: LocalizedText {
        switch code {
        case ENOSPC, EDQUOT:
            LocalizedText(
                zh: "磁盘已满：请清理磁盘，或调小 store.journal.max / keep",
                en: "the disk is full: free some space, or lower store.journal.max or keep")
        case EROFS:
            LocalizedText(
                zh: "磁盘变为只读，常因存储损坏：请查看内核日志，检查或更换存储",
                en: "the disk is read-only, often since it is failing: look at the kernel's log, check or replace it")
        case EACCES, EPERM:
            LocalizedText(
                zh: "没有权限：请检查 store.path 的属主和权限",
                en: "no permission: check the owner and the mode of store.path")
        case EIO:
            LocalizedText(
                zh: "磁盘读写出错，存储可能已损坏：请备份并更换",
                en: "the disk reports an error and may be failing: make a backup and replace it")
        case EMFILE, ENFILE:
            LocalizedText(zh: "打开的文件过多：请调高文件数上限", en: "too many open files: raise the limit")
        default:
            LocalizedText(
                zh: "请检查 store.path 所在的磁盘", en: "check the disk that store.path is on")
        }
    }
}

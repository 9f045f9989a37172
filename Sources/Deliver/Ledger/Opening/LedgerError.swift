// SQLite's result codes and file attributes come through these two; no type of theirs leaves this target.
package import Diagnostics
import Foundation
import GRDB

/// Why the ledger could not do what it was asked: the file, what is wrong, and what a person can do about it.
///
/// Never carries a value that was to be stored, since values are people's data.
package struct LedgerError: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Another process holds the file; the same call may succeed later.
        case busy
        /// The file is no ledger, or its contents are broken.
        case damaged
        /// The file or its folder may not be opened or written.
        case permission
        /// The file or its file system is read-only.
        case readOnly
        /// The disk is full.
        case full
        /// The disk refused to read or write.
        case disk
        /// A newer program wrote this file; migrations go forward only.
        case newer
        /// The ledger was closed before.
        case closed
        /// SQLite refused for another reason, which is a fault of this program.
        case refused
    }

    package var kind: Kind
    package var path: String
    package var what: LocalizedText
    package var remedy: LocalizedText

    package init(_ kind: Kind, path: String, detail: String) {
        self.kind = kind
        self.path = path
        (what, remedy) = LedgerError.phrases(kind, detail: detail)
    }

    /// Any error that opening, reading or writing the file threw.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as LedgerError:
            self = error
        case let error as DatabaseError:
            let code = error.extendedResultCode.rawValue
            // SQLite's message names tables and columns, never values; the statement's arguments are left out.
            let detail = "SQLite \(code): \(error.message ?? "no message")"
            // The -shm cannot grow: in practice a full disk, and SQLite does not look why.
            let isFull = error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
            self.init(isFull ? .full : LedgerError.kind(error.resultCode), path: path, detail: detail)
        case is RowDecodingError:
            // What it says of itself shows values.
            self.init(.damaged, path: path, detail: "a value of another type than its column's")
        case let error as CocoaError:
            self.init(LedgerError.kind(error.code), path: path, detail: "file error \(error.code.rawValue)")
        default:
            self.init(.refused, path: path, detail: String(describing: type(of: error)))
        }
    }

    /// An error while opening: our own statements are right, so what SQLite cannot make sense of is the file's fault.
    init(opening error: any Error, path: String) {
        self.init(error, path: path)
        let code = (error as? DatabaseError)?.resultCode
        guard let code, [.SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA].contains(code) else {
            return
        }
        self.init(.damaged, path: path, detail: "SQLite \(code.rawValue)")
    }

    /// A call of the system that failed.
    init(errno: Int32, path: String, step: String) {
        let kind: Kind =
            switch errno {
            case ENOSPC, EDQUOT: .full
            case EROFS: .readOnly
            case EIO: .disk
            default: .permission
            }
        // Sound: the text is copied before another call can change it.
        let reason = unsafe String(cString: strerror(errno))
        self.init(kind, path: path, detail: "\(step): \(reason)")
    }

    private static func kind(_ code: CocoaError.Code) -> Kind {
        switch code {
        case .fileWriteOutOfSpace: .full
        case .fileWriteVolumeReadOnly: .readOnly
        case .fileReadUnknown, .fileWriteUnknown, .fileReadCorruptFile: .disk
        default: .permission
        }
    }

    private static func kind(_ code: ResultCode) -> Kind {
        switch code {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
        case .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH: .permission
        case .SQLITE_READONLY: .readOnly
        case .SQLITE_FULL: .full
        case .SQLITE_IOERR: .disk
        case .SQLITE_MISUSE: .closed
        default: .refused
        }
    }

    private static func phrases(_ kind: Kind, detail: String) -> (LocalizedText, LocalizedText) {
        switch kind {
        case .busy:
            (
                LocalizedText(zh: "台账被另一个进程占用（\(detail)）", en: "the ledger is held by another process (\(detail))"),
                LocalizedText(zh: "确认只运行一个 shouwang，稍后会重试", en: "make sure that one shouwang runs; it is tried again")
            )
        case .damaged:
            (
                LocalizedText(zh: "台账文件已损坏（\(detail)）", en: "the ledger is damaged (\(detail))"),
                LocalizedText(
                    zh: "重新启动 shouwang:它会把损坏的文件移开，从夜间备份恢复，没有备份时由日志重建",
                    en: "start shouwang again: it moves the file away and restores the nightly backup; without one "
                        + "it is rebuilt from the journal")
            )
        case .permission:
            (
                LocalizedText(zh: "无法打开或写入台账（\(detail)）", en: "the ledger cannot be opened or written (\(detail))"),
                LocalizedText(
                    zh: "检查文件夹是否存在，且归运行 shouwang 的用户所有",
                    en: "check that the folder exists and belongs to the user that runs shouwang")
            )
        case .readOnly:
            (
                LocalizedText(zh: "台账或其磁盘是只读的（\(detail)）", en: "the ledger or its disk is read-only (\(detail))"),
                LocalizedText(
                    zh: "检查存储卡是否出错变为只读，文件是否归运行 shouwang 的用户所有",
                    en: "check whether a failing card turned read-only, and that the file belongs to the user that "
                        + "runs shouwang")
            )
        case .full:
            (
                LocalizedText(zh: "磁盘已满（\(detail)）", en: "the disk is full (\(detail))"),
                LocalizedText(zh: "腾出空间，或调小保留天数", en: "make room, or keep records for fewer days")
            )
        case .disk:
            (
                LocalizedText(zh: "磁盘读写出错（\(detail)）", en: "the disk does not read or write (\(detail))"),
                LocalizedText(zh: "检查存储卡或硬盘，必要时更换", en: "check the card or disk, and replace it if need be")
            )
        case .newer:
            (
                LocalizedText(zh: "台账由更新的版本写成（\(detail)）", en: "a newer version wrote the ledger (\(detail))"),
                LocalizedText(zh: "使用不低于那个版本的 shouwang", en: "run that version of shouwang or a later one")
            )
        case .closed:
            (
                LocalizedText(zh: "台账已关闭（\(detail)）", en: "the ledger is closed (\(detail))"),
                LocalizedText(zh: "重新启动 shouwang", en: "start shouwang again")
            )
        case .refused:
            (
                LocalizedText(zh: "台账拒绝了这次操作（\(detail)）", en: "the ledger refused the operation (\(detail))"),
                LocalizedText(zh: "请把这一行报告给开发者", en: "please report this line")
            )
        }
    }
}

extension LedgerError: CustomStringConvertible {
    package var description: String { "\(path): \(what.en); \(remedy.en)" }
}

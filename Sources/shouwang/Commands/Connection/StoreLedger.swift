import ArgumentParser
import Diagnostics
import FileIO
import Foundation
import Glibc
import Ledger
import SiteConfiguration
import Terminal

/// The ledger of a configuration's store, for commands that write into it beside a daemon that runs or not: SQLite lets
/// two processes take turns.
struct StoreLedger {
    let settings: Settings

    private var path: String { settings.store.path + "/shouwang.sqlite" }

    /// Whether there is one, and this user may write it.
    var isOurs: Bool { unsafe access(path, R_OK | W_OK) == 0 }

    /// Opens it; where it is missing, one is made, by the store's owner alone: a file of another user's would keep the
    /// daemon from starting.
    /// - Throws: the way to end, after saying what is wrong.
    func open() throws -> Ledger {
        if unsafe access(path, F_OK) != 0 {
            try makeFolder()
            var status = stat()
            guard unsafe stat(settings.store.path, &status) == 0, status.st_uid == geteuid() else {
                throw fail(
                    LocalizedText(
                        zh: "\(path) 还没有，只能由 \(settings.store.path) 的所有者建立；请用守望的用户执行",
                        en:
                            "\(path) is not there yet, and the owner of \(settings.store.path) alone may make "
                            + "it; run this "
                            + "as the daemon's user"))
            }
        }
        do throws(LedgerError) { return try Ledger(path: path) } catch { throw fail(StoreLedger.phrase(error)) }
    }

    /// What a call of the ledger gives.
    /// - Throws: the way to end, after saying what is wrong.
    func use<Value>(_ body: () throws(LedgerError) -> Value) throws -> Value {
        do throws(LedgerError) { return try body() } catch { throw fail(StoreLedger.phrase(error)) }
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: settings.store.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw fail(
                LocalizedText(
                    zh: "建不了存储目录 \(settings.store.path)；请用守望的用户执行",
                    en: "the store's folder \(settings.store.path) cannot be made; run this as the daemon's user"))
        }
    }

    private static func phrase(_ error: LedgerError) -> LocalizedText {
        LocalizedText(
            zh: "\(error.path)：\(error.what.zh)；\(error.remedy.zh)",
            en: "\(error.path): \(error.what.en); \(error.remedy.en)")
    }

    private func fail(_ text: LocalizedText) -> ExitCode {
        StandardError.print(text.text(in: settings.site.language))
        return Exit.inputOutput
    }

    /// Who sits here, for the audit: `local:` and the user's name.
    static var person: String {
        let told = ProcessInfo.processInfo.environment["SUDO_USER"] ?? ""
        return "local:" + String((told.isEmpty ? NSUserName() : told).prefix(40))
    }
}

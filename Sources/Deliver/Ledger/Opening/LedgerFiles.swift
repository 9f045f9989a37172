import FileIO
import Foundation
import Timekeeping

/// The files around the ledger. Beside `shouwang.sqlite` and SQLite's own `-wal`, `-shm` and `-journal`:
///
/// `shouwang.sqlite.condemned`: the ledger was found damaged while it ran; inside stands what was found. The next
/// opening moves it aside. `shouwang.sqlite.damaged-000003-20260503`: what was moved aside, the last three.
/// `shouwang.sqlite.restoring`: a backup's copy that is not in place yet. In the folder of the backups
/// `ledger-000012-20260503.sqlite`, and `ledger.making` while one is made.
///
/// The number orders the names, since a clock that was wrong must not make the newest backup the oldest one; the date
/// is for people.
struct LedgerFiles {
    /// Damaged ledgers that are kept.
    static let asideMax = 3

    let path: String
    let backups: String

    var restoring: String { path + ".restoring" }
    private var name: String { (path as NSString).lastPathComponent }
    private var folder: String { LedgerFiles.folder(of: path) }

    /// What stands at the ledger's place before SQLite looks at it.
    enum Standing {
        /// Nothing, or an empty file with nothing beside it.
        case absent
        case present
        /// Not to be opened: SQLite would make an empty ledger out of it and throw its `-wal` away, or it is condemned.
        case unusable(LedgerError)
    }

    func standing() -> Standing {
        let files = FileManager.default
        if files.fileExists(atPath: path + ".condemned") {
            let why = files.contents(atPath: path + ".condemned") ?? Data()
            return .unusable(
                LedgerError(.damaged, path: path, detail: String(decoding: why.prefix(500), as: UTF8.self)))
        }
        let found = attributes(path)
        if found?[.type] as? FileAttributeType == .typeDirectory {
            return .unusable(LedgerError(.damaged, path: path, detail: "a folder stands in its place"))
        }
        if let found, found[.size] as? Int != 0 { return .present }
        if let wal = attributes(path + "-wal"), wal[.size] as? Int != 0 {
            return .unusable(LedgerError(.damaged, path: path, detail: "the file is empty, its -wal is not"))
        }
        return .absent
    }

    /// Moves the ledger and what belongs to it out of the way, and removes what was moved before the last three.
    /// - Returns: the new paths.
    func setAside(stamp: Instant) throws(LedgerError) -> [String] {
        let old = LedgerFiles.numbered(in: folder, prefix: name + ".damaged-")
        let number = (old.last?.number ?? 0) + 1
        let aside = path + ".damaged-" + LedgerFiles.label(number, stamp)
        var moved: [String] = []
        // The mark goes last: until then the next opening does the same again.
        for suffix in ["", "-wal", "-shm", "-journal", ".condemned"] {
            guard FileManager.default.fileExists(atPath: path + suffix) else { continue }
            try LedgerFiles.rename(path + suffix, to: aside + suffix)
            moved.append(aside + suffix)
        }
        try LedgerFiles.sync(folder)
        for (past, file) in old where past <= number - LedgerFiles.asideMax {
            try LedgerFiles.remove(folder + "/" + file)
        }
        return moved
    }

    /// Puts the checked copy of a backup in the ledger's place.
    func putInPlace() throws(LedgerError) {
        try LedgerFiles.sync(restoring)
        try LedgerFiles.rename(restoring, to: path)
        try LedgerFiles.sync(folder)
    }

    /// The backups in a folder, the oldest first.
    static func backups(in folder: String) -> [(number: Int, name: String)] {
        numbered(in: folder, prefix: "ledger-").filter { $0.name.hasSuffix(".sqlite") }
    }

    private func attributes(_ path: String) -> [FileAttributeKey: Any]? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            return nil  // Not there, or not to be looked at: opening it says why.
        }
    }

    // MARK: Files in general

    static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// `000012-20260503`.
    static func label(_ number: Int, _ stamp: Instant) -> String {
        let digits = String(number)
        let day = ISO8601.write(stamp, in: .utc).prefix(10).filter { $0 != "-" }
        return String(repeating: "0", count: max(6 - digits.count, 0)) + digits + "-" + day
    }

    /// Names that begin with a prefix and a number, in the order of their numbers. A folder that is not there is empty.
    static func numbered(in folder: String, prefix: String) -> [(number: Int, name: String)] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch { names = [] }
        return names.compactMap { name in
            guard name.hasPrefix(prefix) else { return nil }
            let digits = name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }
            // Above this no program of ours has counted, and one more would not fit.
            guard let number = Int(digits), number < Int(Int32.max) else { return nil }
            return (number, name)
        }.sorted { ($0.number, $0.name) < ($1.number, $1.name) }
    }

    /// Durably: the folder is synced as well.
    static func rename(_ from: String, to: String) throws(LedgerError) {
        let failure = FileWriting.move(from, to: to)
        guard failure == 0 else { throw LedgerError(errno: failure, path: from, step: "rename") }
    }

    /// Brings a file, or the names of a folder, to the disk.
    static func sync(_ path: String) throws(LedgerError) {
        let failure = FileWriting.sync(path)
        guard failure == 0 else { throw LedgerError(errno: failure, path: path, step: "fsync") }
    }

    /// Removes a file or folder; where there is none, nothing.
    static func remove(_ path: String) throws(LedgerError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch { throw LedgerError(error, path: path) }
    }

    /// Makes an empty file that only its owner may read, or takes the others' rights away; SQLite gives the files
    /// beside it the same mode. Never opens one that is there: closing it again would drop the locks that SQLite holds
    /// on it in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    static func makePrivate(_ path: String) throws(LedgerError) {
        // Sound: the texts live through the calls.
        let descriptor = unsafe Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            close(descriptor)
            return
        }
        guard errno == EEXIST else { throw LedgerError(errno: errno, path: path, step: "make") }
        for file in [path, path + "-wal", path + "-shm"] where FileManager.default.fileExists(atPath: file) {
            guard unsafe chmod(file, 0o600) == 0 else { throw LedgerError(errno: errno, path: file, step: "chmod") }
        }
    }
}

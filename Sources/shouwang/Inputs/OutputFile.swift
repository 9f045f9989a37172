import ArgumentParser
import CDispatch
import FileIO
import Glibc
import Terminal

/// A file that a command writes its result to.
///
/// A regular file, or one that is not there yet, is written aside, in the same folder, and takes the name at the end,
/// whole and synced: a command that fails leaves what was there. It has the owner and the mode of the file in whose
/// place it comes; where they cannot be kept, or the folder takes no new file, the file itself is written. A symbolic
/// link is followed and stays. A pipe or a device is written as it is, and `/dev/stdout` and `/dev/fd/N` are what they
/// lead to.
final class OutputFile {
    private let path: String
    /// Where the links lead.
    private let target: String
    /// The file aside; nil where the target is written itself.
    private var aside: String?
    private var descriptor: Int32 = -1
    private var failure: Int32 = 0

    init(path: String) throws {
        self.path = path
        target = OutputFile.target(of: path)
        if let number = OutputFile.descriptor(of: target) {
            descriptor = dup(number)
        } else {
            var status = stat()
            let isThere = unsafe stat(target, &status) == 0
            if !isThere || status.st_mode & S_IFMT == S_IFREG { openAside(isThere ? status : nil) }
            if descriptor < 0 {
                let flags = !isThere || status.st_mode & S_IFMT == S_IFREG ? O_CREAT | O_TRUNC : 0
                descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC | flags, 0o644)
            }
        }
        if descriptor < 0 { throw cannotWrite(errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let aside { unsafe unlink(aside) }
    }

    /// - Returns: false where it cannot be written any more.
    func write(_ bytes: [UInt8]) -> Bool {
        if failure == 0 { failure = FileWriting.all(bytes, to: descriptor) }
        return failure == 0
    }

    /// Puts the file in its place.
    func finish() throws {
        if failure == 0, aside != nil, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        descriptor = -1
        if failure == 0, let aside {
            failure = FileWriting.move(aside, to: target)
            if failure == 0 { self.aside = nil }
        }
        if failure == EPIPE { throw ExitCode.success }
        if failure != 0 { throw cannotWrite(failure) }
    }

    /// Ends the command where the file cannot be written any more; what was there before stays.
    func giveUp() -> Never {
        if let aside { unsafe unlink(aside) }
        exit(failure == EPIPE ? 0 : cannotWrite(failure).rawValue)
    }

    private func openAside(_ status: stat?) {
        let name = FileWriting.folder(of: target) + "/." + OutputFile.name(of: target) + ".\(getpid()).tmp"
        let made = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status == nil ? 0o644 : 0o600)
        guard made >= 0 else { return }
        if let status {
            var own = stat()
            unsafe fstat(made, &own)
            let isOwned =
                own.st_uid == status.st_uid && own.st_gid == status.st_gid
                || fchown(made, status.st_uid, status.st_gid) == 0
            let isKept = unsafe isOwned && fchmod(made, status.st_mode & 0o7777) == 0 && access(target, W_OK) == 0
            guard isKept else {
                close(made)
                unsafe unlink(name)
                return
            }
        }
        descriptor = made
        aside = name
    }

    private func cannotWrite(_ number: Int32) -> ExitCode {
        StandardError.say("\(path): cannot be written: \(FileWriting.reason(number)). \(FileWriting.remedy(number))")
        return Exit.inputOutput
    }

    // MARK: Paths

    private static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Follows the links of a path's last part, up to what need not be there.
    static func target(of path: String) -> String {
        var path = path
        // As many as the kernel follows.
        for _ in 0..<40 where descriptor(of: path) == nil {
            guard let link = link(path) else { break }
            path = link.hasPrefix("/") ? link : FileWriting.folder(of: path) + "/" + link
        }
        return path
    }

    private static func link(_ path: String) -> String? {
        var room = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        // Sound: one byte is left for the NUL at the end.
        let count = unsafe readlink(path, &room, room.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The number of a path that stands for one of the process's open files.
    private static func descriptor(of path: String) -> Int32? {
        for folder in ["/proc/self/fd/", "/dev/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }
}

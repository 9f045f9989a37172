import CDispatch
import FileIO
import Foundation
import Glibc
import Terminal
import Timekeeping

/// The store's folder and the small files in it.
package enum Store {
    /// Makes the folder, and those above it, for the daemon's user alone.
    static func makeFolder(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            if unsafe mkdir(made, 0o700) == 0 || errno == EEXIST { continue }
            StandardError.print(
                "\(path): the store's folder cannot be made: \(unsafe String(cString: strerror(errno))); check "
                    + "store.path and its owner"
            )
            throw Exit.inputOutput
        }
        guard unsafe access(path, W_OK | X_OK) == 0 else {
            StandardError.print(
                "\(path): the store's folder cannot be written: \(unsafe String(cString: strerror(errno))); check "
                    + "its owner"
            )
            throw Exit.inputOutput
        }
    }

    package static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let n = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { return n == 0 ? bytes : nil }
            bytes.append(contentsOf: buffer[..<n])
        }
    }

    /// Writes a small file so that either the old or the new content stands, whenever the power goes.
    static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let aside = path + ".new"
        let descriptor = unsafe open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Sound: the array lives through the call.
        guard unsafe bytes.withUnsafeBytes({ unsafe FileWriting.all($0, to: descriptor) }) == 0 else { return false }
        return unsafe fsync(descriptor) == 0 && rename(aside, path) == 0
    }

    /// Bytes of a block of the file system that a folder is on; 0 where it cannot be told.
    static func blockSize(_ folder: String) -> Int {
        var status = statvfs()
        return unsafe statvfs(folder, &status) == 0 ? Int(status.f_bsize) : 0
    }

    /// Makes a folder's names durable.
    static func syncFolder(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// The names in a folder, sorted; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch { return [] }
    }

    /// Removes a folder of plain files.
    static func removeFolder(_ path: String) {
        for name in names(in: path) { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    /// When a file was changed last, seconds since 1970; 0 where it is not there.
    static func changedAt(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
    }

    /// A path without links and dots; itself where there is no such file.
    static func realPath(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

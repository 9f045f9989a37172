import CDispatch
import FileIO
import Foundation
import Glibc
import Terminal
import Timekeeping

/// The store's folder and the small files in it.
package enum Store {
    /// Makes the folder, and those above it, for the daemon's user alone.
    package static func makeFolder(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            if unsafe mkdir(made, 0o700) == 0 || errno == EEXIST { continue }
            StandardError.say(
                "\(path): the store's folder cannot be made: \(unsafe String(cString: strerror(errno))); check "
                    + "store.path and its owner"
            )
            throw Exit.inputOutput
        }
        guard unsafe access(path, W_OK | X_OK) == 0 else {
            StandardError.say(
                "\(path): the store's folder cannot be written: \(unsafe String(cString: strerror(errno))); check "
                    + "its owner"
            )
            throw Exit.inputOutput
        }
    }

    /// Bytes of a block of the file system that a folder is on; 0 where it cannot be told.
    package static func blockSize(_ folder: String) -> Int {
        var status = statvfs()
        return unsafe statvfs(folder, &status) == 0 ? Int(status.f_bsize) : 0
    }

    /// The names in a folder, sorted; none where it cannot be read.
    package static func names(in folder: String) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch { return [] }
    }

    /// Removes a folder of plain files.
    package static func removeFolder(_ path: String) {
        for name in names(in: path) { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    /// When a file was changed last, seconds since 1970; 0 where it is not there.
    package static func changedAt(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
    }

    /// A path without links and dots; itself where there is no such file.
    package static func realPath(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

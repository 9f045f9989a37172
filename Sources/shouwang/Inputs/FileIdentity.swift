import CDispatch
import Community
import Glibc
import SiteConfiguration

/// Which file it is, whatever it is called: links of both kinds and other spellings of a path lead to the same one.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let number: UInt64

    private init?(_ status: stat, _ kinds: [mode_t]) {
        guard kinds.contains(status.st_mode & S_IFMT) else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// - Returns: nil for what is not there, and for devices: a terminal or /dev/null may be both.
    init?(path: String, kinds: [mode_t] = [S_IFREG, S_IFIFO, S_IFBLK]) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status, kinds)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status, [S_IFREG])
    }

    static func folder(_ path: String) -> FileIdentity? { FileIdentity(path: path, kinds: [S_IFDIR]) }
}

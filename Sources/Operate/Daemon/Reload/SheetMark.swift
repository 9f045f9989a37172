import CDispatch
import Community
import Diagnostics
import Glibc
import SiteConfiguration
import Timekeeping

/// By what it shows that a sheet was written to.
struct SheetMark: Equatable {
    private var name: String
    private var size: Int64
    private var seconds: Int
    private var nanoseconds: Int
    private var file: UInt64

    static func all(in folder: String) -> [SheetMark] {
        SheetKind.allCases.compactMap { kind in
            var status = stat()
            guard unsafe stat(folder + "/" + kind.fileName, &status) == 0 else { return nil }
            return SheetMark(
                name: kind.fileName, size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec, file: UInt64(status.st_ino))
        }
    }
}

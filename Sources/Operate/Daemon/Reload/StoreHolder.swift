import FileIO
import Foundation
import Glibc

/// Whose a store is now.
package enum StoreHolder: Equatable, Sendable {
    case nobody
    case process(Int32)
    /// The lock cannot be looked at.
    case unknown(errno: Int32)

    /// Asks the store's lock, without taking it from a daemon that starts: who is dead is not asked for.
    package static func of(_ store: String) -> StoreHolder {
        let descriptor = unsafe open(store + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .nobody : .unknown(errno: errno) }
        defer { close(descriptor) }
        let text = String(decoding: FileReading.all(store + "/lock") ?? [], as: UTF8.self)
        guard let process = Int32(text.prefix { $0.isNumber }), process > 1,
            kill(process, 0) == 0 || errno == EPERM
        else { return .nobody }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .nobody }
        return errno == EWOULDBLOCK ? .process(process) : .unknown(errno: errno)
    }
}

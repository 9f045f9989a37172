import Glibc

/// A lock file for one MQTT client id, or for one store. Two daemons with one id kick each other out of the broker for
/// ever (measured: six takeovers in six seconds), and two with one store write into each other's journal, so the second
/// one must not even start.
///
/// The lock is flock(2) on `{folder}/mqtt-{id}.lock`, or on `{store}/lock`, whose text is the holder's process id. It
/// ends with the value, or with the process however that ends. The file stays: removing it would let two processes lock
/// two files of one name.
package struct ClientLock: ~Copyable, Sendable {
    package enum Problem: Error, Equatable, Sendable {
        /// Another process (nil: one that has not written its number yet) has this client id in use.
        case held(clientID: String, by: Int32?)
        /// The same of a store, whatever the client ids.
        case storeHeld(folder: String, by: Int32?)
        /// The id makes a file name longer than a file system takes (255 bytes).
        case nameTooLong(clientID: String)
        case unusable(path: String, errno: Int32)
    }

    package let path: String
    private let descriptor: Int32

    /// - Parameter folder: exists and is writable; by convention the store's folder.
    package init(clientID: String, folder: String) throws(Problem) {
        let name = "mqtt-" + ClientLock.fileName(clientID) + ".lock"
        guard name.utf8.count <= 255 else { throw .nameTooLong(clientID: clientID) }
        let path = folder + "/" + name
        descriptor = try ClientLock.locked(path) { .held(clientID: clientID, by: $0) }
        self.path = path
    }

    /// One daemon a store.
    /// - Parameter folder: exists and is writable.
    package init(store folder: String) throws(Problem) {
        let path = folder + "/lock"
        descriptor = try ClientLock.locked(path) { .storeHeld(folder: folder, by: $0) }
        self.path = path
    }

    deinit { Glibc.close(descriptor) }

    /// Gives the id, or the store, free.
    package consuming func close() {}

    /// Opens a file and locks it.
    /// - Parameter held: the problem where the process of that number has the lock.
    private static func locked(_ path: String, held: (Int32?) -> Problem) throws(Problem) -> Int32 {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unusable(path: path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let why = errno
            let holder = ClientLock.holder(descriptor)
            Glibc.close(descriptor)
            throw why == EWOULDBLOCK ? held(holder) : .unusable(path: path, errno: why)
        }
        let text = Array("\(getpid())\n".utf8)
        // Sound: the buffer is valid for the call and its own count bounds what is read.
        let written = unsafe text.withUnsafeBytes { bytes in
            unsafe ftruncate(descriptor, 0) == 0 ? pwrite(descriptor, bytes.baseAddress, bytes.count, 0) : -1
        }
        guard written == text.count else {
            let why = errno
            Glibc.close(descriptor)
            throw .unusable(path: path, errno: why)
        }
        return descriptor
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        // Sound: at most the array's own 16 bytes are written.
        let count = unsafe text.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: text[..<count].prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self))
    }

    /// Bytes that are not letters, digits, `-`, `_` or `.` become `%` and two hex digits, so that no id leaves the
    /// folder and no two ids share a file.
    private static func fileName(_ clientID: String) -> String {
        var name = ""
        for byte in clientID.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return name
    }
}

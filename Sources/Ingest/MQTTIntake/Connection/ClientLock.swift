import FileIO
import Glibc
import Vocabulary

/// A lock for one MQTT client id at one broker, or for one store. Two daemons with one id kick each other out of the
/// broker for ever (measured: six takeovers in six seconds), and each message reaches only one of them; two with one
/// store write into each other's journal. So the second one must not even start.
///
/// A store is locked by flock(2) on `{store}/lock`, whose text is the holder's process id. The file stays: removing it
/// would let two processes lock two files of one name. A client id is locked by a name in the system's abstract
/// namespace of sockets, which everybody on the machine sees, whatever the store and whoever has a `/tmp` of its own
/// (systemd's PrivateTmp); a container with a network of its own does not. A second name tells the holder's process.
/// Both locks end with the value, or with the process however that ends.
package struct ClientLock: ~Copyable, Sendable {
    package enum Problem: Error, Equatable, Sendable {
        /// Another process (nil: one that cannot be told) has this client id in use at this broker.
        case held(clientID: String, by: Int32?)
        /// The same of a store, whatever the client ids.
        case storeHeld(folder: String, by: Int32?)
        case unusable(path: String, errno: Int32)
    }

    private let descriptors: [Int32]

    /// Locks client ids at a broker: all of them or none. Asks for the broker's address, for at most two seconds.
    package init(clientIDs: [String], host: String, port: UInt16) throws(Problem) {
        try self.init(clientIDs: clientIDs, places: BrokerPlaces.names(of: host), port: port)
    }

    /// - Parameter places: names of one broker; two daemons that share one share the broker.
    init(clientIDs: [String], places: [String], port: UInt16) throws(Problem) {
        var held: [Int32] = []
        do throws(Problem) {
            for id in clientIDs {
                for place in places.sorted() { held += try ClientLock.locked(id, AbstractName(place, port, id)) }
            }
        } catch {
            for descriptor in held { Glibc.close(descriptor) }
            throw error
        }
        descriptors = held
    }

    /// Locks nothing.
    package init() { descriptors = [] }

    /// One daemon a store.
    /// - Parameter folder: exists and is writable.
    package init(store folder: String) throws(Problem) {
        descriptors = [try ClientLock.locked(folder)]
    }

    deinit { for descriptor in descriptors { Glibc.close(descriptor) } }

    /// Gives the ids, or the store, free.
    package consuming func close() {}

    private static func locked(_ id: String, _ name: AbstractName) throws(Problem) -> [Int32] {
        let lock = name.bind()
        guard lock.descriptor >= 0 else {
            throw lock.errno == EADDRINUSE
                ? .held(clientID: id, by: name.holder) : .unusable(path: "@" + name.text, errno: lock.errno)
        }
        // Where the second cannot be had, the lock holds all the same; only its holder is not told.
        let mark = name.of(process: getpid()).bind()
        return [lock.descriptor] + (mark.descriptor >= 0 ? [mark.descriptor] : [])
    }

    /// Opens a store's lock file and locks it.
    private static func locked(_ folder: String) throws(Problem) -> Int32 {
        let path = folder + "/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unusable(path: path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let why = errno
            let holder = ClientLock.holder(descriptor)
            Glibc.close(descriptor)
            throw why == EWOULDBLOCK ? .storeHeld(folder: folder, by: holder) : .unusable(path: path, errno: why)
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
}

/// A name in the abstract namespace of sockets (unix(7)): it exists while a socket is bound to it.
struct AbstractName {
    /// A name has at most 107 bytes; `#` and a process id are put behind some.
    private static let bytesMax = 95

    let text: String

    /// Bytes of place and id that are not letters, digits, `-`, `_` or `.` become `%` and two hex digits, so that no
    /// two ids share a name; of what is too long, a hash stands for the end.
    init(_ place: String, _ port: UInt16, _ clientID: String) {
        let whole = "shouwang/mqtt/\(AbstractName.plain(place))/\(port)/" + AbstractName.plain(clientID)
        guard whole.utf8.count > AbstractName.bytesMax else {
            text = whole
            return
        }
        // FNV-1a, 64 bits.
        let hash = whole.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        text =
            String(decoding: whole.utf8.prefix(AbstractName.bytesMax - 17), as: UTF8.self) + "~"
            + String(hash, radix: 16)
    }

    private init(text: String) { self.text = text }

    func of(process: Int32) -> AbstractName { AbstractName(text: text + "#\(process)") }

    /// - Returns: a socket that holds the name; -1 and the reason where it cannot be had.
    func bind() -> (descriptor: Int32, errno: Int32) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return (-1, Glibc.errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The NUL in front makes it abstract.
        let path = [0] + Array(text.utf8)
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        // Sound: at most 107 bytes, see above, stand behind `start`; the address lives through the call.
        unsafe withUnsafeMutableBytes(of: &address) { raw in
            for (index, byte) in path.prefix(raw.count - start).enumerated() { unsafe raw[start + index] = byte }
        }
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.bind(descriptor, address, socklen_t(start + path.count))
            }
        }
        guard code != 0 else { return (descriptor, 0) }
        let why = Glibc.errno
        close(descriptor)
        return (-1, why)
    }

    /// The process that holds it, as the second name tells.
    var holder: Int32? {
        let mark = "@" + text + "#"
        for line in AbstractName.sockets.split(separator: "\n") {
            guard let range = line.firstRange(of: mark), let id = Int32(line[range.upperBound...]) else { continue }
            return id
        }
        return nil
    }

    /// The system's list of sockets; empty where it cannot be read.
    private static var sockets: String {
        String(decoding: FileReading.all("/proc/self/net/unix") ?? [], as: UTF8.self)
    }

    private static func plain(_ clientID: String) -> String {
        var name = ""
        for byte in clientID.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                name += "%" + Hex.string([byte])
            }
        }
        return name
    }
}

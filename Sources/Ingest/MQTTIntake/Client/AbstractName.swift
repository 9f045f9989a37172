import FileIO
import Glibc
import Vocabulary

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

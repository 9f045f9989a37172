import Glibc

/// The loops that read files and descriptors: interrupted calls are made again, and a part is never taken for the
/// whole.
package enum FileReading {
    /// One part, as the system hands it over.
    /// - Returns: its bytes, 0 at the end, −1 with `errno` set.
    package static func part(of descriptor: Int32, into room: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = unsafe read(descriptor, room.baseAddress, room.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// So many bytes from an offset; nil where there are fewer, or they cannot be read.
    package static func bytes(of descriptor: Int32, from offset: Int, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            // Sound: what is left of the array is what may be written.
            let n = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe pread(descriptor, room.baseAddress.map { unsafe $0 + have }, count - have, offset + have)
            }
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { return nil }
            have += n
        }
        return bytes
    }

    /// A whole file; nil where there is none, or it cannot be read. For files of this program: people's own files are
    /// read with a bound and a reason (``FileBytes``).
    package static func all(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe room.withUnsafeMutableBytes { unsafe part(of: descriptor, into: $0) }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes.append(contentsOf: room[..<count])
        }
    }
}

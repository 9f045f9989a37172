import Glibc

/// A port of 127.0.0.1 that is bound and not listened on: a connection is refused, and nobody else can get the port.
struct BoundPort {
    let number: UInt16
    let descriptor: Int32

    struct Failure: Error { var errno: Int32 }

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let own = descriptor
        // Sound: a sockaddr_in is a sockaddr of the length told, and is used during the calls alone.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe bind(own, general, length) == 0 && getsockname(own, general, &length) == 0
            }
        }
        guard isBound else { throw Failure(errno: errno) }
        number = UInt16(bigEndian: address.sin_port)
    }

    func release() { close(descriptor) }
}

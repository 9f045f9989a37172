import Dispatch
import Glibc
import Synchronization

/// Under which names a broker is known: two addresses that lead to one broker share one.
enum BrokerPlaces {
    /// The place of every broker on this machine, by whichever of its addresses it is reached.
    static let here = "here"

    /// The name as it is written, and its addresses in numbers, as far as they can be told within two seconds: a box
    /// whose network is not up yet starts all the same.
    static func names(of host: String) -> [String] {
        let bare = host.lowercased().drop { $0 == "[" }.prefix { $0 != "]" }
        let name = String(bare.hasSuffix(".") ? bare.dropLast() : bare)
        let found = Found()
        _ = SessionThread(name: "broker-places") { found.set(BrokerPlaces.addresses(of: name)) }
        let addresses = found.wait(seconds: 2)
        let own = ownAddresses()
        return Array(Set(["name=" + name] + addresses.map { isOwn($0, own) ? here : $0 })).sorted()
    }

    private static func isOwn(_ address: String, _ own: Set<String>) -> Bool {
        address == "::1" || address == "::" || address == "0.0.0.0" || address.hasPrefix("127.")
            || own.contains(address)
    }

    /// Every address of a name, in numbers; none where it is not known.
    private static func addresses(of name: String) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        // Sound: on success the list is valid until it is freed, below; nothing of it is kept.
        guard unsafe getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { unsafe freeaddrinfo(first) }
        var found: [String] = []
        var next = unsafe first
        while let info = unsafe next {
            if let address = unsafe info.pointee.ai_addr,
                let text = unsafe numbers(of: address, length: info.pointee.ai_addrlen)
            {
                found.append(text)
            }
            unsafe next = info.pointee.ai_next
        }
        return found
    }

    /// The addresses of this machine's own interfaces.
    private static func ownAddresses() -> Set<String> {
        var first: UnsafeMutablePointer<ifaddrs>?
        // Sound: as above.
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var found: Set<String> = []
        var next = unsafe first
        while let interface = unsafe next {
            if let address = unsafe interface.pointee.ifa_addr {
                let family = unsafe Int32(address.pointee.sa_family)
                let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
                if family == AF_INET || family == AF_INET6,
                    let text = unsafe numbers(of: address, length: socklen_t(length))
                {
                    found.insert(text)
                }
            }
            unsafe next = interface.pointee.ifa_next
        }
        return found
    }

    /// Without the interface of a link-local address, and an IPv4 address as IPv4 however it is wrapped.
    private static func numbers(of address: UnsafeMutablePointer<sockaddr>, length: socklen_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 1025)
        // Sound: at most the buffer's own size is written, and the address has `length` bytes.
        let code = unsafe getnameinfo(
            address, length, &buffer, socklen_t(buffer.count), nil, 0, Int32(NI_NUMERICHOST))
        guard code == 0 else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bare = String(text.prefix { $0 != "%" })
        return bare.hasPrefix("::ffff:") ? String(bare.dropFirst(7)) : bare
    }

    /// What another thread finds out, for one who waits no longer than he wants.
    private final class Found: Sendable {
        private let names = Mutex<[String]>([])
        private let signal = DispatchSemaphore(value: 0)

        func set(_ names: [String]) {
            self.names.withLock { $0 = names }
            signal.signal()
        }

        func wait(seconds: Double) -> [String] {
            _ = signal.wait(timeout: .now() + seconds)
            return names.withLock { $0 }
        }
    }
}

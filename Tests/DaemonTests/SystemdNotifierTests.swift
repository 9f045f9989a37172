import Foundation
import Testing

@testable import Daemon

@Suite struct SystemdNotifierTests {
    /// A datagram socket as systemd has one.
    private final class Listener {
        let path: String
        let descriptor: Int32

        init() throws {
            path = FileManager.default.temporaryDirectory.path + "/notify-\(UUID().uuidString.prefix(8))"
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            unsafe withUnsafeMutableBytes(of: &name.sun_path) { raw in
                for (index, byte) in bytes.enumerated() { unsafe raw[index] = byte }
            }
            let bound = unsafe withUnsafePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0)
        }

        deinit {
            close(descriptor)
            unsafe unlink(path)
        }

        func next() -> String {
            var room = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &room, room.count, Int32(MSG_DONTWAIT))
            return count > 0 ? String(decoding: room[..<count], as: UTF8.self) : ""
        }
    }

    @Test func `the manager hears what systemd understands`() throws {
        let listener = try Listener()
        let manager = SystemdNotifier(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "60000000"])
        #expect(manager.watchdogSeconds == 60)
        manager.send(.ready(status: "watching"))
        #expect(listener.next() == "READY=1\nSTATUS=watching")
        manager.send(.alive)
        #expect(listener.next() == "WATCHDOG=1")
        manager.send(.reloading)
        #expect(listener.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        manager.send(.stopping)
        #expect(listener.next() == "STOPPING=1\nSTATUS=stopping")
    }

    @Test func `without a manager, and with one that went away, nothing happens`() {
        SystemdNotifier(environment: [:]).send(.alive)
        SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"]).send(.alive)
        SystemdNotifier(environment: ["NOTIFY_SOCKET": "@" + String(repeating: "x", count: 200)]).send(.alive)
        #expect(SystemdNotifier(environment: ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]).watchdogSeconds == nil)
    }
}

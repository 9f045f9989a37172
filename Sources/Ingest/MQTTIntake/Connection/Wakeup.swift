import CMosquitto
import Glibc

/// Interrupts a poll(2) from another thread: an eventfd. Only its number is kept, so it is safe to share; the kernel
/// orders the rest. The descriptor lives as long as the value.
final class Wakeup: Sendable {
    let descriptor: Int32

    init() {
        descriptor = shouwang_eventfd()
        precondition(descriptor >= 0, "The process has no file descriptor left for its MQTT session.")
    }

    deinit { close(descriptor) }

    func signal() {
        var one: UInt64 = 1
        // Sound: eight bytes of a local are read. A full counter (EAGAIN) means that the signal is already there.
        _ = unsafe write(descriptor, &one, 8)
    }

    func drain() {
        var count: UInt64 = 0
        // Sound: eight bytes of a local are written. EAGAIN means that nothing was signalled.
        _ = unsafe read(descriptor, &count, 8)
    }

    struct Result {
        /// ``signal()`` was called since the last wait.
        var woken: Bool
        /// What poll(2) told about the socket; 0 for nothing.
        var socket: Int16
        var isTimeout: Bool { !woken && socket == 0 }
    }

    /// Waits for a signal or the socket.
    /// - Parameters:
    ///   - socket: -1 waits for the signal alone (poll(2) skips negative descriptors).
    ///   - timeout: in milliseconds; below 0 counts as 0.
    func wait(socket: Int32, events: Int16, timeout: Int64) -> Result {
        var descriptors: [2 of pollfd] = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: events, revents: 0),
        ]
        let milliseconds = Int32(clamping: max(timeout, 0))
        var span = descriptors.mutableSpan
        // Sound: the two entries live on this stack frame for the whole call. EINTR counts as nothing having come.
        _ = unsafe span.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, 2, milliseconds) }
        let woken = descriptors[0].revents != 0
        if woken { drain() }
        return Result(woken: woken, socket: descriptors[1].revents)
    }
}

import Glibc

/// The loop that writes all of a buffer, and the words for what stops it.
package enum FileWriting {
    /// - Returns: 0, or the error's number.
    package static func all(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        guard let base = bytes.baseAddress else { return 0 }
        var at = 0
        while at < bytes.count {
            let n = unsafe Glibc.write(descriptor, base + at, bytes.count - at)
            if n > 0 {
                at += n
            } else if n == 0 {
                return EIO
            } else if errno == EAGAIN {
                // Somebody else has set the pipe or terminal to answer at once: wait until it takes more.
                var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe _ = poll(&one, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    package static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

    /// What to do about it.
    package static func remedy(_ number: Int32) -> String {
        switch number {
        case ENOSPC: "Free space on that disk, or write to another one"
        case EDQUOT: "The quota is used up: delete something, or write elsewhere"
        case EFBIG: "The file would be larger than is allowed (ulimit -f): write to several files"
        case EACCES, EPERM: "Take a folder that you may write to, or run the command as the folder's owner"
        case EROFS: "The disk is mounted read-only: write to another one"
        case ENOENT: "Make the folder first"
        case EISDIR: "Name a file in that folder"
        case EBADF: "It is closed: run the command with its output open, or send it to a file"
        case EIO, ENXIO: "Look at the disk or the device, and at dmesg"
        default: "Write to another place"
        }
    }
}

import Glibc

/// The loop that writes all of a buffer, files that are replaced whole, and the words for what stops it. What fails
/// gives the system's number (`errno`); 0 is success.
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

    /// The same for an array.
    package static func all(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        // Sound: the array lives through the call.
        unsafe bytes.withUnsafeBytes { unsafe all($0, to: descriptor) }
    }

    /// Puts a file with this content in the place of what was there, so that either the old or the new content stands,
    /// whenever the power goes: written aside, synced, renamed, the folder synced.
    /// - Parameter mode: of the new file.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) -> Int32 {
        let aside = path + ".new"
        let descriptor = unsafe open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return errno }
        var failure = all(bytes, to: descriptor)
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        return failure == 0 ? move(aside, to: path) : failure
    }

    /// Gives a synced file or folder another name in its folder, durably.
    package static func move(_ path: String, to target: String) -> Int32 {
        guard unsafe rename(path, target) == 0 else { return errno }
        return sync(folder(of: target))
    }

    /// Brings a file's content, or the names of a folder, to the disk.
    package static func sync(_ path: String) -> Int32 {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return fsync(descriptor) == 0 ? 0 : errno
    }

    /// The folder that a path stands in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
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

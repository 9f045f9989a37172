import ArgumentParser
import Glibc

/// The exit codes of the contract (sysexits.h, and 1).
enum Exit {
    static let differs = ExitCode(1)
    static let badData = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let inputOutput = ExitCode(74)
    static let configuration = ExitCode(78)
}

/// What a command says besides its result; results alone go to standard output.
enum Talk {
    static func say(_ text: String) { write(text + "\n", to: 2) }

    /// Writes all of a text; a closed pipe ends the command by its signal, other errors are nobody's to tell.
    static func write(_ text: String, to descriptor: Int32) {
        var copy = text
        copy.withUTF8 { unsafe writeAll($0, to: descriptor) }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        unsafe bytes.withUnsafeBufferPointer { unsafe writeAll($0, to: descriptor) }
    }

    private static func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
        guard let base = bytes.baseAddress else { return }
        var at = 0
        while at < bytes.count {
            let n = unsafe Glibc.write(descriptor, base + at, bytes.count - at)
            if n < 0, errno == EINTR { continue }
            if n <= 0 { return }
            at += n
        }
    }

    static var isTerminal: Bool { isatty(2) == 1 }
}

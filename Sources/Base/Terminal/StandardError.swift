import ArgumentParser
import FileIO
import Glibc
import Synchronization

/// What a command says besides its result; results alone go to standard output.
///
/// The one piece through which all commands write to both. A result that cannot be written is never passed over: the
/// command ends there, with the cause, the remedy and 74. Where whoever read it has gone (`| head`) it ends as any
/// filter does, by SIGPIPE, without a word.
package enum StandardError {
    private struct Output {
        /// Of standard output; 0 while it can be written.
        var failure: Int32 = 0
        var whenFailed: (@Sendable () -> Void)?
    }

    private static let output = Mutex(Output())

    package static func print(_ text: String) { write(text + "\n", to: 2) }

    /// Writes all of a text.
    package static func write(_ text: String, to descriptor: Int32) {
        var copy = text
        copy.withUTF8 { unsafe writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    package static func write(_ bytes: [UInt8], to descriptor: Int32) {
        unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        guard descriptor == 1 else {
            // Of what standard error cannot take nobody can be told.
            _ = unsafe FileWriting.all(bytes, to: descriptor)
            return
        }
        if output.withLock({ $0.failure }) != 0 { return }
        let failure = unsafe FileWriting.all(bytes, to: descriptor)
        if failure != 0 { outputFailed(failure) }
    }

    // MARK: A standard output that fails

    /// For commands that have something to put in order before they end: called once, in place of the end; the command
    /// then throws what ``outputEnd()`` gives.
    package static func whenOutputFails(_ body: @escaping @Sendable () -> Void) {
        output.withLock { $0.whenFailed = body }
    }

    /// Standard output cannot be written any more.
    package static func outputFailed(_ failure: Int32) {
        let body = output.withLock { output -> (@Sendable () -> Void)? in
            guard output.failure == 0 else { return {} }
            output.failure = failure
            return output.whenFailed
        }
        if let body { return body() }
        if failure == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            // Where this thread does not take signals.
            exit(128 + SIGPIPE)
        }
        printFailure(failure)
        exit(Exit.inputOutput.rawValue)
    }

    /// Ends a command whose standard output failed: as done where the reader has gone, who had all he wanted.
    package static func outputEnd() throws {
        let failure = output.withLock { $0.failure }
        guard failure != 0 else { return }
        if failure == EPIPE { throw ExitCode.success }
        printFailure(failure)
        throw Exit.inputOutput
    }

    private static func printFailure(_ failure: Int32) {
        print(
            "standard output cannot be written: \(FileWriting.reason(failure)); the result is not complete. "
                + FileWriting.remedy(failure))
    }

    package static var isTerminal: Bool { isatty(2) == 1 }
}

import Foundation
import Glibc
import Synchronization

extension Process {
    /// Runs it to its end.
    /// - Parameter input: its standard input.
    /// - Returns: the exit code, standard output and standard error.
    func outcome(of input: String) throws -> (code: Int32, output: String, talk: String) {
        let (output, talk, stdin) = (Pipe(), Pipe(), Pipe())
        standardOutput = output
        standardError = talk
        standardInput = stdin
        try run()
        // What the command does not read is nobody's.
        signal(SIGPIPE, SIG_IGN)
        if !input.isEmpty { try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try stdin.fileHandleForWriting.close()
        // Both pipes are emptied at once: a full one would stop the command.
        let collected = Mutex(Data())
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            let data = talk.fileHandleForReading.readDataToEndOfFile()
            collected.withLock { $0 = data }
        }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        waitUntilExit()
        return (
            terminationStatus, String(decoding: text, as: UTF8.self),
            String(decoding: collected.withLock { $0 }, as: UTF8.self)
        )
    }
}

import Alerts
import Pipeline
import RecordLog
import Terminal
import Timekeeping

/// Where `replay` writes its changes, one JSON object a line.
final class AlertOutput {
    private let file: OutputFile?
    private let isStandard: Bool
    private var buffer: [UInt8] = []

    /// - Parameter path: `-` is standard output; nil: nowhere.
    init(path: String?) throws {
        isStandard = path == "-"
        file = if let path, path != "-" { try OutputFile(path: path) } else { nil }
    }

    func write(_ line: [UInt8]) {
        guard isStandard || file != nil else { return }
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        if buffer.count > 1 << 16 { flush() }
    }

    private func flush() {
        if let file {
            // What is still to come has nowhere to go.
            if !file.write(buffer) { file.giveUp() }
        } else if isStandard {
            StandardError.write(buffer, to: 1)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; a full disk ends the command with 74 rather than with half a file and success.
    func finish() throws {
        flush()
        try file?.finish()
    }
}

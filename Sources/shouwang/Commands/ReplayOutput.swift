import Alerts
import Pipeline
import RecordLog
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
            Talk.write(buffer, to: 1)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; a full disk ends the command with 74 rather than with half a file and success.
    func finish() throws {
        flush()
        try file?.finish()
    }
}

/// Rate, per cent and time left on a terminal; silent when piped.
struct ProgressMeter {
    private let total: Int
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var hasShown = false

    init(total: Int) { self.total = total }

    var elapsed: Double { ProgressMeter.seconds(ContinuousClock.now - started) }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    mutating func update(bytes: Int, clock: Instant) {
        guard Talk.isTerminal, ProgressMeter.seconds(ContinuousClock.now - shown) > 0.2 else { return }
        shown = ContinuousClock.now
        hasShown = true
        let rate = Double(bytes) / elapsed
        var line = "\r\(bytes >> 20) MB, \(Int(rate) >> 20) MB/s"
        if total > 0 {
            line += ", \(min(100, bytes * 100 / total)) %, \(Int(Double(max(total - bytes, 0)) / max(rate, 1))) s left"
        }
        Talk.write(line + ", at \(ISO8601.write(clock, in: .utc))    ", to: 2)
    }

    func end() { if hasShown { Talk.write("\r\u{1B}[K", to: 2) } }
}

/// What a replay says at its end.
struct ReplayReport {
    let summary: Replay.Summary
    let seconds: Double
    let zone: Zone

    var text: String {
        let counters = summary.counters
        var lines = ["records     \(counters.records)" + span]
        lines.append("observations \(counters.observations)")
        if counters.redelivered > 0 { lines.append("redelivered \(counters.redelivered)") }
        if counters.unknownDevices > 0 {
            lines.append("from devices that the registry does not know: \(counters.unknownDevices)")
        }
        lines.append("alerts raised " + counts(summary.raised))
        lines.append("changes     " + counts(summary.changes))
        lines.append(
            "refused     \(summary.refusedCount)" + (counters.refused.isEmpty ? "" : ": " + counts(counters.refused)))
        for (file, refusal) in summary.refusals {
            let topic = refusal.topic.isEmpty ? "" : " (\(refusal.topic))"
            lines.append("  \(file):\(refusal.line): \(refusal.code): \(refusal.detail)\(topic)")
        }
        if summary.refusedCount > summary.refusals.count {
            lines.append("  … and \(summary.refusedCount - summary.refusals.count) more")
        }
        lines += unusable
        let rate = seconds > 0 ? Int(Double(counters.records) / seconds) : 0
        lines.append("time        \(hundredths(seconds)) s, \(rate) records/s")
        return lines.joined(separator: "\n") + "\n"
    }

    /// What came in and could not be used as it was meant.
    private var unusable: [String] {
        let inputs = summary.inputs
        var lines: [String] = []
        if inputs.strangers > 0 {
            let isRough = inputs.isRough ? ", at least so often:" : ":"
            lines.append("of persons that the registry does not know: \(inputs.strangers) observations\(isRough)")
            lines += inputs.unknownCredentials.map { "  \($0.masked)  \($0.count)  at \($0.device)" }
        }
        let fields = inputs.unreadableFields
        if !fields.isEmpty {
            let count = fields.reduce(inputs.otherFields) { $0 + $1.count }
            lines.append("fields that could not be read: \(count)")
            let shown = fields.prefix(Replay.Summary.refusalsShown)
            lines += shown.map { "  \($0.device): \($0.field)  \($0.count)" }
            let rest = count - shown.reduce(0) { $0 + $1.count }
            if rest > 0 { lines.append("  … and \(rest) more") }
        }
        return lines
    }

    private var span: String {
        guard let first = summary.first, let last = summary.last else { return "" }
        return ", \(ISO8601.write(first, in: zone)) to \(ISO8601.write(last, in: zone))"
    }

    private func hundredths(_ value: Double) -> String {
        let whole = Int((value * 100).rounded())
        return "\(whole / 100).\(ISO8601.two(whole % 100))"
    }

    private func counts(_ table: [String: Int]) -> String {
        let parts = table.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return parts.isEmpty ? "0" : parts.joined(separator: ", ")
    }

    var json: String {
        let counters = summary.counters
        let numbers = [
            "\"records\":\(counters.records)", "\"observations\":\(counters.observations)",
            "\"lines\":\(summary.lines)",
            "\"bytes\":\(summary.bytes)", "\"redelivered\":\(counters.redelivered)",
            "\"unknown_devices\":\(counters.unknownDevices)", "\"unknown_persons\":\(summary.inputs.strangers)",
            "\"refused\":\(summary.refusedCount)",
        ]
        let tables = [
            "\"refused_by\":\(object(counters.refused))", "\"raised\":\(object(summary.raised))",
            "\"changes\":\(object(summary.changes))", "\"unknown_credentials\":[\(credentials)]",
            "\"unreadable\":[\(fields)]", "\"seconds\":\(hundredths(seconds))",
        ]
        return "{" + (numbers + tables).joined(separator: ",") + "}"
    }

    private var credentials: String {
        summary.inputs.unknownCredentials.map {
            "{\"credential\":\(quoted($0.masked)),\"device\":\(quoted($0.device)),\"count\":\($0.count)}"
        }.joined(separator: ",")
    }

    private var fields: String {
        summary.inputs.unreadableFields.map {
            "{\"device\":\(quoted($0.device)),\"field\":\(quoted($0.field)),\"count\":\($0.count)}"
        }.joined(separator: ",")
    }

    private func quoted(_ value: String) -> String {
        var out: [UInt8] = []
        JSONText.appendString(value, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private func object(_ table: [String: Int]) -> String {
        "{" + table.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

import Alerts
import Pipeline
import RecordLog
import Timekeeping

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

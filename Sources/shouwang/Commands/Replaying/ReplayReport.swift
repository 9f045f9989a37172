import Alerts
import JSONWriting
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
        if counters.lostActs > 0 { lines.append("acts that came too late or lost a race: \(counters.lostActs)") }
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
        return JSONWriter.text { writer in
            writer.number("records", counters.records)
            writer.number("observations", counters.observations)
            writer.number("lines", summary.lines)
            writer.number("bytes", summary.bytes)
            writer.number("redelivered", counters.redelivered)
            if counters.lostActs > 0 { writer.number("lost_acts", counters.lostActs) }
            writer.number("unknown_devices", counters.unknownDevices)
            writer.number("unknown_persons", summary.inputs.strangers)
            writer.number("refused", summary.refusedCount)
            write(counters.refused, "refused_by", &writer)
            write(summary.raised, "raised", &writer)
            write(summary.changes, "changes", &writer)
            writer.list("unknown_credentials", summary.inputs.unknownCredentials) { writer, unknown in
                writer.element { writer in
                    writer.text("credential", unknown.masked)
                    writer.text("device", unknown.device)
                    writer.number("count", unknown.count)
                }
            }
            writer.list("unreadable", summary.inputs.unreadableFields) { writer, unreadable in
                writer.element { writer in
                    writer.text("device", unreadable.device)
                    writer.text("field", unreadable.field)
                    writer.number("count", unreadable.count)
                }
            }
            writer.raw("seconds", hundredths(seconds))
        }
    }

    private func write(_ table: [String: Int], _ key: String, _ writer: inout JSONWriter) {
        writer.object(key) { writer in
            for (name, count) in table.sorted(by: { $0.key < $1.key }) { writer.number(name, count) }
        }
    }
}

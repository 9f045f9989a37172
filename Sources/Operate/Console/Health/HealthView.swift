/// Whether the daemon can do its work, and its figures. No names, no phone numbers: these pages ask for no token.
package struct HealthView: Sendable {
    /// Why the daemon is not ready; empty: it is.
    package var problems: [String]
    /// What does not work as it should while the daemon does its work: a channel that fails, trouble of the box.
    package var degraded: [String]
    /// What else is good to know.
    package var notes: [String]
    package var metrics: [Metric]

    package init(problems: [String], degraded: [String] = [], notes: [String] = [], metrics: [Metric]) {
        self.problems = problems
        self.degraded = degraded
        self.notes = notes
        self.metrics = metrics
    }

    /// The Prometheus text exposition format, version 0.0.4.
    package var text: String {
        var lines: [String] = []
        var last = ""
        for metric in metrics {
            if metric.name != last {
                lines.append("# HELP \(metric.name) \(metric.help)")
                lines.append("# TYPE \(metric.name) \(metric.kind.rawValue)")
                last = metric.name
            }
            let labels = metric.labels.sorted { $0.key < $1.key }.map {
                "\($0.key)=\"\(HealthView.escaped($0.value))\""
            }
            lines.append(
                metric.name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " \(metric.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

import Channels
import Community
import Console
import Delivery
import Diagnostics
import Ledger
import Pipeline
import SiteLoading
import Timekeeping

/// What the console's health pages and metrics are made of.
enum Health {
    /// - Parameter channels: what each channel's sender counted.
    static func view(
        _ view: DaemonState.View, faults: BoxFaults, ledger: LedgerReader.Answer, channels: [String: ChannelCounters],
        isOutConnected: Bool, now: Instant
    ) -> HealthView {
        var problems: [String] = []
        if !view.isConnected { problems.append("not connected to the broker") }
        if !isOutConnected { problems.append("the publishing connection to the broker is down") }
        if let problem = view.storeProblem { problems.append("journal: \(problem)") }
        if let problem = view.ledgerProblem { problems.append("ledger: \(problem)") }
        if let problem = view.snapshotProblem { problems.append("snapshots: \(problem)") }
        // One channel of several is no reason to say that the watch does not work; none at all is.
        if view.usableChannels == 0, !view.channelProblems.isEmpty { problems += view.channelProblems }
        let critical = ledger.figures?.unsent ?? []
        let unreached = Set(critical.filter { !$0.isReached }.map(\.alert))
        if !unreached.isEmpty {
            let ids = unreached.sorted().prefix(3).map { String($0.prefix(6)).uppercased() }.joined(separator: ", ")
            problems.append(
                "\(unreached.count) critical alert(s) have reached nobody: \(ids); see the channels below and the log")
        }
        let failing = channels.filter { $0.value.failing > 0 }.sorted { $0.key < $1.key }.map { name, counters in
            "channel \(name): \(counters.failing) failed in a row, the last: \(counters.lastFailure ?? "")"
        }
        let held = Set(critical.filter(\.isReached).map(\.channel)).sorted().map {
            "channel \($0): critical messages wait; a channel has taken their alerts"
        }
        var degraded = view.channelProblems
        degraded += failing
        degraded += held
        if let silence = ledger.silence {
            degraded.append("ledger: no answer for \(silence.count / 1000) s; its figures are of before")
        }
        degraded += faults.standing.map { "box: \($0.withoutNames)" }
        return HealthView(
            problems: problems,
            degraded: degraded,
            notes: ["journal: \(view.sync)"],
            metrics: watch(view) + recovery(view.recovery) + refusals(view) + unusable(view) + troubles(faults)
                + senders(channels, now)
                + deliveries(ledger))
    }

    /// Since the watch began; ages are of the last success since then.
    private static func senders(_ channels: [String: ChannelCounters], _ now: Instant) -> [Metric] {
        let all = channels.sorted { $0.key < $1.key }
        func counter(_ name: String, _ help: String, _ value: (ChannelCounters) -> Int) -> [Metric] {
            all.map { Metric(name, help, .counter, Double(value($0.value)), ["channel": $0.key]) }
        }
        var metrics = counter("shouwang_channel_sent_total", "Deliveries that a channel took.") { $0.sent }
        metrics += counter("shouwang_channel_failed_total", "Attempts that a channel did not take.") { $0.failed }
        metrics += counter("shouwang_channel_retried_total", "Failed attempts that are tried again.") { $0.retried }
        metrics += counter("shouwang_channel_given_up_total", "Deliveries that were given up.") { $0.dead }
        metrics += counter("shouwang_channel_ledger_errors_total", "Times that the ledger refused a channel's sender.")
        {
            $0.ledgerFaults
        }
        for (name, counters) in all {
            metrics.append(
                Metric(
                    "shouwang_channel_failing", "Failed attempts since the last success.", .gauge,
                    Double(counters.failing), ["channel": name]))
        }
        for (name, counters) in all {
            guard let last = counters.lastSent else { continue }
            metrics.append(
                Metric(
                    "shouwang_channel_last_success_age_seconds", "How long ago a channel last took a delivery.", .gauge,
                    Double((now - last).count) / 1000, ["channel": name]))
        }
        return metrics
    }

    private static func watch(_ view: DaemonState.View) -> [Metric] {
        let counters = view.counters
        return [
            Metric("shouwang_records_total", "Records stepped over.", .counter, Double(counters.records)),
            Metric(
                "shouwang_observations_total", "Observations made of them.", .counter, Double(counters.observations)),
            Metric(
                "shouwang_redelivered_total", "Redelivered messages, counted once.", .counter,
                Double(counters.redelivered)),
            Metric(
                "shouwang_lost_acts_total", "People's acts that came too late or lost a race.", .counter,
                Double(counters.lostActs)),
            Metric(
                "shouwang_clock_faults_total", "Observations whose time could not be.", .counter,
                Double(counters.clockFaults)),
            Metric(
                "shouwang_unknown_devices_total", "Observations of devices that the registry does not know.", .counter,
                Double(counters.unknownDevices)),
            Metric("shouwang_alert_changes_total", "Alert changes committed.", .counter, Double(view.changes)),
            Metric(
                "shouwang_unrouted_total", "Alert changes that no route took to anybody.", .counter,
                Double(view.unrouted)),
            Metric(
                "shouwang_actions_total", "Actions published, and not published.", .counter, Double(view.actionsDone),
                ["done": "yes"]),
            Metric(
                "shouwang_actions_total", "Actions published, and not published.", .counter,
                Double(view.actionsNotDone), ["done": "no"]),
            Metric(
                "shouwang_snapshot_record", "The last record in the newest snapshot.", .gauge,
                Double(view.snapshotRecord)),
            Metric("shouwang_journal_bytes", "Bytes of the journal.", .gauge, Double(view.journalBytes)),
            Metric("shouwang_broker_connected", "1 while the intake is connected.", .gauge, view.isConnected ? 1 : 0),
            Metric(
                "shouwang_engine_clock_seconds", "The engine clock.", .gauge, Double(view.clock.milliseconds) / 1000),
        ]
    }

    private static func refusals(_ view: DaemonState.View) -> [Metric] {
        let codes = view.counters.refused.merging(view.refused, uniquingKeysWith: max)
        return codes.sorted(by: { $0.key < $1.key }).map { code, count in
            Metric("shouwang_refused_total", "Records and messages refused.", .counter, Double(count), ["code": code])
        }
    }

    /// What came in and could not be used as it was meant; credentials are masked.
    private static func unusable(_ view: DaemonState.View) -> [Metric] {
        let told = "Observations of persons that the registry does not know."
        let total = Metric("shouwang_unknown_persons_total", told, .counter, Double(view.counters.unknownPersons))
        let credentials = view.inputs.unknownCredentials.map { credential in
            Metric(
                "shouwang_unknown_credential", "The most frequent credentials that nobody has, since the start.",
                .gauge, Double(credential.count), ["credential": credential.masked, "device": credential.device])
        }
        let help = "Fields beside a record's type that could not be read, since the start."
        var fields = view.inputs.unreadableFields.map { field in
            Metric(
                "shouwang_unreadable_fields_total", help, .counter, Double(field.count),
                ["device": field.device, "field": field.field])
        }
        if view.inputs.otherFields > 0 {
            fields.append(
                Metric(
                    "shouwang_unreadable_fields_total", help, .counter, Double(view.inputs.otherFields),
                    ["device": "", "field": "other"]))
        }
        return [total] + credentials + fields
    }

    private static func troubles(_ faults: BoxFaults) -> [Metric] {
        faults.standing.map { trouble in
            Metric(
                "shouwang_box_fault", "1 for each trouble of the box itself.", .gauge, 1,
                ["part": trouble.key.text])
        }
    }

    /// What is in force, and what is wrong in it.
    static func registry(_ site: Site) -> [Metric] {
        let registry = site.registry
        return [
            Metric(
                "shouwang_watched", "People who are watched.", .gauge,
                Double(registry.watchedCount)),
            Metric(
                "shouwang_left_out", "People who would be watched, but whose rows cannot be read.", .gauge,
                Double(registry.leftOut.count { $0.isWatched })),
            Metric(
                "shouwang_check_problems", "What check finds in configuration and registry.", .gauge,
                Double(site.problems.errors), ["severity": "error"]),
            Metric(
                "shouwang_check_problems", "What check finds in configuration and registry.", .gauge,
                Double(site.problems.warnings), ["severity": "warning"]),
        ]
    }

    private static func deliveries(_ ledger: LedgerReader.Answer) -> [Metric] {
        var metrics: [Metric] = []
        if let counts = ledger.figures?.counts {
            for (state, count) in counts.alerts.sorted(by: { $0.key < $1.key }) {
                metrics.append(Metric("shouwang_alerts", "Alerts by state.", .gauge, Double(count), ["state": state]))
            }
            for (channel, states) in counts.deliveries.sorted(by: { $0.key < $1.key }) {
                for (state, count) in states.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    metrics.append(
                        Metric(
                            "shouwang_deliveries", "Deliveries by channel and state.", .gauge, Double(count),
                            ["channel": channel, "state": state.rawValue]))
                }
            }
            for (channel, at) in counts.lastSent.sorted(by: { $0.key < $1.key }) {
                metrics.append(
                    Metric(
                        "shouwang_last_sent_seconds", "When a channel last took a delivery.", .gauge,
                        Double(at.milliseconds) / 1000, ["channel": channel]))
            }
        }
        if !ledger.isReadable {
            metrics.append(Metric("shouwang_ledger_readable", "0 while the ledger cannot be read.", .gauge, 0))
        }
        return metrics
    }

    /// What the last start found on its way to the journal's end.
    private static func recovery(_ report: RecoveryReport) -> [Metric] {
        func gauge(_ name: String, _ help: String, _ value: Int64) -> Metric {
            Metric("shouwang_recovery_" + name, help, .gauge, Double(value))
        }
        let help = "What the last start passed over, dropped, or begins again, by kind."
        return [
            gauge("records", "Records of the journal at the last start.", report.records),
            gauge("stepped_records", "Records that the last start stepped over.", report.stepped),
            gauge("cut_bytes", "Torn bytes that the last start cut off the journal.", report.cutBytes),
            gauge("changes", "Alert changes that the ledger did not have at the last start.", Int64(report.changes)),
        ]
            + report.lost.map { kind in
                Metric("shouwang_recovery_lost", help, .gauge, Double(kind.count), ["kind": kind.name])
            }
    }
}

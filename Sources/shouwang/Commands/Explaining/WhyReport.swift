import Alerts
import Community
import Diagnostics
import Feeds
import Pipeline
import Rules
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

/// An explanation as lines that a person reads, in the site's language and zone.
struct WhyReport {
    private let site: Site
    private let explanation: Explanation
    private let raise: AlertChange
    private let last: AlertChange
    private let asOf: Instant?

    /// nil where the logs have no such alert.
    init?(site: Site, explanation: Explanation, asOf: Instant?) {
        guard let raise = explanation.raise, let last = explanation.changes.last else { return nil }
        self.site = site
        self.explanation = explanation
        self.raise = raise
        self.last = last
        self.asOf = asOf
    }

    var lines: [String] { head + course + rest + records + more }

    private func text(_ zh: String, _ en: String) -> String { text(LocalizedText(zh: zh, en: en)) }
    private func text(_ phrase: LocalizedText) -> String { phrase.text(in: site.settings.site.language) }
    private func time(_ instant: Instant) -> String { ISO8601.plain(instant, in: site.settings.site.zone) }

    private var head: [String] {
        var lines = ["\(last.id)  \(last.rule) (\(last.kind.rawValue))  \(last.key)  \(last.severity.rawValue)"]
        if let rule = site.settings.allRules.first(where: { $0.name == last.rule || $0.was == last.rule }) {
            lines.append(text("规则：", "Rule: ") + text(RuleCatalogue.explanation(of: rule)))
        }
        if let asOf { lines.append(text("截至：", "As of: ") + time(asOf)) }
        lines.append(text("开始：", "Began: ") + time(last.started))
        let wait = last.detected - last.started
        lines.append(
            text("判定：", "Fired: ") + time(last.detected)
                + (wait >= .seconds(1) ? text("（开始后\(wait.spoken.zh)）", " (\(wait.spoken.en) after it began)") : ""))
        return lines
    }

    private var course: [String] {
        [text("经过：", "Course:")]
            + explanation.changes.map { change in
                "  \(time(change.at))  \(text(WhyReport.words(change.change)))  \(text(change.message))"
            }
    }

    /// The verdict and the facts of the raise, and those of what was told of it last, where they are others. What ended
    /// it has none of its own.
    private var rest: [String] {
        var lines: [String] = []
        if let verdict = last.verdict {
            lines.append(
                text("研判：", "Verdict: ") + text(WhyReport.words(verdict)) + text("（", " (") + verdict.rawValue
                    + text("）", ")"))
        }
        lines += facts(of: raise, text("判定时：", "When it fired:"))
        if let update = explanation.changes.last(where: { $0.change == .updated && $0.state != .resolved }),
            !update.facts.isEmpty, update.facts != raise.facts
        {
            lines += facts(of: update, text("\(time(update.at)) 更新时：", "When it was updated at \(time(update.at)):"))
        }
        return lines
    }

    private func facts(of change: AlertChange, _ title: String) -> [String] {
        change.facts.isEmpty ? [] : [title] + change.facts.map { "  " + text($0) }
    }

    // MARK: Records

    private var records: [String] {
        let led = explanation.records.filter { $0.role == .led }
        let ended = explanation.records.filter { $0.role == .ended }
        let title = raise.evidence.isEmpty ? text("此前最后的记录：", "Its last records before:") : text("依据：", "Evidence:")
        var lines =
            led.isEmpty ? [text("依据：没有任何记录", "Evidence: no record at all")] : [title] + led.map(line)
        if !ended.isEmpty { lines += [text("因以下记录解除：", "Ended by:")] + ended.map(line) }
        return lines
    }

    private func line(_ record: Explanation.Record) -> String {
        let words = ObservationWords(
            registry: site.registry, site: site.settings.site,
            names: DeviceNames(registry: site.registry, site: site.settings.site))
        let told = record.observation
        // What is told late, or by a clock that is off, has a time of its own.
        let own =
            abs((record.arrival - told.time).count) >= 1000
            ? text("，发生于 \(time(told.time))", ", of \(time(told.time))") : ""
        return text("  第\(record.number)条，", "  record \(record.number), ") + time(record.arrival) + own
            + text(":", ": ")
            + words.meaning(of: told, record.batch)
    }

    private var more: [String] {
        explanation.others.isEmpty
            ? [] : [text("还有：", "Also: ") + explanation.others.joined(separator: ", ")]
    }

    // MARK: Words

    private static func words(_ change: ChangeKind) -> LocalizedText {
        let zh =
            switch change {
            case .raised: "发出"
            case .updated: "更新"
            case .renotified: "再次通知"
            case .dispatched: "派单"
            case .acknowledged: "签收"
            case .arrived: "到场"
            case .handled: "处置"
            case .checked: "核查"
            case .returned: "退回"
            case .suspended: "挂起"
            case .resumed: "恢复"
            case .extended: "延期"
            case .merged: "并案"
            case .escalated: "升级"
            case .noted: "备注"
            case .reopened: "重开"
            case .resolved: "解除"
            case .closed: "结案"
            }
        return LocalizedText(zh: zh, en: change.rawValue)
    }

    private static func words(_ verdict: Verdict) -> LocalizedText {
        switch verdict {
        case .uncovered: LocalizedText(zh: "无法看护", en: "nothing there can see life")
        case .boxBlind: LocalizedText(zh: "系统停机过半", en: "the system was down for over half of it")
        case .wentOut: LocalizedText(zh: "已外出", en: "went out")
        case .sensorDead: LocalizedText(zh: "传感器失联", en: "the sensors are dead")
        case .notSeen: LocalizedText(zh: "公共区域未见", en: "not seen in the public area")
        case .notMoving: LocalizedText(zh: "家中没有活动", en: "no movement at home")
        case .suspected: LocalizedText(zh: "疑似", en: "suspected")
        }
    }
}

package import Diagnostics
package import Timekeeping

extension DailyReport {
    /// Names in the text: more are not read, and the shortest channel takes 2,048 bytes.
    static let namesMax = 8

    /// The daily message. A pure function of the figures. O(names).
    package func message(zone: Zone) -> LocalizedText {
        let lines = [head(zone), seen, alerts, machines] + (drills > 0 ? [drillLine] : [])
        return LocalizedText(
            zh: lines.map(\.zh).joined(separator: "\n"), en: lines.map(\.en).joined(separator: "\n"))
    }

    private func head(_ zone: Zone) -> LocalizedText {
        let time = DailyReport.hour(zone.civil(to))
        let now = DailyReport.hour(zone.civil(made))
        let date = "\(day.month)月\(day.day)日"
        let late = LocalizedText(
            zh: "（主机当时停机，\(now) 补发）", en: " (sent late, at \(now): the box was down then)")
        return LocalizedText(
            zh: "【平安日报】\(siteName) \(date) \(time)" + (isLate ? late.zh : ""),
            en: "[Daily report] \(siteName), \(ISO8601.two(day.month))-\(ISO8601.two(day.day)) \(time)"
                + (isLate ? late.en : ""))
    }

    private var seen: LocalizedText {
        guard unseenCount > 0 else {
            return LocalizedText(
                zh: "看护\(watched)人，都能看到。", en: "\(watched) watched, all can be seen.")
        }
        let shown = unseen.prefix(DailyReport.namesMax)
        let rest = unseen.count - shown.count
        let zh = shown.map { "\($0.who)（\($0.reason.words.zh)）" }.joined(separator: "、") + (rest > 0 ? "等" : "")
        let en =
            shown.map { "\($0.who) (\($0.reason.words.en))" }.joined(separator: "; ")
            + (rest > 0 ? "; \(rest) more" : "")
        return LocalizedText(
            zh: "看护\(watched)人，看不到\(unseenCount)人：\(zh)，请安排走访。",
            en: "\(watched) watched, \(unseenCount) cannot be seen: \(en). Please have somebody call on them.")
    }

    private var alerts: LocalizedText {
        let share = onTime.map {
            LocalizedText(zh: "，按时到场\($0.inTime)/\($0.total)", en: ", on time \($0.inTime) of \($0.total)")
        }
        let ended = resolved > 0 ? LocalizedText(zh: "，自动解除\(resolved)起", en: ", ended by themselves \(resolved)") : nil
        return LocalizedText(
            zh: "24小时内预警\(raised)起，结案\(closed)起\(ended?.zh ?? "")，未结\(open)起\(share?.zh ?? "")。",
            en: "In 24 hours: alerts \(raised), closed \(closed)\(ended?.en ?? ""), still open \(open)"
                + "\(share?.en ?? "")."
        )
    }

    private var machines: LocalizedText {
        let names = deadDevices.prefix(DailyReport.namesMax)
        let rest = deadDevices.count - names.count
        let zh = names.isEmpty ? "" : "（\(names.joined(separator: "、"))\(rest > 0 ? "等" : "")）"
        let en = names.isEmpty ? "" : " (\(names.joined(separator: ", "))\(rest > 0 ? ", \(rest) more" : ""))"
        return LocalizedText(
            zh: "设备\(devices)台，失联\(deadDevices.count)台\(zh)；值守中断\(blindMinutes)分钟。",
            en: "Devices \(devices), dead \(deadDevices.count)\(en); blind \(blindMinutes) min.")
    }

    private var drillLine: LocalizedText {
        LocalizedText(zh: "演练\(drills)次，不计入以上数字。", en: "Drills \(drills), in none of these figures.")
    }

    private static func hour(_ civil: CivilTime) -> String {
        "\(ISO8601.two(civil.hour)):\(ISO8601.two(civil.minute))"
    }
}

extension DailyReport.Unseen.Reason {
    /// In words.
    var words: LocalizedText {
        switch self {
        case .uncovered: LocalizedText(zh: "家中无设备", en: "no device there")
        case .sensorsDead: LocalizedText(zh: "设备失联", en: "devices silent")
        case .leftOut: LocalizedText(zh: "登记有误", en: "row cannot be read")
        }
    }
}

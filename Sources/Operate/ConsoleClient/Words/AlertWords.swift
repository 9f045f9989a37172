package import Diagnostics
import SiteConfiguration
import Vocabulary

/// An alert of the API in the words of one language.
package struct AlertWords: Sendable {
    let alert: ConsoleValue
    let language: Language

    package init(_ alert: ConsoleValue, language: Language) {
        self.alert = alert
        self.language = language
    }

    /// The six digits that people name it by.
    package var short: String { String((alert["short"]?.text ?? alert["id"]?.text ?? "").prefix(6)).uppercased() }
    package var state: String { CaseWords.state(alert["state"]?.text ?? "").text(in: language) }
    package var severity: String { CaseWords.severity(alert["severity"]?.text ?? "").text(in: language) }
    package var lamp: String { alert["lamp"]?.text.map { CaseWords.lamp($0).text(in: language) } ?? "" }

    /// What it is about: the kind's title, of a drill with the mark.
    package var title: String {
        let word = alert["kind"]?.text ?? ""
        let title = RuleKind(rawValue: word)?.title.text(in: language) ?? word
        guard alert["detail"]?["drill"]?.truth == true else { return title }
        return LocalizedText(zh: "【演练】", en: "[Drill] ").text(in: language) + title
    }

    /// Where: 3栋/2单元/502, or what the rule counted for.
    package var place: String { alert["place"]?.text ?? alert["key"]?.text ?? "" }

    /// The text that people were sent.
    package var message: String { alert["message"]?[language.rawValue]?.text ?? "" }

    /// 03-05 08:12 of an ISO 8601 time in the site's zone.
    static func moment(_ time: String?) -> String {
        guard let time, time.utf8.count >= 16 else { return time ?? "" }
        let characters = Array(time)
        return String(characters[5..<10]) + " " + String(characters[11..<16])
    }

    /// 2026-03-05 08:12:03.
    static func moment(whole time: String?) -> String {
        guard let time, time.utf8.count >= 19 else { return time ?? "" }
        let characters = Array(time)
        return String(characters[0..<10]) + " " + String(characters[11..<19])
    }
}

// A list of alerts, a line each.

extension AlertWords {
    /// - Parameter alerts: as the API has them.
    package static func list(_ alerts: [ConsoleValue], language: Language, width: Int = TextTable.widthMin) -> [String]
    {
        let header =
            language == .zhHans
            ? ["编号", "级别", "状态", "时限", "开始", "地点", "内容"]
            : ["no.", "severity", "state", "lamp", "since", "place", "what"]
        var table = TextTable(header)
        for alert in alerts {
            let words = AlertWords(alert, language: language)
            let assignee = alert["assignee"]?.text.map { " → " + $0 } ?? ""
            table.add([
                words.short, words.severity, words.state, words.lamp, moment(alert["started"]?.text), words.place,
                words.title + assignee,
            ])
        }
        return table.lines(width: width)
    }
}

// One alert, with what happened to it.

extension AlertWords {
    /// What the answer of an act says in one line.
    package var line: String {
        let assignee = alert["assignee"]?.text.map { " → " + $0 } ?? ""
        return "\(short) \(state) \(place) \(title)\(assignee)"
    }

    /// Everything that the API has of it.
    package func page(width: Int = TextTable.widthMin) -> [String] {
        var lines = facts(width: width)
        if let events = alert["events"]?.list, !events.isEmpty {
            lines += ["", LocalizedText(zh: "经过", en: "What happened").text(in: language)]
            lines += AlertWords.events(events, language).lines(width: width)
        }
        if let deliveries = alert["deliveries"]?.list, !deliveries.isEmpty {
            lines += ["", LocalizedText(zh: "通知", en: "Who was told").text(in: language)]
            lines += AlertWords.deliveries(deliveries, language).lines(width: width)
        }
        let allowed = alert["allowed"]?.texts ?? []
        let verbs =
            allowed.isEmpty ? LocalizedText(zh: "无", en: "nothing").text(in: language) : allowed.joined(separator: ", ")
        lines += [""] + AlertWords.row(LocalizedText(zh: "可做的操作", en: "May be done").text(in: language), verbs, width)
        return lines
    }

    private func facts(width: Int) -> [String] {
        let rows: [(LocalizedText, String?)] = [
            (LocalizedText(zh: "编号", en: "No."), alert["id"]?.text.map { "\(short) (\($0))" }),
            (LocalizedText(zh: "内容", en: "What"), title),
            (LocalizedText(zh: "规则", en: "Rule"), alert["rule"]?.text),
            (LocalizedText(zh: "级别", en: "Severity"), severity),
            (LocalizedText(zh: "状态", en: "State"), state),
            (LocalizedText(zh: "时限", en: "Lamp"), alert["lamp"] == nil ? nil : lamp),
            (LocalizedText(zh: "地点", en: "Place"), alert["place"]?.text),
            (LocalizedText(zh: "网格", en: "Grid"), alert["grid"]?.text),
            (LocalizedText(zh: "居民", en: "Person"), alert["person"]?.text),
            (LocalizedText(zh: "设备", en: "Device"), alert["device"]?.text),
            (LocalizedText(zh: "开始", en: "Since"), alert["started"]?.text.map { AlertWords.moment(whole: $0) }),
            (LocalizedText(zh: "发现", en: "Told"), alert["detected"]?.text.map { AlertWords.moment(whole: $0) }),
            (LocalizedText(zh: "经办", en: "In hand of"), alert["assignee"]?.text),
            (LocalizedText(zh: "到期", en: "Due"), alert["due"]?.text.map { AlertWords.moment(whole: $0) }),
            (LocalizedText(zh: "结果", en: "Found"), alert["found"]?.text),
            (LocalizedText(zh: "备注", en: "Note"), alert["note"]?.text),
            (LocalizedText(zh: "通知内容", en: "Message"), message.isEmpty ? nil : message),
        ]
        return rows.flatMap { key, value in
            value.map { AlertWords.row(key.text(in: language), $0, width) } ?? []
        }
    }

    /// A key, and its value in as many lines as it takes.
    private static func row(_ key: String, _ value: String, _ width: Int) -> [String] {
        let indent = 12
        return DisplayWidth.lines(TextTable.clean(value), width: max(20, width - indent)).enumerated().map {
            index, line in
            DisplayWidth.padded(index == 0 ? key : "", to: indent) + line
        }
    }

    private static func events(_ events: [ConsoleValue], _ language: Language) -> TextTable {
        var table = TextTable(language == .zhHans ? ["时间", "经过", "人员", "说明"] : ["when", "what", "who", "words"])
        for event in events {
            let act = event["act"]
            let parts = [
                event["found"]?.text, act?["to"]?.text.map { "→ " + $0 }, act?["reason"]?.text, act?["until"]?.text,
                event["note"]?.text,
            ]
            table.add([
                moment(event["at"]?.text), CaseWords.change(event["change"]?.text ?? "").text(in: language),
                event["actor"]?.text ?? event["assignee"]?.text ?? "",
                parts.compactMap { $0 }.joined(separator: language == .zhHans ? "，" : ", "),
            ])
        }
        return table
    }

    private static func deliveries(_ deliveries: [ConsoleValue], _ language: Language) -> TextTable {
        var table = TextTable(language == .zhHans ? ["通道", "收件人", "结果", "答复"] : ["channel", "to", "state", "answer"])
        for delivery in deliveries {
            table.add([
                delivery["channel"]?.text ?? "", delivery["recipient"]?.text ?? "", delivery["state"]?.text ?? "",
                delivery["answer"]?.text ?? "",
            ])
        }
        return table
    }
}

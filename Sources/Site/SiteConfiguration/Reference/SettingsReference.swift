import ConfigReading
package import Diagnostics
import Feeds
import Timekeeping

/// The reference page of all keys, made from the table that parses them, so that it cannot be wrong about them.
package enum SettingsReference {
    package static func markdown(_ language: Language) -> String {
        let isChinese = language == .zhHans
        var lines = [isChinese ? "# 配置项" : "# Settings", ""]
        lines.append(
            isChinese
                ? "由程序的配置表生成。`[]` 是列表的一项，`*` 是自取的名称。时间 `72h 5m 250ms 3d`，大小 `4GB`（1GB = 1024MB）。"
                : "Made from the program's table. `[]` is an element of a list, `*` a name that you choose. "
                    + "Durations `72h 5m 250ms 3d`, sizes `4GB` (1GB = 1024MB).")
        lines.append("")
        lines += section(SettingsTable.basic + SettingsTable.rules + SettingsTable.delivery, language)
        for file in FeedFormats.files {
            lines += ["", "## " + file.title.text(in: language), ""]
            lines += section(file.keys, language, of: file.name + ".")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Parameter file: what the keys' paths begin with and the file itself does not have.
    private static func section(_ keys: [SettingKey], _ language: Language, of file: String = "") -> [String] {
        let header =
            language == .zhHans
            ? "| 键 | 类型 | 默认 | 说明 |" : "| key | type | default | what it is |"
        return [header, "|---|---|---|---|"] + keys.map { row($0, language, of: file) }
    }

    private static func row(_ key: SettingKey, _ language: Language, of file: String) -> String {
        let isChinese = language == .zhHans
        let path = key.path.dropFirst(file.count)
        var standard = key.standard.map { "`\($0)`" } ?? ""
        let byKind = key.standardByKind.sorted { $0.key < $1.key }.map { "\($0.key) `\($0.value)`" }
        if !byKind.isEmpty { standard = byKind.joined(separator: ", ") }
        if key.isNeeded { standard = isChinese ? "必填" : "needed" }
        var help = key.help.text(in: language)
        if let kinds = key.kinds { help += SettingsReference.users(kinds, of: key.parent, isChinese) }
        if !key.isActedOn { help += isChinese ? "；本版本尚不起作用" : "; without effect in this version" }
        let cells = ["`\(path)`", key.form.phrase.text(in: language), standard, help]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// Which kinds use a key; where few do not, those.
    private static func users(_ kinds: [String], of section: String, _ isChinese: Bool) -> String {
        let others = (SettingsTable.table.kinds(of: section) ?? []).filter { !kinds.contains($0) }.sorted()
        if others.isEmpty { return "" }
        if others.count < kinds.count { return (isChinese ? "；不用于 " : "; not for ") + others.joined(separator: ", ") }
        return (isChinese ? "；用于 " : "; for ") + kinds.joined(separator: ", ")
    }
}

extension SettingKey.Form {
    fileprivate var phrase: LocalizedText {
        switch self {
        case .text: LocalizedText(zh: "文字", en: "text")
        case .name: LocalizedText(zh: "名称", en: "name")
        case .choice(let known):
            LocalizedText(zh: known.joined(separator: " "), en: known.joined(separator: " "))
        case .choices(let known):
            LocalizedText(
                zh: "以下的列表：" + known.joined(separator: " "), en: "list of: " + known.joined(separator: " "))
        case .duration(let range): LocalizedText(zh: "时间 \(range.text)", en: "duration \(range.text)")
        case .size(let range):
            LocalizedText(
                zh: "大小 \(SizeText(bytes: range.lowerBound))–\(SizeText(bytes: range.upperBound))",
                en: "size \(SizeText(bytes: range.lowerBound))–\(SizeText(bytes: range.upperBound))")
        case .integer(let range):
            LocalizedText(
                zh: "整数 \(range.lowerBound)–\(range.upperBound)", en: "integer \(range.lowerBound)–\(range.upperBound)")
        case .fraction: LocalizedText(zh: "数 0–1", en: "number 0–1")
        case .number: LocalizedText(zh: "数", en: "number")
        case .hours: LocalizedText(zh: "时段 `Mon-Fri 22:00-05:00` 或其列表", en: "hours `Mon-Fri 22:00-05:00`, or a list")
        case .boolean: LocalizedText(zh: "true 或 false", en: "true or false")
        case .secret:
            LocalizedText(
                zh: "密钥的位置 `{file:}` `{env:}` `{credential:}`", en: "secret's place `{file:}` `{env:}` `{credential:}`")
        case .path: LocalizedText(zh: "路径", en: "path")
        case .broker, .web, .listen: LocalizedText(zh: "地址", en: "address")
        case .zone: LocalizedText(zh: "时区", en: "time zone")
        case .filter: LocalizedText(zh: "主题过滤器", en: "topic filter")
        case .topic: LocalizedText(zh: "主题", en: "topic")
        case .pointer: LocalizedText(zh: "JSON 指针", en: "JSON pointer")
        case .template: LocalizedText(zh: "模板", en: "template")
        case .texts: LocalizedText(zh: "文字或其列表", en: "text, or a list")
        case .section: LocalizedText(zh: "键值表", en: "map")
        case .sections: LocalizedText(zh: "键值表的列表", en: "list of maps")
        case .named: LocalizedText(zh: "名称到键值表", en: "map of names")
        case .any: LocalizedText(zh: "见说明", en: "as told")
        }
    }
}

extension ClosedRange<Milliseconds> {
    fileprivate var text: String { "\(lowerBound)–\(upperBound)" }
}

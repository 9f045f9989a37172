import ConfigReading
import FileIO
package import Diagnostics
import Vocabulary

/// The page about rules: what holds for all of them, then each kind as the catalogue has it.
package enum RuleReference {
    package static func markdown(_ language: Language) -> String {
        var lines = [language == .zhHans ? "# 规则" : "# Rules", ""]
        lines += RuleReference.general.flatMap { [$0.text(in: language), ""] }
        lines += overview(language)
        for entry in RuleCatalogue.all { lines += [""] + section(entry, language) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One kind, as the page and `--help` of a rule tell it.
    package static func section(_ entry: RuleEntry, _ language: Language) -> [String] {
        let isChinese = language == .zhHans
        var lines = ["## \(entry.kind.rawValue)", ""]
        lines.append(
            "**\(entry.title.text(in: language))**\(isChinese ? "。" : ". ")\(entry.meaning.text(in: language))")
        guard entry.isBuilt else { return lines }
        lines += ["", "```yaml", entry.example, "```", ""]
        lines += example(entry).map { "> " + RuleCatalogue.explanation(of: $0).text(in: language) }
        lines += ["", shared(entry, isChinese), ""]
        let rows = parameters(entry, language)
        if !rows.isEmpty {
            lines += isChinese ? ["| 键 | 默认 | 说明 |"] : ["| key | default | meaning |"]
            lines += ["|---|---|---|"] + rows + [""]
        }
        lines.append(ending(entry, isChinese))
        if !entry.falseAlarms.isEmpty {
            lines += ["", isChinese ? "| 误报 | 怎么办 |" : "| false alarm | what to do |", "|---|---|"]
            lines += entry.falseAlarms.map { alarm in
                "| \(alarm.what.text(in: language)) | \(alarm.remedy.text(in: language)) |"
            }
        }
        return lines
    }

    private static func overview(_ language: Language) -> [String] {
        let isChinese = language == .zhHans
        let header = isChinese ? "| 种类 | 名称 | 级别 | 自行解除 |" : "| kind | what people read | severity | resolves |"
        return [header, "|---|---|---|---|"]
            + RuleCatalogue.all.map { entry in
                let ends =
                    switch (entry.isBuilt, entry.kind, entry.resolves) {
                    case (false, _, _): isChinese ? "尚未提供" : "not in this version"
                    case (_, .expression, _): isChinese ? "看窗口" : "by its window"
                    case (_, _, true): isChinese ? "是" : "yes"
                    default: isChinese ? "否" : "no"
                    }
                let title = entry.title.text(in: language)
                let name = entry.kind.rawValue
                return "| [`\(name)`](#\(name)) | \(title) | \(entry.severity.rawValue) | \(ends) |"
            }
    }

    /// The rules of an entry's example, as the program reads them.
    static func example(_ entry: RuleEntry) -> [RuleSettings] {
        let lines = entry.example.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        let text = "rules:\n" + lines.joined(separator: "\n") + "\n"
        let findings = Findings()
        guard let tree = YAMLTree.parse(Array(text.utf8), file: "", findings: findings),
            let root = Section(tree, path: "", title: "", table: SettingsTable.table, findings: findings)
        else { return [] }
        return withoutActuallyEscaping(noFile) { noFile in
            SettingsReader(file: "", folder: "", findings: findings, readFile: noFile).rules(root)
        }
    }

    private static func noFile(_ path: String) throws(FileError) -> [UInt8] {
        throw FileError(reason: "an example has no files", isMissing: true)
    }

    /// Defaults of what is told for all kinds, and by what this one can be limited.
    private static func shared(_ entry: RuleEntry, _ isChinese: Bool) -> String {
        let limits = ["zone", "places", "device_kinds", "devices", "confidence", "publish"].filter(entry.takes)
        let list = (["severity", "key"] + limits).map { name in
            entry.standard(of: name).map { "`\(name): \($0)`" } ?? "`\(name)`"
        }
        return (isChinese ? "通用键：" : "Common keys: ") + list.joined(separator: isChinese ? "、" : ", ")
            + (isChinese ? "。" : ".")
    }

    /// The keys that make this kind; those that every kind takes alike, and the insides of a match, are told above.
    private static func parameters(_ entry: RuleEntry, _ language: Language) -> [String] {
        let common = Set(RuleEntry.everywhere + RuleCatalogue.camera + ["publish"])
        return SettingsTable.rules.compactMap { key in
            guard key.path.hasPrefix("rules.*.") else { return nil }
            let name = String(key.path.dropFirst("rules.*.".count))
            let parts = name.split(separator: ".")
            guard let top = parts.first.map(String.init), entry.takes(top), !common.contains(top) else { return nil }
            let isOfMatch = parts.count > 2 || parts.count > 1 && ["then", "match", "without"].contains(top)
            // A section whose keys follow needs no row of its own.
            if isOfMatch || name.contains("[]") || key.form == .section && !isTold(name) { return nil }
            let standard = key.standardByKind[entry.kind.rawValue] ?? key.standard
            let shown = key.isNeeded ? (language == .zhHans ? "必填" : "needed") : standard.map { "`\($0)`" } ?? ""
            return "| `\(name)` | \(shown) | \(key.help.text(in: language)) |"
        }
    }

    private static func isTold(_ section: String) -> Bool {
        ["then", "match", "without", "sequence.then", "sequence.without", "dwell.until"].contains(section)
    }

    private static func ending(_ entry: RuleEntry, _ isChinese: Bool) -> String {
        if entry.kind == .expression {
            return isChinese
                ? "`dwell` 和 `threshold` 的预警在状态结束时解除，其余不自行解除。"
                : "Alerts of `dwell` and `threshold` resolve when the state ends; others never by themselves."
        }
        if entry.isLifeSafety {
            return isChinese
                ? "事关人命：一收到就报，从不过滤、不静默、不自行解除。"
                : "Life safety: raised at once, never filtered, never quiet, and never resolved by itself."
        }
        if entry.resolves { return isChinese ? "状态结束时自行解除。" : "It resolves when it ends." }
        return isChinese ? "不自行解除：要有人处理。" : "It never resolves by itself: somebody must deal with it."
    }
}

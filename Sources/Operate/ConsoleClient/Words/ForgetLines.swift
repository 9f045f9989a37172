package import Diagnostics

/// What became, or would become, of what is kept of somebody, as lines for people.
package enum ForgetLines {
    /// - Parameter report: as the API has it.
    package static func of(_ report: ConsoleValue, language: Language, width: Int = TextTable.widthMin) -> [String] {
        let isDone = report["done"]?.truth == true
        let blockers = report["blockers"]?.texts ?? []
        var lines = [
            head(isDone: isDone, isBlocked: !blockers.isEmpty, report["resident"]?.text ?? "").text(in: language)
        ]
        for blocker in blockers { lines += indented("- " + TextTable.clean(blocker), width) }
        for item in report["places"]?.list ?? [] {
            let fate = fate(item["fate"]?.text ?? "", isDone: isDone).text(in: language)
            var facts = [
                place(item["place"]?.text ?? "").text(in: language) + (language == .zhHans ? "：" : ": ") + fate
            ]
            if let count = item["count"]?.integer, count > 0 { facts.append("\(count)") }
            if let bytes = item["bytes"]?.integer, bytes > 0 { facts.append(size(bytes)) }
            if let until = item["until"]?.text {
                let day = AlertWords.moment(whole: until)
                facts.append(LocalizedText(zh: "至 \(day)", en: "until \(day)").text(in: language))
            }
            lines.append("")
            lines.append(facts.joined(separator: language == .zhHans ? "，" : ", "))
            if let path = item["path"]?.text, !path.isEmpty { lines += indented(TextTable.clean(path), width) }
            if let why = item["why"]?.text { lines += indented(TextTable.clean(why), width) }
        }
        return lines
    }

    private static func indented(_ text: String, _ width: Int) -> [String] {
        DisplayWidth.lines(text, width: max(20, width - 2)).map { "  " + $0 }
    }

    private static func head(isDone: Bool, isBlocked: Bool, _ resident: String) -> LocalizedText {
        if isDone { return LocalizedText(zh: "已删除居民 \(resident) 的信息", en: "\(resident) is forgotten") }
        if isBlocked {
            return LocalizedText(
                zh: "居民 \(resident) 的信息还不能删除，什么都没有删：", en: "\(resident) cannot be forgotten yet, nothing was removed:")
        }
        return LocalizedText(
            zh: "居民 \(resident) 的信息将这样处理；现在什么都没有删，加 --yes 执行",
            en: "this would become of what is kept of \(resident); nothing was removed, add --yes to do it")
    }

    private static func place(_ word: String) -> LocalizedText {
        let zh = [
            "registry": "登记表", "configs": "配置副本", "ledger": "台账", "backups": "备份", "snapshots": "快照", "photos": "照片",
            "rejects": "被拒消息", "journal": "原始流水", "elsewhere": "本机之外",
        ]
        return LocalizedText(zh: zh[word] ?? word, en: word)
    }

    private static func fate(_ word: String, isDone: Bool) -> LocalizedText {
        switch word {
        case "nothing": LocalizedText(zh: "没有", en: "nothing")
        case "removed":
            isDone ? LocalizedText(zh: "已删除", en: "removed") : LocalizedText(zh: "将删除", en: "goes")
        case "kept": LocalizedText(zh: "保留", en: "kept")
        case "by_hand": LocalizedText(zh: "由人处理", en: "by hand")
        default: LocalizedText(zh: word, en: word)
        }
    }

    /// 412 B, 38 KB, 1.2 GB.
    static func size(_ bytes: Int) -> String {
        var size = Double(bytes)
        for unit in ["B", "KB", "MB"] {
            if size < 1000 { return "\(Int(size.rounded())) \(unit)" }
            size /= 1000
        }
        return "\((size * 10).rounded() / 10) GB"
    }
}

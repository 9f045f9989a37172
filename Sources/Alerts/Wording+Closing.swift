package import Community
package import Diagnostics
import SiteConfiguration
import Timekeeping

// What people are told when somebody has closed a case: who, and what was found; never again to go and look.

extension Reporter {
    /// - Parameter change: the closing, which has the text of the alert as it was told last.
    package func closing(_ change: AlertChange, registry: Registry) -> Phrase {
        let place = change.place.flatMap { registry.place($0) }.map { registry.places[Int($0.index)].displayName }
        let persons = (change.person ?? "").split(separator: "|").compactMap { registry.resident(String($0)) }
        let names = persons.map { registry.residents[Int($0.index)].maskedName }.joined(separator: "、")
        let where_ = [place ?? change.device ?? change.key, names].filter { !$0.isEmpty }.joined(separator: " ")
        let title = rules.first { $0.name == change.rule }?.title ?? change.kind.title
        let who = change.actor.map { id in registry.workers.first { $0.id == id }?.name ?? id }
        let found = change.found.map(Wording.found)
        let at = wording.moment(change.at)
        if change.change == .merged { return merged(change, where_, title, who, at) }
        let number = change.id.prefix(6).uppercased()
        return Phrase(
            zh: "【已结案】\(where_) \(title.zh):\(at.zh)由\(who ?? "工作人员")结案"
                + (found.map { ",结果:\($0.zh)" } ?? "") + (change.note.map { ",备注:\(Wording.short($0))" } ?? "")
                + "。编号\(number)",
            en: "[Closed] \(where_), \(title.en): closed at \(at.en) by \(who ?? "staff")"
                + (found.map { "; found: \($0.en)" } ?? "") + (change.note.map { "; note: \(Wording.short($0))" } ?? "")
                + ". No. \(number)")
    }
}

extension Reporter {
    /// The case goes on under another number.
    private func merged(
        _ change: AlertChange, _ spot: String, _ title: Phrase, _ who: String?, _ at: Phrase
    ) -> Phrase {
        let number = change.id.prefix(6).uppercased()
        return Phrase(
            zh: "【已并案】\(spot) \(title.zh):\(at.zh)由\(who ?? "工作人员")并入另一预警,处置在那一条继续。编号\(number)",
            en: "[Merged] \(spot), \(title.en): joined to another alert at \(at.en) by \(who ?? "staff"); the case "
                + "goes on there. No. \(number)")
    }
}

extension Wording {
    /// What was found, in people's words; another word as it is.
    static func found(_ word: String) -> Phrase {
        switch word {
        case "well": Phrase(zh: "平安", en: "well")
        case "unwell": Phrase(zh: "需就医", en: "unwell, needs a doctor")
        case "rescued": Phrase(zh: "已施救", en: "rescued")
        case "deceased": Phrase(zh: "已故", en: "deceased")
        case "away": Phrase(zh: "外出", en: "away")
        case "device_fault": Phrase(zh: "设备故障", en: "a fault of the device")
        case "no_access": Phrase(zh: "敲门无人应", en: "nobody opened")
        case "real": Phrase(zh: "属实", en: "real")
        case "not_real": Phrase(zh: "不属实", en: "not real")
        case "mended": Phrase(zh: "已修复", en: "mended")
        case "referred": Phrase(zh: "已移交", en: "referred")
        case "dissuaded": Phrase(zh: "已劝阻", en: "dissuaded")
        case "not_ours": Phrase(zh: "非本区", en: "not ours")
        default: Phrase(zh: short(word), en: short(word))
        }
    }

    /// A person's words, on one line and not endless.
    static func short(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > 100 ? line.prefix(100) + "…" : line
    }
}

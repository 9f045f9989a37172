import Community
import Diagnostics
import Timekeeping

/// The words of a refusal: what is wrong, who would not be watched any more, what to do.
enum RefusalWords {
    /// So many names stand in a message.
    static let namesMax = 10

    /// - Parameter digits: nil where nobody can take it, because it cannot be read at all.
    static func refused(
        _ reasons: [LocalizedText], unwatched: [String], config: String, digits: String?, takesSignal: Bool
    ) -> LocalizedText {
        let why = LocalizedText(
            zh: reasons.map(\.zh).joined(separator: ";"), en: reasons.map(\.en).joined(separator: "; "))
        let names = RegistryDiff.list(unwatched, max: namesMax)
        let who =
            unwatched.isEmpty
            ? LocalizedText(zh: "", en: "")
            : LocalizedText(
                zh: "将不再关注（\(unwatched.count)人）：\(names.zh)。",
                en: " Not watched any more would be (\(unwatched.count)): \(names.en).")
        let again =
            takesSignal
            ? LocalizedText(
                zh: "，或在1分钟后、30分钟内再重新加载一次", en: ", or reload once more, after 1 and within 30 minutes")
            : LocalizedText(zh: "", en: "")
        let take =
            digits.map { digits in
                LocalizedText(
                    zh: "若确实要采用，请执行 shouwang reload --config \(config) --accept \(digits)\(again.zh)；否则",
                    en: " If it is meant, run: shouwang reload --config \(config) --accept \(digits)\(again.en). "
                        + "Otherwise put")
            } ?? LocalizedText(zh: "", en: " Put")
        return LocalizedText(
            zh: "登记表未采用，仍按上一次采用的登记表值守：\(why.zh)。\(who.zh)\(take.zh)请恢复文件，再重新加载（shouwang reload）。",
            en: "the registry is refused, the last accepted one goes on: \(why.en).\(who.en)\(take.en) the files back "
                + "and reload (shouwang reload).")
    }

    /// A refused registry that was taken after all.
    static func taken(_ digits: String, unwatched: [String], watched: Int) -> LocalizedText {
        let names = RegistryDiff.list(unwatched, max: namesMax)
        return LocalizedText(
            zh: "登记表 \(digits) 已按要求采用，现在关注\(watched)人。"
                + (unwatched.isEmpty ? "" : "不再关注（\(unwatched.count)人）：\(names.zh)。"),
            en: "the registry \(digits) is taken as asked; \(watched) people are watched now."
                + (unwatched.isEmpty ? "" : " Not watched any more (\(unwatched.count)): \(names.en)."))
    }

    /// What lies in the folder is in order again.
    static func settled(watched: Int) -> LocalizedText {
        LocalizedText(
            zh: "登记表已恢复正常并采用，关注\(watched)人。",
            en: "the registry is in order again and in force; \(watched) people are watched.")
    }

    /// Somebody named digits of which there is no registry in the folder.
    static func otherDigits(_ named: String, now digits: String?) -> LocalizedText {
        let now = digits ?? "-"
        return LocalizedText(
            zh: "文件夹里现在的登记表不是 \(named) 而是 \(now)：确认之后文件又变了，或号码不对",
            en: "the registry in the folder is not \(named) but \(now): it changed since, or the digits are wrong")
    }

    static let noneLeftOut = LocalizedText(
        zh: "居民表各行都已读取，没有被漏掉的人。", en: "all rows of residents.csv are read again: nobody is left out.")

    /// People whose rows are left out of the registry in force; nil where there is nobody.
    static func leftOut(_ registry: Registry) -> LocalizedText? {
        let people = registry.leftOut.filter(\.isWatched)
        guard !people.isEmpty else { return nil }
        func names(_ line: (Int) -> String) -> [String] {
            people.map { person in
                let who = [person.place, person.maskedName].filter { !$0.isEmpty }.joined(separator: " ")
                return who.isEmpty ? line(person.line) : "\(who) (\(line(person.line)))"
            }
        }
        let zh = RegistryDiff.list(names { "第\($0)行" }, max: namesMax).zh
        let en = RegistryDiff.list(names { "line \($0)" }, max: namesMax).en
        return LocalizedText(
            zh: "居民表有\(people.count)行未能读取，这些人无人关注：\(zh)。请按 shouwang check 的提示改正 residents.csv。",
            en: "\(people.count) rows of residents.csv cannot be read, nobody watches over these people: \(en). "
                + "Correct them as shouwang check says.")
    }
}

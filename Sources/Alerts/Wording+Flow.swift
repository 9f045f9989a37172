import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping

// Too many people at a gate or inside an area: what is known of them, and nothing else.

extension Wording {
    /// 北门 人流偏多:10分钟内通行20人次(限值20;进12、出8),区域内约11人(限值10)。请到场疏导。
    func flow(_ finding: Finding, _ facts: Finding.FlowFacts, _ surroundings: Surroundings) -> Phrase {
        let subject = subject(of: finding, surroundings)
        let since = facts.since.map(moment)
        let facts = crowd(facts)
        let zh = facts.map(\.zh).joined(separator: ",")
        let en = facts.map(\.en).joined(separator: ", ")
        return Phrase(
            zh: "\(subject.zh) \(since.map { "\($0.zh)起" } ?? "")人流偏多:\(zh)。请到场疏导。",
            en:
                "\(subject.en): crowded\(since.map { " since \($0.en)" } ?? ""), \(en). "
                + "Please go and guide people. ")
    }

    /// How many passed, and how many are inside.
    func crowd(_ facts: Finding.FlowFacts) -> [Phrase] { [passes(facts), inside(facts)].compactMap(\.self) }

    /// Of a rule of who is inside alone only where there are any.
    private func passes(_ facts: Finding.FlowFacts) -> Phrase? {
        if facts.passesMax == nil, facts.passes == 0 { return nil }
        let length = roughly(facts.within)
        let unknown = facts.passes - facts.passesIn - facts.passesOut
        var notes: [Phrase] = []
        if let limit = facts.passesMax { notes.append(Phrase(zh: "限值\(limit)", en: "limit \(limit)")) }
        if facts.passesIn + facts.passesOut > 0 {
            notes.append(
                Phrase(
                    zh: "进\(facts.passesIn)、出\(facts.passesOut)" + (unknown > 0 ? ",其余方向不明" : ""),
                    en: "\(facts.passesIn) in, \(facts.passesOut) out"
                        + (unknown > 0 ? ", the others either way" : "")))
        }
        let zhMore = facts.isAtLeast ? "以上" : ""
        let enMore = facts.isAtLeast ? " or more" : ""
        return Phrase(
            zh: "\(length.zh)内通行\(facts.passes)人次\(zhMore)\(noted(notes).zh)",
            en: "\(facts.passes)\(enMore) passes within \(length.en)\(noted(notes).en)")
    }

    private func inside(_ facts: Finding.FlowFacts) -> Phrase? {
        facts.inside.map { count in
            let notes = facts.insideMax.map { [Phrase(zh: "限值\($0)", en: "limit \($0)")] } ?? []
            return Phrase(
                zh: "区域内约\(count)人\(noted(notes).zh)", en: "about \(count) inside\(noted(notes).en)")
        }
    }

    private func noted(_ notes: [Phrase]) -> Phrase {
        if notes.isEmpty { return Phrase(zh: "", en: "") }
        return Phrase(
            zh: "(\(notes.map(\.zh).joined(separator: ";")))", en: " (\(notes.map(\.en).joined(separator: "; ")))")
    }
}

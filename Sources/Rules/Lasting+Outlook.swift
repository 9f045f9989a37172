import Diagnostics
package import Timekeeping
import Windowing

extension Lasting {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let number = keyer.find(key)
        guard number >= 0, Int(number) < known.count else { return [] }
        if let episode = episodes[number] {
            let ago = (now - episode.last).ago
            return [
                Outlook(
                    zh: "已报警,第 \(episode.stage) 级;最近一次在 \(ago) 前",
                    en: "raised, stage \(episode.stage); the last "
                        + "of it was \(ago) ago")
            ]
        }
        if episodes.isQuiet(number, at: now) { return [Outlook(zh: "结案后静默中", en: "quiet after the last one")] }
        guard let run = dwell.run(Int(number)) else {
            return [Outlook(zh: "当前没有这种状态", en: "the state does not hold now")]
        }
        let begins = settings.opening(from: run.start, zone, surroundings.days) ?? .distantFuture
        if begins > now {
            let due = known[Int(number)].due
            return [
                Outlook(
                    zh: "状态已持续 \((now - run.start).ago),规则时段开始后起算",
                    en: "it has lasted \((now - run.start).ago), and counts from when the rule's hours begin",
                    due: gap == nil && due < .distantFuture ? due : nil)
            ]
        }
        let lasted = max(.zero, (gap == nil ? now : run.last) - begins)
        let due = known[Int(number)].due
        return [
            Outlook(
                zh: "已持续 \(lasted),需要 \(shortest)", en: "it has lasted \(lasted); it takes \(shortest)",
                due: gap == nil && due < .distantFuture ? due : nil)
        ]
    }
}

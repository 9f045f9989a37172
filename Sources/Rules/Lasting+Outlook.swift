import Diagnostics
package import Timekeeping
import Windowing

extension Lasting {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let number = keyer.find(key)
        guard number >= 0, Int(number) < known.count else { return [] }
        if let episode = episodes[number] {
            let ago = (now - episode.last).spoken
            return [
                Outlook(
                    zh: "已报警,第 \(episode.stage) 级;最近一次在 \(ago.zh)前",
                    en: "raised, stage \(episode.stage); the last "
                        + "of it was \(ago.en) ago")
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
                    zh: "状态已持续 \((now - run.start).spoken.zh),规则时段开始后起算",
                    en: "it has lasted \((now - run.start).spoken.en), and counts from when the rule's hours begin",
                    due: gap == nil && due < .distantFuture ? due : nil)
            ]
        }
        let lasted = max(.zero, (gap == nil ? now : run.last) - begins).spoken
        let due = known[Int(number)].due
        return [
            Outlook(
                zh: "已持续\(lasted.zh),需要\(shortest.spoken.zh)",
                en: "it has lasted \(lasted.en); it takes \(shortest.spoken.en)",
                due: gap == nil && due < .distantFuture ? due : nil)
        ]
    }
}

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
        let lasted = ((gap == nil ? now : run.last) - run.start).spoken
        let due = known[Int(number)].due
        return [
            Outlook(
                zh: "已持续\(lasted.zh),需要\(shortest.spoken.zh)",
                en: "it has lasted \(lasted.en); it takes \(shortest.spoken.en)",
                due: gap == nil && due < .distantFuture ? due : nil)
        ]
    }
}

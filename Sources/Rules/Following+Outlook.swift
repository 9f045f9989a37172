import Diagnostics
package import Timekeeping
import Windowing

extension Following {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let number = keyer.find(key)
        guard number >= 0 else { return [] }
        if let episode = episodes[number] {
            let ago = (now - episode.last).spoken
            return [Outlook(zh: "已报警;\(ago.zh)前开始", en: "raised; it began \(ago.en) ago")]
        }
        if episodes.isQuiet(number, at: now) { return [Outlook(zh: "结案后静默中", en: "quiet after the last one")] }
        if let (_, first) = sequence.next(Int(number)) {
            let ago = (now - first.at).spoken
            return isMissing
                ? [
                    Outlook(
                        zh: "\(ago.zh)前开始,在等后续", en: "it began \(ago.en) ago and waits for what follows",
                        due: first.due)
                ]
                : [Outlook(zh: "\(ago.zh)前有前一事,在等后一事", en: "the first came \(ago.en) ago; the second is missing")]
        }
        return [Outlook(zh: "没有在等的事", en: "nothing waits: what began was answered")]
    }
}

import Diagnostics
package import Timekeeping
import Windowing

extension KeyedRule {
    /// What each of the keys with this text has: that it is told, or quiet, or what `missing` says.
    func outlook(ofKey text: String, at now: Instant, missing: (Int32) -> Outlook?) -> [Outlook] {
        keys(ofText: text).compactMap { key in
            if let episode = episodes[key], episode.isOpen {
                let ago = (now - episode.last).spoken
                return Outlook(zh: "已报警;最近一次在 \(ago.zh)前", en: "raised; the last of it was \(ago.en) ago")
            }
            if episodes.isQuiet(key, at: now) {
                return Outlook(zh: "结案后静默中", en: "quiet after the last one")
            }
            return missing(key)
        }
    }
}

extension Counting {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let length = keyed.length(within, at: now, surroundings)
        return keyed.outlook(ofKey: key, at: now) { key in
            let count = window.count(Int(key), after: now - length)
            return Outlook(
                zh: "\(length.spoken.zh)内计 \(count) 次,需要 \(atLeast) 次",
                en: "\(count) within \(length.spoken.en); it takes \(atLeast)")
        }
    }
}

extension Level {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        keyed.outlook(ofKey: key, at: now) { key in
            let value = threshold.value(Int(key))
            if value.isNaN { return nil }
            if let wait = pending[key] {
                return Outlook(
                    zh: "最近读数 \(value),已到限值 \(threshold.limit),持续时间未到",
                    en: "the last reading is \(value), beyond \(threshold.limit), and has to last", due: wait.timer)
            }
            return Outlook(
                zh: "最近读数 \(value),限值 \(threshold.limit)",
                en: "the last reading is \(value); the limit is \(threshold.limit)")
        }
    }
}

extension Excess {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        keyed.outlook(ofKey: key, at: now) { key in
            let passed = passes.count(Int(key), after: now - within)
            let group = groups[key]?.last
            let seen = group?.seen ?? 0
            return Outlook(
                zh: "看到 \(seen) 人,\(within.spoken.zh)内通行 \(passed) 次;需要多出 \(atLeast) 人",
                en: "\(seen) seen, \(passed) passed within \(within.spoken.en); it takes \(atLeast) more seen than "
                    + "passed",
                due: group?.due)
        }
    }
}

extension Flow {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        keyed.outlook(ofKey: key, at: now) { key in
            if closed.contains(key) {
                return Outlook(
                    zh: "人数仍多,已有人结案;降到限值以下后再计",
                    en: "still crowded, and somebody closed it; it counts anew when that is over")
            }
            let passed = window.count(Int(key), after: now - within)
            let people = Int(key) < inside.count ? inside[Int(key)] : 0
            let length = within.spoken
            var parts: [Outlook] = []
            if let limit = passesMax {
                parts.append(
                    Outlook(
                        zh: "\(length.zh)内通行 \(passed) 人次,达 \(limit) 即报",
                        en: "\(passed) passes within \(length.en); it takes \(limit)"))
            }
            if let limit = insideMax {
                parts.append(
                    Outlook(zh: "区域内 \(people) 人,达 \(limit) 即报", en: "\(people) inside; it takes \(limit)"))
            }
            return Outlook(
                zh: parts.map(\.text.zh).joined(separator: ";"), en: parts.map(\.text.en).joined(separator: "; "))
        }
    }
}

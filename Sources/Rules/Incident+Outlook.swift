import Diagnostics
import SiteConfiguration
package import Timekeeping
import Windowing

extension Incident {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let number = keyer.find(key)
        guard number >= 0 else { return [] }
        var told: [Outlook] = []
        for session in sessions.sessions(Int(number)) {
            guard let episode = episodes[session.serial] else { continue }
            let ago = (now - session.last).spoken
            if episode.detected != nil {
                told.append(
                    Outlook(
                        zh: "已报警;最近一次在 \(ago.zh)前,间隔不超过 \(settings.merge.spoken.zh)的并入同一预警",
                        en: "raised; the last event was \(ago.en) ago, and what comes within "
                            + "\(settings.merge.spoken.en) of it joins"))
                continue
            }
            told.append(missing(of: episode, session, ago))
        }
        if let until = quietUntil[number], until > now {
            let left = (until - now).spoken
            told.append(
                Outlook(zh: "结案后静默,还有 \(left.zh)", en: "quiet after the last one for \(left.en) more"))
        }
        if told.isEmpty { told.append(Outlook(zh: "近期没有符合条件的记录", en: "no record of late that it looks at")) }
        return told
    }

    private func missing(of episode: Episode, _ session: Sessions.Session, _ ago: Phrase) -> Outlook {
        let confirm = settings.confirm
        if confirm.count > 1 || confirm.devices > 1 {
            let within = confirm.within.spoken
            return Outlook(
                zh: "\(ago.zh)前见到 \(session.count) 次、\(episode.devices.count) 个设备;需要 \(within.zh)内 "
                    + "\(confirm.count) 次、\(confirm.devices) 个设备",
                en:
                    "\(session.count) by \(episode.devices.count) devices \(ago.en) ago; it takes \(confirm.count) by "
                    + "\(confirm.devices) within \(within.en)")
        }
        if !episode.isCertain {
            return Outlook(
                zh: "\(ago.zh)前见到,但轨迹不像坠落;需要另一摄像头 3 秒内或 10 分钟内再次见到",
                en:
                    "seen \(ago.en) ago, but the path is no fall's; it takes another camera within 3 s or another "
                    + "event within 10 min")
        }
        return Outlook(
            zh: "\(ago.zh)前见到,但不在生效时段或仍在静默期", en: "seen \(ago.en) ago, outside of the calendar or in the quiet time")
    }
}

import Community
import Diagnostics
import SiteConfiguration
package import Timekeeping
import Windowing

extension NoMovement {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        guard let home = home(ofKey: key) ?? home(ofPerson: key), absence.keys.indices.contains(home) else { return [] }
        if isLeft(home) { return [Outlook(zh: "已无人需要守护", en: "nobody is watched there any more")] }
        let state = absence.keys[home]
        let silence = (now - state.start).spoken
        let next = absence.deadline(home)
        let back = next.flatMap { backFrom(home, at: $0) }
        let isAway = back != nil && state.reached == 0
        var told: [Outlook] = []
        if state.reached > 0 {
            told.append(
                Outlook(
                    zh: "已报警,第 \(state.reached) 级;已\(silence.zh)没有活动",
                    en: "raised, stage \(state.reached); no sign of "
                        + "life for \(silence.en)", due: next))
        } else {
            told.append(
                Outlook(
                    zh: "距最近的活动 \(silence.zh)", en: "the last sign of life that is believed was \(silence.en) ago",
                    due: isAway ? nil : next))
        }
        if let back, isAway {
            // The clock starts anew when they are back.
            told.append(
                Outlook(
                    zh: "登记外出,到期后重新计时", en: "away as was told; counted anew from when that is over",
                    due: back + absence.plans[Int(state.plan)][0]))
        }
        for device in surroundings.coverage.covering(Int32(home)) {
            let name = surroundings.device(device)?.name ?? surroundings.deviceName(device)
            let heard = surroundings.coverage.lastHeard(device).map { (now - $0).spoken }
            let life =
                switch surroundings.coverage.life(device, at: now, surroundings.blind) {
                case .alive: Phrase(zh: "在线", en: "alive")
                case .silent: Phrase(zh: "失联", en: "silent")
                case .unsupervised: Phrase(zh: "无心跳,状态不明", en: "without a heartbeat, so nobody knows")
                }
            let last =
                heard.map { Phrase(zh: "\($0.zh)前有数据", en: "heard of \($0.en) ago") }
                ?? Phrase(zh: "从未有数据", en: "never heard of")
            told.append(Outlook(zh: "\(name):\(life.zh),\(last.zh)", en: "\(name): \(life.en), \(last.en)"))
        }
        if corroboration != nil {
            told.append(
                Outlook(
                    zh: "红外、存在类须在\(evidence.within.spoken.zh)内有 \(evidence.count) 次才算",
                    en: "motion and presence count from \(evidence.count) within \(evidence.within.spoken.en) on"))
        }
        return told
    }

    private func home(ofPerson id: String) -> Int? {
        registry.resident(id).map { Int(registry.household(of: $0)) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}

import Community
import Diagnostics
import SiteConfiguration
package import Timekeeping
import Windowing

extension DeviceHealth {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: Surroundings) -> [Outlook] {
        let coverage = surroundings.coverage
        if kind == .upstreamSilent {
            guard let group = coverage.groups.indices.first(where: { coverage.groups[$0].name == key }) else {
                return []
            }
            if let told = open[Int32(group)] { return [DeviceHealth.told(told, now)] }
            return [
                Outlook(
                    zh: "其下 \(coverage.groups[group].members.count) 个设备",
                    en: "\(coverage.groups[group].members.count) devices behind it")
            ]
        }
        guard
            let device = surroundings.registry.deviceByIdentity(key)?.index ?? surroundings.registry.device(key)?.index
        else { return [] }
        if let told = open[device] { return [DeviceHealth.told(told, now)] }
        if let until = quietUntil[device], until > now {
            let left = (until - now).spoken
            return [Outlook(zh: "结案后静默,还有 \(left.zh)", en: "quiet after the last one for \(left.en) more")]
        }
        guard kind == .deviceSilent else { return [Outlook(zh: "未见异常", en: "nothing is wrong with it")] }
        guard let limit = coverage.limit(device, missed: settings.heartbeats) else {
            return [
                Outlook(
                    zh: "没有登记心跳,也还没学到,无法判断失联",
                    en: "no heartbeat is registered and none was learned yet, so it is never silent")
            ]
        }
        let heard = (now - coverage.countedFrom(device)).spoken
        return [
            Outlook(
                zh: "\(heard.zh)前有数据,\(limit.spoken.zh)无数据才算失联",
                en: "heard of \(heard.en) ago; it is silent after \(limit.spoken.en)",
                due: coverage.silentFrom(
                    device, missed: settings.heartbeats, handingIn: true, surroundings.blind
                ).map { $0 + settings.settle })
        ]
    }

    private static func told(_ condition: Condition, _ now: Instant) -> Outlook {
        let since = (now - condition.started).spoken
        return Outlook(zh: "已报警,已持续\(since.zh)", en: "raised; it has lasted \(since.en)")
    }
}

import Community
import Diagnostics
import RecordLog
import SiteConfiguration
import SiteLoading

/// `check --who`: who is watched by what, and who is told.
struct WhoIsWatched {
    let settings: Settings
    let registry: Registry

    var lines: [String] {
        let people = registry.peopleByDwelling
        return registry.residents.filter(\.isWatched).map { line($0, people) }
            + registry.leftOut.filter(\.isWatched).map(leftOut)
    }

    /// Somebody whose row cannot be read.
    private func leftOut(_ person: LeftOutResident) -> String {
        let what = LocalizedText(
            zh: "无人关注：residents.csv 第\(person.line)行未读",
            en: "not watched: line \(person.line) of residents.csv is left out")
        return [person.place, person.maskedName, what.text(in: settings.site.language)].joined(separator: "\t")
    }

    /// - Parameter people: how many live in each dwelling.
    private func line(_ resident: Resident, _ people: [Int32: Int]) -> String {
        let place = resident.dwelling.map { registry.places[Int($0.index)] }
        let devices = registry.devices.filter { device in
            guard let dwelling = resident.dwelling, let at = device.place else { return false }
            return registry.places[Int(at.index)].dwelling == dwelling
        }.map(\.id)
        let grid = place?.grid
        let workers = registry.workers.filter { worker in grid.map { worker.grids.contains($0) } ?? false }
        let channels = Set(workers.flatMap { $0.channels.map(\.channel) }).sorted()
        let parts = [
            resident.id, resident.maskedName, place?.displayName ?? missing("住所", "dwelling"),
            part("设备", "devices", devices),
            part("凭证", "credentials", resident.credentials.isEmpty ? [] : ["\(resident.credentials.count)"]),
            part("网格员", "worker", workers.map(\.id)), part("通道", "channel", channels),
        ]
        return (parts + together(resident, people) + untoldFamily(resident)).joined(separator: "\t")
    }

    /// Where they agreed to be told, and no channel could.
    private func untoldFamily(_ resident: Resident) -> [String] {
        let hasNumbers = resident.family.contains { !$0.phone.isEmpty } || !resident.keyHolder.isEmpty
        guard resident.mayTellFamily, hasNumbers, !CrossCheck.hasFamilyChannel(settings) else { return [] }
        let kinds = settings.familyChannels.joined(separator: ", ")
        return [
            LocalizedText(
                zh: "家属和钥匙保管人收不到通知：没有 \(kinds) 通道",
                en: "family and key holder cannot be told: there is no channel of the kind \(kinds)"
            ).text(in: settings.site.language)
        ]
    }

    /// Sensors do not tell people apart.
    private func together(_ resident: Resident, _ people: [Int32: Int]) -> [String] {
        guard let dwelling = resident.dwelling, let people = people[dwelling.index], people > 1 else { return [] }
        return [
            LocalizedText(
                zh: "同住\(people)人：一人倒下而另一人活动时，传感器看不出来",
                en: "\(people) people live there: sensors cannot see one who has fallen while another moves"
            ).text(in: settings.site.language)
        ]
    }

    private func part(_ zh: String, _ en: String, _ values: [String]) -> String {
        values.isEmpty
            ? missing(zh, en)
            : LocalizedText(zh: zh, en: en).text(in: settings.site.language) + ":" + values.joined(separator: ",")
    }

    private func missing(_ zh: String, _ en: String) -> String {
        LocalizedText(zh: "缺少\(zh)", en: "no \(en)").text(in: settings.site.language)
    }
}

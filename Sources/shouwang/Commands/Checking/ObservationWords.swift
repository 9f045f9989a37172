import Alerts
import Community
import Diagnostics
import Feeds
import SiteConfiguration
import Timekeeping
import Vocabulary

/// An observation as a person reads it: when, which device, what it said, where that is and whose home.
struct ObservationWords {
    let registry: Registry
    let zone: Zone
    let language: Language
    /// What people call a device; nil: by its name or id as the sheet has it.
    let names: DeviceNames?

    init(registry: Registry, site: SiteSettings, names: DeviceNames? = nil) {
        self.registry = registry
        self.names = names
        zone = site.zone
        language = site.language
    }

    /// `08:12:03 客厅红外 motion on → 3栋2单元502 罗*华`
    func text(of observation: Observation, _ batch: DecodedBatch) -> String {
        let civil = zone.civil(observation.time)
        let clock = [civil.hour, civil.minute, civil.second].map { ISO8601.two($0) }.joined(separator: ":")
        return clock + " " + meaning(of: observation, batch)
    }

    /// The same without its time.
    func meaning(of observation: Observation, _ batch: DecodedBatch) -> String {
        let device = observation.device.known.map { registry.devices[Int($0)] }
        let label = names.flatMap { names in observation.device.known.map { names.label($0).text(in: language) } }
        let name = label ?? device?.name ?? observation.device.unknown.map { batch.names[$0] } ?? "?"
        var text = "\(name) \(observation.kind.name)"
        switch observation.reading {
        case .on: text += " on"
        case .off: text += " off"
        case .unknown: break
        }
        if observation.number.isFinite { text += " \(observation.number)" }
        if observation.battery >= 0 {
            text += LocalizedText(zh: "，电量 \(observation.battery)%", en: ", battery \(observation.battery) %").text(
                in: language)
        }
        if observation.confidence.isFinite { text += " \(Int((observation.confidence * 100).rounded()))%" }
        if observation.marks.contains(.noCall) { text += LocalizedText(zh: "（否）", en: " (says no)").text(in: language) }
        if observation.marks.contains(.retained) {
            text += LocalizedText(zh: "（保留消息）", en: " (retained)").text(in: language)
        }
        if observation.marks.contains(.perhapsLate) {
            text += LocalizedText(zh: "（像是补报，不采信其时间）", en: " (late, it seems: its own time is not believed)").text(
                in: language)
        } else if observation.marks.contains(.clockFault) {
            text += LocalizedText(zh: "（设备时钟有误）", en: " (clock fault)").text(in: language)
        }
        return text + " → " + whereAndWho(observation, device, batch)
    }

    private func whereAndWho(_ observation: Observation, _ device: Device?, _ batch: DecodedBatch) -> String {
        guard let device else { return LocalizedText(zh: "登记表里没有这个设备", en: "not in the registry").text(in: language) }
        guard let id = device.place else {
            return LocalizedText(zh: "没有登记位置", en: "no place in the registry").text(in: language)
        }
        let place = registry.places[Int(id.index)]
        var text = place.displayName
        if let person = observation.person.known {
            text += " " + registry.residents[Int(person)].maskedName
        } else if let name = observation.person.unknown {
            text +=
                " "
                + LocalizedText(zh: "不认识的人 \(batch.names[name])", en: "somebody unknown (\(batch.names[name]))").text(
                    in: language)
        } else if let dwelling = place.dwelling {
            let names = registry.residents.filter { $0.dwelling == dwelling }.map(\.maskedName)
            if !names.isEmpty { text += " " + names.joined(separator: "、") }
        }
        return text
    }
}

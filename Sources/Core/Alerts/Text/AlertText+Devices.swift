import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// Which device: what people call it, and whether its place alone tells it from others.

extension AlertText {
    /// What people call a device: its name, else the room or gate where it is, and what it is; its id too where its
    /// place has several of its kind.
    /// - Parameter place: what the text names already.
    func label(_ number: Int32, in place: PlaceID? = nil, _ context: RuleContext) -> LocalizedText {
        guard let device = context.device(number) else {
            let name = context.deviceName(number)
            return LocalizedText(zh: name, en: name)
        }
        if device.name != device.id { return LocalizedText(zh: device.name, en: device.name) }
        let kind = AlertText.deviceKind(device)
        guard let own = device.place else {
            return LocalizedText(zh: "\(kind.zh)(\(device.id))", en: "\(kind.en) (\(device.id))")
        }
        let id = isOneOfSeveral(number, in: own, context) ? device.id : nil
        let row = context.registry.places[Int(own.index)]
        // In a home the dwelling itself is said already; only a room of it tells more.
        let room = own == place || row.dwelling == own ? "" : row.name
        let isGate = device.isOuterGate && !room.isEmpty
        let zh = isGate ? room : room + kind.zh
        let en = isGate ? room : room.isEmpty ? kind.en : "\(room) \(kind.en)"
        return LocalizedText(zh: zh + (id.map { "(\($0))" } ?? ""), en: en + (id.map { " (\($0))" } ?? ""))
    }

    /// Where, and which of several lifts, doors or cameras there: 3栋 货梯. Of one alone it is the place.
    /// - Parameter devices: those that it is about, by number.
    func spot(_ finding: Finding, _ devices: [Int32], _ context: RuleContext) -> LocalizedText {
        let subject = subject(of: finding, context)
        guard let place = finding.place,
            devices.contains(where: { isOneOfSeveral($0, in: place, context) })
        else { return subject }
        let names = devices.map { label($0, in: place, context) }
        let shown = names.prefix(AlertText.devicesShown)
        let isCut = names.count > shown.count
        let isSaid = names.allSatisfy { AlertText.says($0.zh, subject.zh) }
        return LocalizedText(
            zh: (isSaid ? "" : subject.zh + " ") + shown.map(\.zh).joined(separator: "、")
                + (isCut ? "等\(names.count)处" : ""),
            en: (isSaid ? "" : subject.en + " ") + shown.map(\.en).joined(separator: ", ") + (isCut ? " …" : ""))
    }

    /// Whether a device's name begins with the place: 3栋货梯. Lift 31 is not one of building 3.
    private static func says(_ name: String, _ place: String) -> Bool {
        guard name.hasPrefix(place) else { return false }
        return !(place.last?.isNumber ?? false) || !(name.dropFirst(place.count).first?.isNumber ?? false)
    }

    private static let devicesShown = 3

    /// The device that an alert is kept for; none where it is kept for a place or a person.
    func ownDevice(_ finding: Finding, _ context: RuleContext) -> [Int32] {
        finding.device >= 0 && finding.key == context.deviceName(finding.device) ? [finding.device] : []
    }

    /// Where, and the device: 3栋2单元502 客厅红外.
    func device(of finding: Finding, _ context: RuleContext) -> LocalizedText {
        let subject = subject(of: finding, context)
        if unplaced(finding, context) != nil { return subject }
        let label = label(finding.device, in: finding.place, context)
        if AlertText.says(label.zh, subject.zh) { return label }
        return LocalizedText(zh: "\(subject.zh) \(label.zh)", en: "\(subject.en) \(label.en)")
    }

    /// What stands for the place where nobody knows it, and the device is all that is known.
    func unplaced(_ finding: Finding, _ context: RuleContext) -> LocalizedText? {
        let name = context.deviceName(finding.device)
        // A vehicle's key goes on with the camera's zone, the class and the plate.
        guard finding.place == nil, finding.person < 0, finding.residents.isEmpty, finding.device >= 0,
            finding.key == name || finding.key.hasPrefix(name + "/")
        else { return nil }
        guard let device = context.device(finding.device) else {
            return LocalizedText(zh: "未登记设备 \(name)(位置不明)", en: "unregistered device \(name) (place unknown)")
        }
        return LocalizedText(zh: "\(device.name)(位置未登记)", en: "\(device.name) (its place is not on record)")
    }

    /// Whether the name of a place leaves open which device is meant: another of its kind is there or in a part of it.
    /// Of a device that the registry does not know nobody can say that it is the only one. O(depth of the places).
    private func isOneOfSeveral(_ number: Int32, in place: PlaceID, _ context: RuleContext) -> Bool {
        guard let device = context.device(number) else { return number >= 0 }
        let isItself = AlertText.places(above: device, context.registry).contains(place.index)
        return (sorts[Sort(place: place.index, name: AlertText.sort(device))] ?? 0) > (isItself ? 1 : 0)
    }

    /// Devices of one sort in a place or in a part of it.
    struct Sort: Hashable {
        var place: Int32
        var name: String
    }

    /// How many there are of each sort in each place, its parts included. O(devices × depth of the places), once.
    static func sorts(of registry: Registry) -> [Sort: Int32] {
        var sorts: [Sort: Int32] = [:]
        for device in registry.devices {
            let name = sort(device)
            for place in places(above: device, registry) { sorts[Sort(place: place, name: name), default: 0] += 1 }
        }
        return sorts
    }

    /// The place of a device, and all that it is a part of.
    private static func places(above device: Device, _ registry: Registry) -> [Int32] {
        var places: [Int32] = []
        var at = device.place
        while let place = at {
            places.append(place.index)
            at = registry.places[Int(place.index)].parent
        }
        return places
    }

    /// What a worker at the place might take one device for: one door for another, but a lift's camera for no lift.
    private static func sort(_ device: Device) -> String {
        switch device.kind {
        case "gate", "unit_door", "turnstile": "door"
        case "lift": device.family == "camera" ? "lift camera" : "lift"
        default: device.kind
        }
    }

    private static func deviceKind(_ device: Device) -> LocalizedText {
        switch device.kind {
        case "gate": LocalizedText(zh: "门岗", en: "gate")
        case "unit_door": LocalizedText(zh: "单元门", en: "unit door")
        case "door": LocalizedText(zh: "门", en: "door")
        case "turnstile": LocalizedText(zh: "闸机", en: "turnstile")
        case "lift":
            device.family == "camera"
                ? LocalizedText(zh: "电梯摄像头", en: "lift camera") : LocalizedText(zh: "电梯", en: "lift")
        case "facade": LocalizedText(zh: "外立面摄像头", en: "facade camera")
        case "lane": LocalizedText(zh: "消防通道摄像头", en: "fire lane camera")
        case "lobby": LocalizedText(zh: "大堂摄像头", en: "lobby camera")
        case "camera": LocalizedText(zh: "摄像头", en: "camera")
        case "pir": LocalizedText(zh: "红外", en: "motion sensor")
        case "presence": LocalizedText(zh: "人体感应", en: "presence sensor")
        case "contact": LocalizedText(zh: "门磁", en: "door contact")
        case Device.entrance: LocalizedText(zh: "入户门", en: "entrance door")
        case "meter": LocalizedText(zh: "水电表", en: "meter")
        case "water": LocalizedText(zh: "水表", en: "water meter")
        case "power": LocalizedText(zh: "电表", en: "power meter")
        case "bed": LocalizedText(zh: "床垫", en: "bed sensor")
        case "wearable": LocalizedText(zh: "穿戴设备", en: "wearable")
        case "exit": LocalizedText(zh: "出门按钮", en: "exit button")
        case "button": LocalizedText(zh: "呼叫按钮", en: "call button")
        default:
            device.kind.isEmpty
                ? LocalizedText(zh: "设备", en: "device") : LocalizedText(zh: device.kind, en: device.kind)
        }
    }

    // MARK: Trouble of devices

    func device(
        _ finding: Finding, _ kind: RuleKind, _ facts: Finding.DeviceFacts, _ context: RuleContext
    ) -> LocalizedText {
        let device = device(of: finding, context)
        let since = moment(facts.since)
        switch kind {
        case .upstreamSilent:
            let homes = unwatched(facts)
            let hub = hub(of: finding, context)
            return LocalizedText(
                zh: "\(hub.zh) 网关失联,\(since.zh)起,其下\(facts.others.count)个设备无数据\(homes.zh)。请检查网关电源和网络。",
                en: "\(hub.en): the gateway has been silent since \(since.en), with \(facts.others.count) devices "
                    + "behind it\(homes.en). Please check its power and network. ")
        case .deviceStuck where facts.repeatedIDs > 0:
            return LocalizedText(
                zh: "\(device.zh)消息编号(id)重复:\(since.zh)起,最近20条有\(facts.repeatedIDs)条与之前的相同,按重发丢弃。"
                    + "请检查其固件或网关,编号应每条不同。",
                en: "\(device.en): repeats its message ids; since \(since.en), \(facts.repeatedIDs) of its last 20 "
                    + "messages were left out as copies. Please check its firmware or gateway: each message needs an "
                    + "id of its own. ")
        case .deviceStuck:
            return LocalizedText(
                zh: "\(device.zh)疑似卡死:\(since.zh)起不停上报。其数据暂不作为活动依据。请检查。",
                en: "\(device.en): seems stuck, it has not been quiet since \(since.en). "
                    + "What it tells is not believed. Please check it. ")
        case .deviceFlooding:
            return LocalizedText(
                zh: "\(device.zh)上报过多:\(since.zh)起,\(roughly(facts.limit).zh)内\(facts.count)条。请检查设备设置。",
                en: "\(device.en): sends too much, \(facts.count) in \(roughly(facts.limit).en), since \(since.en). "
                    + "Please check its settings. ")
        case .clockFault:
            return LocalizedText(
                zh: "\(device.zh)时钟不准(\(since.zh)起)。请校时。",
                en: "\(device.en): its clock is wrong, since \(since.en). Please set it. ")
        case .identityMismatch:
            return LocalizedText(
                zh: "\(device.zh)上报的身份与主题不符(\(since.zh)起)。请检查设备配置,谨防冒用。",
                en: "\(device.en): says that it is another device, since \(since.en). "
                    + "Please check its settings; somebody may be posing as it. ")
        default:
            let homes = unwatched(facts)
            let limit = facts.limit > .zero ? roughly(facts.limit) : nil
            return LocalizedText(
                zh: "\(device.zh)失联,最后一次:\(since.zh)\(limit.map { ",超过\($0.zh)无消息" } ?? "")\(homes.zh)。"
                    + "请检查电池和信号。",
                en: "\(device.en): silent, heard of last at \(since.en)"
                    + "\(limit.map { ", longer ago than \($0.en)" } ?? "")\(homes.en). "
                    + "Please check its battery and signal. ")
        }
    }

    /// The hub, and where all is that is silent behind it: 3栋 hub-a. One that stands for a home is the home.
    func hub(of finding: Finding, _ context: RuleContext) -> LocalizedText {
        let registry = context.registry
        let place = finding.place.map { registry.places[Int($0.index)].displayName }
        let isHome = finding.place != nil && registry.place(finding.key) == finding.place
        let name = isHome ? nil : context.device(finding.device)?.name ?? finding.key
        let text = [place, name].compactMap(\.self).joined(separator: " ")
        return LocalizedText(zh: text, en: text)
    }

    /// The homes that silence leaves without any device.
    private func unwatched(_ facts: Finding.DeviceFacts) -> LocalizedText {
        let homes = facts.unwatched.count
        guard homes > 0 else { return LocalizedText(zh: "", en: "") }
        return LocalizedText(
            zh: ",\(homes)户失去守护", en: ", which leaves \(homes) home\(homes == 1 ? "" : "s") unwatched")
    }
}

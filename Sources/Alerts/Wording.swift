import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping

/// The texts that people read (docs/rules.md, "What people read"): who, where, since when, why, what to do, and the
/// number.
///
/// Names are masked here and nowhere later, so that no channel can forget it. Golden tests hold each text.
struct Wording: Sendable {
    let zone: Zone

    func message(of finding: Finding, rule: RuleSettings, id: String, surroundings: Surroundings) -> Phrase {
        let number = id.prefix(6).uppercased()
        let body: Phrase
        switch (rule.kind, finding.change) {
        case (.noMovement, .resolved): return resolved(finding, number, surroundings)
        case (.noMovement, _): body = noMovement(finding, surroundings)
        case (.thrownObject, _): body = thrownObject(finding, surroundings)
        case (.ebikeInBuilding, _): body = ebike(finding, rule, surroundings)
        default: body = Phrase(zh: "\(rule.name) \(finding.key)。", en: "\(rule.name) \(finding.key). ")
        }
        let word = Wording.severity(finding.severity)
        return Phrase(
            zh: "【预警·\(word.zh)】\(body.zh)编号\(number)", en: "[Alert: \(word.en)] \(body.en)No. \(number)")
    }

    static func severity(_ severity: Severity) -> Phrase {
        switch severity {
        case .critical: Phrase(zh: "紧急", en: "critical")
        case .high: Phrase(zh: "重要", en: "high")
        case .medium: Phrase(zh: "一般", en: "medium")
        case .low: Phrase(zh: "提示", en: "low")
        }
    }

    // MARK: Kinds

    /// Until coverage is known the text does not say that the sensors work: it says what is known.
    private func noMovement(_ finding: Finding, _ surroundings: Surroundings) -> Phrase {
        guard case .absence(_, let after) = finding.detail else { return Phrase(zh: "", en: "") }
        let who = who(finding, surroundings)
        let length = length(after)
        var zh = "\(who.zh):家中已\(length.zh)没有活动记录。"
        var en = "\(who.en): no activity on record for \(length.en). "
        if let last = finding.lastEvidence {
            let source = source(last, surroundings)
            zh += "最后:\(moment(last.at).zh) \(source.zh)。"
            en += "Last: \(moment(last.at).en), \(source.en). "
        } else {
            zh += "自\(moment(finding.started).zh)起没有任何记录。"
            en += "Nothing at all since \(moment(finding.started).en). "
        }
        return Phrase(zh: zh + "请立即上门,反馈结果。", en: en + "Please go there now and report back. ")
    }

    private func resolved(_ finding: Finding, _ number: String, _ surroundings: Surroundings) -> Phrase {
        let who = who(finding, surroundings)
        guard let last = finding.lastEvidence else {
            return Phrase(zh: "【已解除】\(who.zh)。编号\(number)", en: "[Resolved] \(who.en). No. \(number)")
        }
        let source = source(last, surroundings)
        return Phrase(
            zh: "【已解除】\(who.zh):\(moment(last.at).zh) \(source.zh)有活动,无需上门;已签收的仍请反馈。编号\(number)",
            en: "[Resolved] \(who.en): activity at \(moment(last.at).en), \(source.en). No visit is needed; "
                + "whoever took it, please still report back. No. \(number)")
    }

    private func thrownObject(_ finding: Finding, _ surroundings: Surroundings) -> Phrase {
        guard case .sighting(_, let devices, _, let floor) = finding.detail else { return Phrase(zh: "", en: "") }
        let place = place(finding, surroundings)
        let cameras = devices.count
        let zhFloor = floor.map { "(约\($0)层,仅供参考)" } ?? ""
        let enFloor = floor.map { " (about floor \($0), a hint only)" } ?? ""
        let time = second(finding.started)
        return Phrase(
            zh: "\(place.zh) 疑似高空抛物,\(time.zh),\(cameras)个摄像头拍到\(zhFloor)。请保安查看有无伤人,保护现场。",
            en: "\(place.en): suspected object thrown from height, \(time.en), seen by \(cameras) "
                + "camera\(cameras == 1 ? "" : "s")\(enFloor). Guard: see whether anybody is hurt, secure the scene. ")
    }

    private func ebike(_ finding: Finding, _ rule: RuleSettings, _ surroundings: Surroundings) -> Phrase {
        guard case .sighting(_, let devices, let confidence, _) = finding.detail else { return Phrase(zh: "", en: "") }
        let place = place(finding, surroundings)
        let camera = devices.first.map { label($0, surroundings) } ?? Phrase(zh: "摄像头", en: "camera")
        let time = second(finding.started)
        let percent = confidence.isFinite ? Int((confidence * 100).rounded()) : nil
        let zhSure = percent.map { ",可信度\($0)%" } ?? ""
        let enSure = percent.map { ", confidence \($0) %" } ?? ""
        return Phrase(
            zh: "\(place.zh) 发现电动车进楼,\(time.zh),\(camera.zh)拍到\(zhSure)。请保安到场劝离,电动车不得上楼充电。",
            en: "\(place.en): e-bike in the building, \(time.en), seen by \(camera.en)\(enSure). "
                + "Guard: please go there; e-bikes must not be charged upstairs. ")
    }

    // MARK: Parts

    /// 3栋2单元502 罗*华(独居)
    private func who(_ finding: Finding, _ surroundings: Surroundings) -> Phrase {
        let registry = surroundings.registry
        let people = finding.residents.map { registry.residents[Int($0.index)] }
        let place = finding.place.map { registry.places[Int($0.index)].displayName + " " } ?? ""
        let names = people.map(\.maskedName)
        let care = people.count == 1 ? people[0].care.joined(separator: "、") : ""
        let english = people.count == 1 ? people[0].care.map(Wording.care).joined(separator: ", ") : ""
        return Phrase(
            zh: place + names.joined(separator: "、") + (care.isEmpty ? "" : "(\(care))"),
            en: place + names.joined(separator: ", ") + (english.isEmpty ? "" : " (\(english))"))
    }

    private static func care(_ word: String) -> String {
        switch word {
        case "独居": "lives alone"
        case "空巢": "children away"
        case "高龄": "of great age"
        case "残疾": "disabled"
        case "病后": "after illness"
        default: word
        }
    }

    private func place(_ finding: Finding, _ surroundings: Surroundings) -> Phrase {
        let name = finding.place.map { surroundings.registry.places[Int($0.index)].displayName } ?? finding.key
        return Phrase(zh: name, en: name)
    }

    /// 客厅红外; of a gate, where and which way: 北门进.
    private func source(_ trace: Trace, _ surroundings: Surroundings) -> Phrase {
        let label = label(trace.device, surroundings)
        guard trace.kind == .pass else { return label }
        let zhWay = trace.isInward ? "进" : trace.isOutward ? "出" : "通行"
        let enWay = trace.isInward ? "in" : trace.isOutward ? "out" : "passed"
        return Phrase(zh: label.zh + zhWay, en: "\(label.en) \(enWay)")
    }

    /// What people call a device: its name, else the room or gate where it is, and what it is.
    private func label(_ number: Int32, _ surroundings: Surroundings) -> Phrase {
        guard let device = surroundings.device(number) else {
            let name = surroundings.deviceName(number)
            return Phrase(zh: name, en: name)
        }
        if device.name != device.id { return Phrase(zh: device.name, en: device.name) }
        let kind = Wording.deviceKind(device.kind)
        guard let place = device.place.map({ surroundings.registry.places[Int($0.index)] }) else {
            return Phrase(zh: kind.zh, en: kind.en)
        }
        // In a home the dwelling itself is said already; only a room of it tells more.
        let room = place.dwelling == device.place ? "" : place.name
        if device.isOuterGate, !room.isEmpty { return Phrase(zh: room, en: room) }
        return Phrase(zh: room + kind.zh, en: room.isEmpty ? kind.en : "\(room) \(kind.en)")
    }

    private static func deviceKind(_ kind: String) -> Phrase {
        switch kind {
        case "gate": Phrase(zh: "门岗", en: "gate")
        case "unit_door": Phrase(zh: "单元门", en: "unit door")
        case "lift": Phrase(zh: "电梯摄像头", en: "lift camera")
        case "facade": Phrase(zh: "外立面摄像头", en: "facade camera")
        case "lane": Phrase(zh: "消防通道摄像头", en: "fire lane camera")
        case "pir": Phrase(zh: "红外", en: "motion sensor")
        case "contact": Phrase(zh: "门磁", en: "door contact")
        case "meter": Phrase(zh: "用电用水", en: "meter")
        case "bed": Phrase(zh: "床垫", en: "bed sensor")
        case "button": Phrase(zh: "呼叫按钮", en: "call button")
        default: Phrase(zh: kind.isEmpty ? "设备" : kind, en: kind.isEmpty ? "device" : kind)
        }
    }

    // MARK: Time

    /// 72小时 up to three days, then 4天 where it is whole days.
    private func length(_ length: Milliseconds) -> Phrase {
        let hour = Milliseconds.hours(1).count
        let day = 24 * hour
        let count = length.count
        if count > 3 * day, count % day == 0 { return Phrase(zh: "\(count / day)天", en: "\(count / day) days") }
        if count >= hour, count % hour == 0 { return Phrase(zh: "\(count / hour)小时", en: "\(count / hour) h") }
        if count >= 60_000, count % 60_000 == 0 {
            return Phrase(zh: "\(count / 60_000)分钟", en: "\(count / 60_000) min")
        }
        return Phrase(zh: "\(count / 1000)秒", en: "\(count / 1000) s")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// 9月19日08:12
    private func moment(_ instant: Instant) -> Phrase {
        let c = zone.civil(instant)
        let clock = ISO8601.two(c.hour) + ":" + ISO8601.two(c.minute)
        return Phrase(
            zh: "\(c.date.month)月\(c.date.day)日\(clock)",
            en: "\(c.date.day) \(Wording.months[c.date.month - 1]) \(clock)")
    }

    /// 9月22日14:03:21
    private func second(_ instant: Instant) -> Phrase {
        let seconds = ":" + ISO8601.two(zone.civil(instant).second)
        let minute = moment(instant)
        return Phrase(zh: minute.zh + seconds, en: minute.en + seconds)
    }
}

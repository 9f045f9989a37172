// The words in which rules are told to people.
package import Diagnostics
import Timekeeping
import Vocabulary

extension Milliseconds {
    /// `24 小时`, `24 hours`, in the unit in which ``description`` tells it.
    var phrase: LocalizedText {
        let text = description
        let digits = text.prefix { $0.isNumber || $0 == "-" }
        let isOne = digits == "1"
        let unit: LocalizedText =
            switch text.dropFirst(digits.count) {
            case "d": LocalizedText(zh: "天", en: isOne ? "day" : "days")
            case "h": LocalizedText(zh: "小时", en: isOne ? "hour" : "hours")
            case "m": LocalizedText(zh: "分钟", en: isOne ? "minute" : "minutes")
            case "s": LocalizedText(zh: "秒", en: isOne ? "second" : "seconds")
            default: LocalizedText(zh: "毫秒", en: "ms")
            }
        return LocalizedText(zh: "\(digits) \(unit.zh)", en: "\(digits) \(unit.en)")
    }
}

extension Severity {
    /// "紧急"预警, a critical alert.
    var alert: LocalizedText {
        switch self {
        case .critical: LocalizedText(zh: "“紧急”预警", en: "a critical alert")
        case .high: LocalizedText(zh: "“重要”预警", en: "a high alert")
        case .medium: LocalizedText(zh: "“一般”预警", en: "a medium alert")
        case .low: LocalizedText(zh: "“提示”预警", en: "a low alert")
        }
    }
}

extension RuleKey {
    var phrase: LocalizedText {
        switch self {
        case .person: LocalizedText(zh: "人", en: "person")
        case .dwelling: LocalizedText(zh: "户", en: "dwelling")
        case .place: LocalizedText(zh: "处", en: "place")
        case .building: LocalizedText(zh: "栋楼", en: "building")
        case .device: LocalizedText(zh: "台设备", en: "device")
        case .credential: LocalizedText(zh: "个凭证", en: "credential")
        case .visit: LocalizedText(zh: "次访问", en: "visit")
        case .vehicle: LocalizedText(zh: "辆车", en: "vehicle")
        case .report: LocalizedText(zh: "件事", en: "matter")
        }
    }
}

extension WindowSettings.ValueField {
    var phrase: LocalizedText {
        switch self {
        case .person: LocalizedText(zh: "人", en: "people")
        case .device: LocalizedText(zh: "设备", en: "devices")
        case .plate: LocalizedText(zh: "车牌", en: "plates")
        case .track: LocalizedText(zh: "轨迹", en: "tracks")
        case .visit: LocalizedText(zh: "访问", en: "visits")
        }
    }
}

extension MatchSettings {
    /// What it looks at and how that is told apart; where it is, and how sure, is told elsewhere.
    var phrase: LocalizedText {
        var (zh, en) = (kinds.zh, kinds.en)
        if let reading {
            zh += reading ? "（是）" : "（否）"
            en += reading ? " (on)" : " (off)"
        }
        if let direction {
            zh += direction == .inward ? "（进）" : "（出）"
            en += direction == .inward ? " inward" : " outward"
        }
        switch person {
        case .resident?: (zh, en) = (zh + "（居民）", en + " of a resident")
        case .watched?: (zh, en) = (zh + "（受关注居民）", en + " of somebody watched")
        case .stranger?: (zh, en) = (zh + "（陌生人）", en + " of a stranger")
        case .anybody?: (zh, en) = (zh + "（有人员）", en + " of somebody known by name")
        case nil: break
        }
        return LocalizedText(zh: zh, en: en)
    }
}

extension RuleCalendar {
    var chinese: String { hours.map { $0.text(isChinese: true) }.joined(separator: "、").replacing("; ", with: "、") }
    /// With its preposition: `at 22:00-05:00`, `on Mon-Fri 08:00-18:00`.
    var english: String {
        let text = hours.map { $0.text(isChinese: false) }.joined(separator: ", ").replacing("; ", with: ", ")
        return (text.first?.isNumber == true ? "at " : "on ") + text
    }
}

extension String {
    var withCapital: String { prefix(1).uppercased() + dropFirst() }
}

extension [ObservationKind] {
    var zh: String { count == ObservationKind.allCases.count ? "任何消息" : map(\.phrase.zh).joined(separator: "、") }
    var en: String { count == ObservationKind.allCases.count ? "anything" : map(\.phrase.en).joined(separator: " or ") }
}

extension ObservationKind {
    package var phrase: LocalizedText {
        switch self {
        case .pass: LocalizedText(zh: "通行", en: "a pass")
        case .denied: LocalizedText(zh: "通行被拒", en: "a refusal")
        case .doorOpen: LocalizedText(zh: "开门", en: "an opening door")
        case .doorClose: LocalizedText(zh: "关门", en: "a closing door")
        case .exitButton: LocalizedText(zh: "出门按钮", en: "an exit button")
        case .visitorPass: LocalizedText(zh: "访客通行", en: "a visitor's pass")
        case .tamper: LocalizedText(zh: "拆动", en: "tampering")
        case .thrownObject: LocalizedText(zh: "高空抛物", en: "a thrown object")
        case .ebike: LocalizedText(zh: "电动车", en: "an e-bike")
        case .vehicle: LocalizedText(zh: "车辆", en: "a vehicle")
        case .person: LocalizedText(zh: "人员", en: "a person")
        case .fall: LocalizedText(zh: "跌倒", en: "a fall")
        case .smoke: LocalizedText(zh: "烟雾", en: "smoke")
        case .fire: LocalizedText(zh: "火", en: "fire")
        case .gas: LocalizedText(zh: "燃气泄漏", en: "gas")
        case .carbonMonoxide: LocalizedText(zh: "一氧化碳", en: "carbon monoxide")
        case .leak: LocalizedText(zh: "漏水", en: "a water leak")
        case .crowd: LocalizedText(zh: "人群", en: "a crowd")
        case .motion: LocalizedText(zh: "动作", en: "motion")
        case .contact: LocalizedText(zh: "门磁", en: "a contact")
        case .presence: LocalizedText(zh: "存在", en: "presence")
        case .power: LocalizedText(zh: "用电", en: "power in use")
        case .water: LocalizedText(zh: "用水", en: "water in use")
        case .bed: LocalizedText(zh: "床", en: "a bed")
        case .sos: LocalizedText(zh: "呼救", en: "a call for help")
        case .residentReport: LocalizedText(zh: "居民上报", en: "a resident's report")
        case .patrolReport: LocalizedText(zh: "巡查上报", en: "a patroller's report")
        case .dissuasion: LocalizedText(zh: "劝阻上报", en: "a dissuasion")
        case .liftFault: LocalizedText(zh: "电梯故障", en: "a lift's fault")
        case .liftTrapped: LocalizedText(zh: "电梯困人", en: "somebody trapped in a lift")
        case .heartbeat: LocalizedText(zh: "心跳", en: "a heartbeat")
        case .online: LocalizedText(zh: "上线", en: "a device that comes up")
        case .offline: LocalizedText(zh: "离线", en: "a device that goes down")
        }
    }
}

// The words in which rules are told to people.

package import Diagnostics
import Timekeeping

extension Milliseconds {
    /// `24 小时`, `24 hours`, in the unit in which ``description`` tells it.
    var phrase: Phrase {
        let text = description
        let digits = text.prefix { $0.isNumber || $0 == "-" }
        let isOne = digits == "1"
        let unit: Phrase =
            switch text.dropFirst(digits.count) {
            case "d": Phrase(zh: "天", en: isOne ? "day" : "days")
            case "h": Phrase(zh: "小时", en: isOne ? "hour" : "hours")
            case "m": Phrase(zh: "分钟", en: isOne ? "minute" : "minutes")
            case "s": Phrase(zh: "秒", en: isOne ? "second" : "seconds")
            default: Phrase(zh: "毫秒", en: "ms")
            }
        return Phrase(zh: "\(digits) \(unit.zh)", en: "\(digits) \(unit.en)")
    }
}

extension Severity {
    /// "紧急"预警, a critical alert.
    var alert: Phrase {
        switch self {
        case .critical: Phrase(zh: "“紧急”预警", en: "a critical alert")
        case .high: Phrase(zh: "“重要”预警", en: "a high alert")
        case .medium: Phrase(zh: "“一般”预警", en: "a medium alert")
        case .low: Phrase(zh: "“提示”预警", en: "a low alert")
        }
    }
}

extension RuleKey {
    var phrase: Phrase {
        switch self {
        case .person: Phrase(zh: "人", en: "person")
        case .dwelling: Phrase(zh: "户", en: "dwelling")
        case .place: Phrase(zh: "处", en: "place")
        case .building: Phrase(zh: "栋楼", en: "building")
        case .device: Phrase(zh: "台设备", en: "device")
        case .credential: Phrase(zh: "个凭证", en: "credential")
        case .visit: Phrase(zh: "次访问", en: "visit")
        case .vehicle: Phrase(zh: "辆车", en: "vehicle")
        case .report: Phrase(zh: "件事", en: "matter")
        }
    }
}

extension WindowSettings.ValueField {
    var phrase: Phrase {
        switch self {
        case .person: Phrase(zh: "人", en: "people")
        case .device: Phrase(zh: "设备", en: "devices")
        case .plate: Phrase(zh: "车牌", en: "plates")
        case .track: Phrase(zh: "轨迹", en: "tracks")
        case .visit: Phrase(zh: "访问", en: "visits")
        }
    }
}

extension MatchSettings {
    /// What it looks at and how that is told apart; where it is, and how sure, is told elsewhere.
    var phrase: Phrase {
        var (zh, en) = (kinds.zh, kinds.en)
        if let reading {
            zh += reading ? "(是)" : "(否)"
            en += reading ? " (on)" : " (off)"
        }
        if let direction {
            zh += direction == .inward ? "(进)" : "(出)"
            en += direction == .inward ? " inward" : " outward"
        }
        switch person {
        case .resident?: (zh, en) = (zh + "(居民)", en + " of a resident")
        case .watched?: (zh, en) = (zh + "(受关注居民)", en + " of somebody watched")
        case .stranger?: (zh, en) = (zh + "(陌生人)", en + " of a stranger")
        case .anybody?: (zh, en) = (zh + "(有人员)", en + " of somebody known by name")
        case nil: break
        }
        return Phrase(zh: zh, en: en)
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
    package var phrase: Phrase {
        switch self {
        case .pass: Phrase(zh: "通行", en: "a pass")
        case .denied: Phrase(zh: "通行被拒", en: "a refusal")
        case .doorOpen: Phrase(zh: "开门", en: "an opening door")
        case .doorClose: Phrase(zh: "关门", en: "a closing door")
        case .exitButton: Phrase(zh: "出门按钮", en: "an exit button")
        case .visitorPass: Phrase(zh: "访客通行", en: "a visitor's pass")
        case .tamper: Phrase(zh: "拆动", en: "tampering")
        case .thrownObject: Phrase(zh: "高空抛物", en: "a thrown object")
        case .ebike: Phrase(zh: "电动车", en: "an e-bike")
        case .vehicle: Phrase(zh: "车辆", en: "a vehicle")
        case .person: Phrase(zh: "人员", en: "a person")
        case .fall: Phrase(zh: "跌倒", en: "a fall")
        case .smoke: Phrase(zh: "烟雾", en: "smoke")
        case .fire: Phrase(zh: "火", en: "fire")
        case .gas: Phrase(zh: "燃气泄漏", en: "gas")
        case .carbonMonoxide: Phrase(zh: "一氧化碳", en: "carbon monoxide")
        case .leak: Phrase(zh: "漏水", en: "a water leak")
        case .crowd: Phrase(zh: "人群", en: "a crowd")
        case .motion: Phrase(zh: "动作", en: "motion")
        case .contact: Phrase(zh: "门磁", en: "a contact")
        case .presence: Phrase(zh: "存在", en: "presence")
        case .power: Phrase(zh: "用电", en: "power in use")
        case .water: Phrase(zh: "用水", en: "water in use")
        case .bed: Phrase(zh: "床", en: "a bed")
        case .sos: Phrase(zh: "呼救", en: "a call for help")
        case .residentReport: Phrase(zh: "居民上报", en: "a resident's report")
        case .patrolReport: Phrase(zh: "巡查上报", en: "a patroller's report")
        case .dissuasion: Phrase(zh: "劝阻上报", en: "a dissuasion")
        case .liftFault: Phrase(zh: "电梯故障", en: "a lift's fault")
        case .liftTrapped: Phrase(zh: "电梯困人", en: "somebody trapped in a lift")
        case .heartbeat: Phrase(zh: "心跳", en: "a heartbeat")
        case .online: Phrase(zh: "上线", en: "a device that comes up")
        case .offline: Phrase(zh: "离线", en: "a device that goes down")
        }
    }
}

import Community
import Diagnostics
import Feeds
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

/// What an alert rests on, as sentences for whoever asks `why`: the facts that `detail` has for programs, with names,
/// times and lengths as people say them. Made for that command alone.
struct AlertFacts {
    let wording: AlertText
    let finding: Finding
    let kind: RuleKind
    let context: RuleContext
    private(set) var told: [LocalizedText] = []

    init(of finding: Finding, _ kind: RuleKind, _ wording: AlertText, _ context: RuleContext) {
        self.wording = wording
        self.finding = finding
        self.kind = kind
        self.context = context
        switch finding.detail {
        case .absence(let stage, let after, let cover): absence(stage, after, cover)
        case .sighting(let count, let devices, let confidence, let floor, let fit, let alarm):
            sighting(count, devices, confidence, floor, fit, alarm)
        case .count(let count, let within, let devices, let people, let total):
            counted(count, within, devices, people, total)
        case .duration(let stage, let after, let devices, let word): duration(stage, after, devices, word)
        case .sequence(let after, let isMissing, let floor): sequence(after, isMissing, floor)
        case .level(let value, let limit, let worst, let field): level(value, limit, worst, field)
        case .flow(let facts):
            told += wording.crowd(facts)
            if let since = facts.since {
                tell("规则生效前 \(moment(since)) 已开始", "it began at \(moment(since)), before the rule held")
            }
        case .passback(let isInward, let before): passback(isInward, before)
        case .uncovered(let homes): list("看不到的住户：", "homes that nothing covers: ", self.homes(homes))
        case .device(let facts): device(facts)
        case .report(let category, let text, let by): report(category, text, by)
        }
        if let since = finding.since {
            tell("规则生效前 \(moment(since)) 已开始", "it began at \(moment(since)), before the rule held")
        }
        switch finding.age {
        case .news: break
        case .late: tell("断线后补报的", "handed in late, after an outage")
        case .standing: tell("启动时已是如此（保留消息）", "it was so when the program connected (a retained message)")
        }
    }

    private mutating func tell(_ zh: String, _ en: String) { told.append(LocalizedText(zh: zh, en: en)) }

    private mutating func list(_ zh: String, _ en: String, _ names: [LocalizedText]) {
        if names.isEmpty { return }
        tell(zh + names.map(\.zh).joined(separator: "、"), en + names.map(\.en).joined(separator: ", "))
    }

    private func moment(_ instant: Instant) -> String { ISO8601.plain(instant, in: context.zone) }

    /// 13, 38.6: no more decimals than there are.
    private func number(_ value: Double) -> String {
        let text = AlertBuilder.hundredths(value)
        guard text.contains(".") else { return "–" }
        let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(short.reversed())
    }

    /// 3栋2单元502 客厅红外, by the name that people gave it.
    private func name(_ device: Int32) -> LocalizedText { wording.named(device, context) }

    private func homes(_ homes: [Int32]) -> [LocalizedText] {
        homes.map { number in
            let name = context.registry.displayName(ofHousehold: number)
            return LocalizedText(zh: name, en: name)
        }
    }

    // MARK: People

    private mutating func absence(_ stage: Int, _ after: Milliseconds, _ cover: Finding.Cover?) {
        if let last = finding.lastEvidence {
            let way = wording.source(last, context)
            let device = name(last.device)
            let isPass = last.kind == .pass
            tell(
                "最后的活动：\(moment(last.at))，\(isPass ? way.zh : device.zh)",
                "last sign of life: \(moment(last.at)), \(isPass ? way.en : device.en)")
        } else {
            tell("从未见到活动", "no sign of life was ever seen")
        }
        let length = after.spoken
        let deadline = finding.started + after
        tell(
            "到 \(moment(deadline)) 满\(length.zh)（第\(stage)级）",
            "at \(moment(deadline)) it had been \(length.en) (stage \(stage))")
        if let cover { self.cover(cover, at: deadline) }
    }

    private mutating func cover(_ cover: Finding.Cover, at deadline: Instant) {
        if cover.devices.isEmpty {
            tell("家中没有能看到活动的设备", "there is no device at home that could see life")
        }
        let (watched, blind, dead) = (percent(cover.watched), percent(cover.blind), percent(cover.dead))
        let rest = 1 - cover.blind - cover.watched - cover.dead
        let unknown = rest < 0.005 || cover.devices.isEmpty ? nil : percent(rest)
        tell(
            "这段时间：感知覆盖 \(watched.zh)，系统停机 \(blind.zh)，设备失联 \(dead.zh)"
                + (unknown.map { "，设备是否在线不明 \($0.zh)" } ?? ""),
            "of that time: watched \(watched.en), the system was down \(blind.en), no device was alive \(dead.en)"
                + (unknown.map { ", nobody knows \($0.en)" } ?? ""))
        if cover.isUnsupervised {
            tell(
                "大部分时间没有设备上报可以作证：不出声时是否在线，无从得知",
                "for most of it no device's report vouches: whether one was alive in its silence nobody knows")
        }
        if let door = cover.door {
            let device = name(door.device)
            tell(
                "入户门：\(moment(door.at)) \(device.zh)" + (cover.exitByDoor ? "，此后室内无活动，可能外出" : ""),
                "entrance door: \(moment(door.at)), \(device.en)"
                    + (cover.exitByDoor ? ", no movement inside since: perhaps they went out" : ""))
        }
        if let from = cover.blindFrom, let to = cover.blindTo {
            let length = (to - from).spoken
            tell(
                "系统停机最长一段：\(moment(from)) 至 \(moment(to))（\(length.zh)）",
                "the longest time that the system was down: \(moment(from)) to \(moment(to)) (\(length.en))")
        }
        if cover.exitNotRecorded {
            tell("外出不留记录：大门不报出门", "leaving leaves no trace: no gate tells who goes out")
        }
        if cover.deadDevice >= 0, let since = cover.deadSince {
            let device = name(cover.deadDevice)
            tell("失联最久：\(device.zh)，\(moment(since))起", "dead for longest: \(device.en), since \(moment(since))")
        }
        for device in cover.devices.sorted(by: { $0.device < $1.device }) { covering(device, at: deadline) }
    }

    /// One covering device, as it was at the deadline.
    private mutating func covering(_ device: Finding.Cover.Device, at deadline: Instant) {
        let name = name(device.device)
        var (zh, en) = ("\(name.zh):", "\(name.en): ")
        switch device.isAlive {
        case true?: (zh, en) = (zh + "当时在线", en + "alive then")
        case false?: (zh, en) = (zh + "当时失联", en + "silent then")
        case nil: (zh, en) = (zh + "没有心跳，是否在线不明", en + "without a heartbeat, so nobody knows")
        }
        if let last = device.last {
            let age = (deadline - last).spoken
            zh += "，最后数据 \(moment(last))（\(age.zh)前）"
            en += ", last heard of at \(moment(last)) (\(age.en) before)"
        } else {
            (zh, en) = (zh + "，从未有数据", en + ", never heard of")
        }
        if let evidence = device.evidence {
            (zh, en) = (zh + "，最后动静 \(moment(evidence))", en + ", last moved at \(moment(evidence))")
        }
        if device.isWeak { (zh, en) = (zh + "，疑似卡死，不作依据", en + ", seems stuck and is not believed") }
        tell(zh, en)
    }

    /// 97 %; what is there and rounds to nothing is under one.
    private func percent(_ share: Double) -> LocalizedText {
        let whole = Int((share * 100).rounded())
        if whole == 0, share > 0 { return LocalizedText(zh: "不到 1%", en: "under 1 %") }
        return LocalizedText(zh: "\(whole)%", en: "\(whole) %")
    }

    private mutating func passback(_ isInward: Bool, _ before: Trace) {
        let gate = name(before.device)
        let at = moment(before.at)
        if isInward {
            tell("上一次进入：\(at) \(gate.zh)", "the way in before: \(at), \(gate.en)")
        } else {
            tell("上一次出去：\(at) \(gate.zh)", "the way out before: \(at), \(gate.en)")
        }
    }

    // MARK: Places

    private mutating func sighting(
        _ count: Int, _ devices: [Int32], _ confidence: Float, _ floor: Int?, _ fit: FallFit?, _ alarm: Finding.Alarm
    ) {
        let names = devices.map(name)
        list("共 \(count) 次：", count == 1 ? "once: " : "\(count) times: ", names)
        list("报的是：", "told of: ", alarm.of.map(\.phrase))
        if confidence.isFinite {
            let percent = Int((confidence * 100).rounded())
            tell("最高可信度 \(percent)%", "highest confidence \(percent) %")
        }
        self.floor(floor)
        if let fit {
            let pull = number(Double(fit.acceleration))
            let drop = number(Double(fit.drop))
            tell(
                "轨迹\(fit.falls ? "像坠落" : "不像坠落")：加速度 \(pull)，下落 \(drop)（画面高度为 1，每秒平方）",
                "the path is \(fit.falls ? "" : "not ")a fall's: acceleration \(pull), drop \(drop) "
                    + "(heights of the picture, per second squared)")
        }
        if let pace = alarm.pace {
            tell("设备每\(pace.spoken.zh)重复一次，可能卡住", "the device repeats it every \(pace.spoken.en), and may be stuck")
        }
        if alarm.isMismatched {
            tell("消息里的设备名和主题里的不同", "the payload named another device than its topic")
        }
    }

    private mutating func floor(_ floor: Int?) {
        if let floor { tell("约 \(floor) 层", "about floor \(floor)") }
    }

    private mutating func counted(_ count: Int, _ within: Milliseconds, _ devices: [Int32], _ people: Int, _ total: Int)
    {
        let length = within.spoken
        tell(
            "\(length.zh)内 \(count) 次" + (total > count ? "，累计 \(total) 次" : ""),
            "\(count) within \(length.en)" + (total > count ? ", \(total) in all" : ""))
        if people > 0 { tell("不同的人 \(people) 个", "\(people) different people") }
        list("设备：", "devices: ", devices.map(name))
    }

    private mutating func duration(_ stage: Int, _ after: Milliseconds, _ devices: [Int32], _ word: Int32) {
        let length = after.spoken
        tell("持续满\(length.zh)（第\(stage)级）", "it lasted \(length.en) (stage \(stage))")
        if word >= 0 { tell("车牌 \(context.word(word))", "number plate \(context.word(word))") }
        list("设备：", "devices: ", devices.map(name))
    }

    private mutating func sequence(_ after: Milliseconds, _ isMissing: Bool, _ floor: Int?) {
        let length = after.spoken
        if isMissing {
            tell("\(length.zh)内没有等到后续", "what should follow did not come within \(length.en)")
        } else {
            tell("后一事在\(length.zh)内发生", "the second came within \(length.en)")
        }
        self.floor(floor)
    }

    private mutating func level(
        _ value: Double, _ limit: Double, _ worst: Double, _ field: WindowSettings.NumberField
    ) {
        let (what, unit) =
            switch field {
            case .battery: (LocalizedText(zh: "电量", en: "battery"), "%")
            case .temperature: (LocalizedText(zh: "体温", en: "temperature"), "℃")
            case .confidence: (LocalizedText(zh: "可信度", en: "confidence"), "")
            case .count: (LocalizedText(zh: "人数", en: "count"), "")
            case .floor: (LocalizedText(zh: "楼层", en: "floor"), "")
            case .value: (LocalizedText(zh: "读数", en: "reading"), "")
            }
        let numbers = [value, limit, worst].map { number($0) + unit }
        tell(
            "\(what.zh) \(numbers[0])，限值 \(numbers[1])" + (worst.isFinite ? "，最差 \(numbers[2])" : ""),
            "\(what.en) \(numbers[0]), limit \(numbers[1])" + (worst.isFinite ? ", worst \(numbers[2])" : ""))
    }

    // MARK: Devices and reports

    private mutating func device(_ facts: Finding.DeviceFacts) {
        let since = moment(facts.since)
        let limit = facts.limit.spoken
        switch kind {
        case .deviceSilent, .upstreamSilent:
            tell("最后收到：\(since)", "heard of last: \(since)")
            if facts.limit > .zero {
                tell(
                    "超过\(limit.zh)没有消息即失联" + (facts.isLearned ? "（心跳是学到的）" : ""),
                    "it is silent after \(limit.en)" + (facts.isLearned ? " (its heartbeat was learned)" : ""))
            }
        case .deviceFlooding:
            tell("\(limit.zh)内 \(facts.count) 条，\(since)起", "\(facts.count) in \(limit.en), since \(since)")
        case .deviceStuck where facts.repeatedIDs > 0:
            tell(
                "最近 20 条里 \(facts.repeatedIDs) 条的编号（id）重复，\(since)起",
                "of its last 20 messages \(facts.repeatedIDs) have an id of before, since \(since)")
        case .deviceStuck: tell("\(limit.zh)没有安静过一小时，\(since)起", "no quiet hour for \(limit.en), since \(since)")
        default:
            tell("\(since)起", "since \(since)")
            if facts.count > 0 {
                tell("共 \(facts.count) 条", facts.count == 1 ? "one record" : "\(facts.count) records")
            }
        }
        list("一同失联：", "silent with it: ", facts.others.map(name))
        list("因此无人看护：", "left unwatched by it: ", homes(facts.unwatched))
    }

    private mutating func report(_ category: Int32, _ text: Int32, _ by: Int32) {
        for (zh, en, word) in [("类别：", "category: ", category), ("内容：", "text: ", text), ("上报人：", "by: ", by)]
        where word >= 0 {
            let words = AlertText.short(context.word(word))
            tell(zh + words, en + words)
        }
    }
}

extension AlertText {
    /// Where a device is, and what people call it: 3栋2单元502 客厅红外.
    func named(_ number: Int32, _ context: RuleContext) -> LocalizedText {
        let label = label(number, context)
        guard let place = context.place(ofDevice: number) else { return label }
        let row = context.registry.places[Int(place.index)]
        let spot = row.displayName
        if label.zh.hasPrefix(spot) { return label }
        return LocalizedText(zh: "\(spot) \(label.zh)", en: "\(spot) \(label.en)")
    }
}

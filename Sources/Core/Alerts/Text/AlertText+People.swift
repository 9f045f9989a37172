import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// Texts about people: who, since when, how it is to be read, what to do.

extension AlertText {
    func noMovement(
        _ finding: Finding, _ after: Milliseconds, _ cover: Finding.Cover?, _ context: RuleContext
    ) -> LocalizedText {
        let who = who(finding, context)
        let last = finding.lastEvidence.map { trace in
            let source = source(trace, context)
            let at = moment(trace.at)
            return LocalizedText(zh: "最后:\(at.zh) \(source.zh)。", en: "Last: \(at.en), \(source.en). ")
        }
        let since = moment(finding.started)
        let seen = last ?? LocalizedText(zh: "自\(since.zh)起没有任何记录。", en: "Nothing at all since \(since.en). ")
        let days = days(after)
        switch finding.verdict {
        case .notMoving: return notMoving(who, seen, after, cover, context)
        case .notSeen:
            return LocalizedText(
                zh: "\(who.zh):已\(days.zh)未在小区公共区域出现。\(seen.zh)家中无传感器,在家情况不明。请先打电话,不通即上门。",
                en: "\(who.en): not seen in the public area for \(days.en). \(seen.en)There are no sensors at home. "
                    + "Please call first; if nobody answers, go there. ")
        case .wentOut:
            let trace = finding.lastEvidence
            let gate = trace.map { label($0.device, context) } ?? LocalizedText(zh: "大门", en: "the gate")
            let at = moment(trace?.at ?? finding.started)
            return LocalizedText(
                zh: "\(who.zh):\(at.zh) 由\(gate.zh)外出,已\(days.zh)未见返回。请先联系本人或家属。",
                en: "\(who.en): went out by \(gate.en) at \(at.en) and was not seen coming back for \(days.en). "
                    + "Please call them or their family first. ")
        case .sensorDead:
            let dead = cover.flatMap { $0.deadDevice >= 0 ? label($0.deadDevice, context) : nil }
            let device = dead ?? LocalizedText(zh: "传感器", en: "sensor")
            let from = cover?.deadSince.map(moment)
            return LocalizedText(
                zh: "\(who.zh):已\(days.zh)没有活动记录;家中\(device.zh)\(from.map { $0.zh + "起" } ?? "")失联,"
                    + "不能据此判断老人情况。请上门看人,并查看设备。",
                en: "\(who.en): no activity on record for \(days.en); the \(device.en) at home has been silent"
                    + "\(from.map { " since \($0.en)" } ?? ""), so this says nothing about the person. "
                    + "Please see the person, and look at the device. ")
        case .boxBlind:
            let span = cover.flatMap { blindSpan($0) } ?? LocalizedText(zh: "", en: "")
            return LocalizedText(
                zh: "\(who.zh):已\(days.zh)没有活动记录。其间系统停机\(span.zh)。请先电话确认,不通即上门。",
                en: "\(who.en): no activity on record for \(days.en). The system was down meanwhile\(span.en). "
                    + "Please call first; if nobody answers, go there. ")
        case .uncovered:
            return LocalizedText(
                zh: "\(who.zh):家中既无传感器,也无门禁凭证,系统无法守护。请补登设备或凭证。",
                en: "\(who.en): neither a sensor at home nor a credential, so nobody can be watched over. "
                    + "Please register a device or a credential. ")
        case .suspected, nil:
            let length = length(after)
            return LocalizedText(
                zh: "\(who.zh):家中已\(length.zh)没有活动记录。\(seen.zh)请立即上门,反馈结果。",
                en: "\(who.en): no activity on record for \(length.en). \(seen.en)"
                    + "Please go there now and report back. ")
        }
    }

    private func notMoving(
        _ who: LocalizedText, _ seen: LocalizedText, _ after: Milliseconds, _ cover: Finding.Cover?,
        _ context: RuleContext
    ) -> LocalizedText {
        let length = length(after)
        let sensors = sensors(cover, context)
        var last = seen
        var left = LocalizedText(zh: ",未见外出。", en: "; nobody was seen leaving. ")
        if let cover, cover.exitByDoor, let door = cover.door {
            let name = label(door.device, context)
            let at = moment(door.at)
            last = LocalizedText(
                zh: "最后:\(name.zh)\(at.zh),此后室内无活动,可能外出。",
                en: "Last: \(name.en) at \(at.en), no movement inside since, perhaps went out. ")
            left = LocalizedText(zh: "。", en: ". ")
        } else if cover?.exitNotRecorded ?? false {
            left = LocalizedText(zh: ",外出不留记录。", en: "; leaving leaves no record. ")
        }
        return LocalizedText(
            zh: "\(who.zh):家中已\(length.zh)没有活动。\(last.zh)\(sensors.zh)\(left.zh)请立即上门,反馈结果。",
            en: "\(who.en): no movement at home for \(length.en). \(last.en)\(sensors.en)\(left.en)"
                + "Please go there now and report back. ")
    }

    /// Whether what the sensors do not say can be believed.
    private func sensors(_ cover: Finding.Cover?, _ context: RuleContext) -> LocalizedText {
        guard let cover else { return LocalizedText(zh: "传感器正常", en: "The sensors work") }
        let silent = cover.devices.filter { $0.isAlive == false }.map { label($0.device, context) }
        guard !silent.isEmpty else {
            return cover.isUnsupervised
                ? LocalizedText(
                    zh: "传感器无心跳,状态不明",
                    en: "The sensors have no heartbeat, so nobody knows whether they work")
                : LocalizedText(zh: "传感器正常", en: "The sensors work")
        }
        let shown = silent.prefix(AlertText.silentShown)
        let more = silent.count > shown.count
        let names = LocalizedText(
            zh: shown.map(\.zh).joined(separator: "、") + (more ? "等" : ""),
            en: shown.map(\.en).joined(separator: ", ") + (more ? " …" : ""))
        if cover.isUnsupervised {
            return LocalizedText(
                zh: "部分传感器失联(\(names.zh)),其余状态不明",
                en: "Some sensors are silent (\(names.en)), and nobody knows whether the others work")
        }
        return cover.devices.contains { $0.isAlive == true }
            ? LocalizedText(
                zh: "部分传感器失联(\(names.zh)),其余正常", en: "Some sensors are silent (\(names.en)), the others work")
            : LocalizedText(
                zh: "传感器已失联(\(names.zh)),此前正常", en: "The sensors are silent now (\(names.en)), and worked before")
    }

    private static let silentShown = 3

    /// 9小时(9月18日02:00–11:00)
    private func blindSpan(_ cover: Finding.Cover) -> LocalizedText? {
        guard let from = cover.blindFrom, let to = cover.blindTo, from < to else { return nil }
        let hours = Milliseconds(max((to - from).count / 60_000, 1) * 60_000)
        let length = roughly(hours)
        let sameDay = zone.civil(from).date == zone.civil(to).date
        let end = sameDay ? LocalizedText(zh: clock(to), en: clock(to)) : moment(to)
        let begin = moment(from)
        return LocalizedText(
            zh: "\(length.zh)(\(begin.zh)–\(end.zh))", en: " for \(length.en) (\(begin.en)–\(end.en))")
    }

    /// The list of homes that nothing covers.
    private static let homesShown = 10

    func uncovered(_ homes: [Int32], _ context: RuleContext) -> LocalizedText {
        let registry = context.registry
        let names = homes.prefix(AlertText.homesShown).map { number in
            let home = registry.households[Int(number)]
            if let dwelling = home.dwelling { return registry.places[Int(dwelling.index)].displayName }
            return home.residents.map { registry.residents[Int($0.index)].maskedName }.joined(separator: "、")
        }
        let more = homes.count > names.count
        return LocalizedText(
            zh: "\(homes.count)户既无传感器也无门禁凭证,系统无法守护:\(names.joined(separator: "、"))\(more ? "等" : "")。"
                + "请补登设备或凭证。",
            en:
                "\(homes.count) home\(homes.count == 1 ? " has" : "s have") neither sensor nor credential, so nobody "
                + "there can be watched over: \(names.joined(separator: ", "))\(more ? " …" : ""). "
                + "Please register devices or credentials. ")
    }

    /// A call for help, a fall, smoke or fire: what needs somebody at once.
    func emergency(
        _ finding: Finding, _ kind: RuleKind, _ devices: [Int32], _ confidence: Float, _ alarm: Finding.Alarm,
        _ context: RuleContext
    ) -> LocalizedText {
        let who = whoIsThere(finding, context)
        let time = second(finding.started)
        let isSaid = unplaced(finding, context) != nil
        let device = isSaid ? nil : devices.first.map { label($0, in: finding.place, context) }
        let sure = sure(confidence)
        let source = LocalizedText(
            zh: (device.map { "," + $0.zh } ?? "") + sure.zh, en: (device.map { ", " + $0.en } ?? "") + sure.en)
        switch kind {
        case .sos:
            return LocalizedText(
                zh: "\(who.zh) 紧急呼救!\(time.zh)\(source.zh)。请立即前往,同时电话联系;必要时拨打120。",
                en: "\(who.en): call for help! \(time.en)\(source.en). "
                    + "Go there now and call meanwhile; if needed call an ambulance. ")
        case .fall:
            return LocalizedText(
                zh: "\(who.zh) 疑似跌倒,\(time.zh)\(source.zh)。请立即前往查看,不要急于扶起。",
                en: "\(who.en): somebody may have fallen, \(time.en)\(source.en). "
                    + "Go there now; do not lift the person in haste. ")
        default: return danger(who, time, source, alarm.of)
        }
    }

    /// Smoke or fire; or gas or carbon monoxide, which nobody must walk into unwarned.
    private func danger(_ who: LocalizedText, _ time: LocalizedText, _ source: LocalizedText, _ of: [ObservationKind])
        -> LocalizedText
    {
        let isGas = of.contains(.gas)
        let isMonoxide = of.contains(.carbonMonoxide)
        guard isGas || isMonoxide else {
            return LocalizedText(
                zh: "\(who.zh) 烟火报警!\(time.zh)\(source.zh)。请立即核实,确认后拨打119,疏散人员,勿乘电梯。",
                en: "\(who.en): smoke or fire! \(time.en)\(source.en). "
                    + "See for yourself now; if so call the fire brigade, get people out, no lifts. ")
        }
        let isFire = of.contains(.smoke) || of.contains(.fire)
        let zh = (isGas ? ["燃气泄漏"] : []) + (isMonoxide ? ["一氧化碳"] : []) + (isFire ? ["烟火"] : [])
        let en = (isGas ? ["gas"] : []) + (isMonoxide ? ["carbon monoxide"] : []) + (isFire ? ["smoke or fire"] : [])
        return LocalizedText(
            zh: "\(who.zh) \(zh.joined(separator: "、"))报警!\(time.zh)\(source.zh)。请立即电话通知开窗撤离,"
                + "勿开关电器、勿用明火;进屋前先通风,人员不适拨打120,险情拨打119。",
            en: "\(who.en): \(en.joined(separator: ", "))! \(time.en)\(source.en). "
                + "Call now: open the windows and get out; touch no switch, light no flame. Air the place before going "
                + "in; call an ambulance or the fire brigade if needed. ")
    }

    /// Where, and who: the person that the record tells, else who lives there: the watched, of others one by name and
    /// several by their number. O(residents).
    private func whoIsThere(_ finding: Finding, _ context: RuleContext) -> LocalizedText {
        let registry = context.registry
        if registry.residents.indices.contains(Int(finding.person)) {
            let person = ResidentID(index: finding.person)
            return people([person], at: finding.place, tellsHome: true, context)
        }
        let subject = subject(of: finding, context)
        guard finding.person < 0, let place = finding.place,
            let home = registry.places[Int(place.index)].dwelling
        else { return subject }
        let household = registry.household(inDwelling: home)
        if household >= 0 { return people(registry.households[Int(household)].residents, at: place, context) }
        let tenants = registry.residents.indices.filter { registry.residents[$0].dwelling == home }
        switch tenants.count {
        case 0: return subject
        case 1: return people([ResidentID(index: Int32(tenants[0]))], at: place, context)
        case let count:
            return LocalizedText(zh: "\(subject.zh)(住\(count)人)", en: "\(subject.en) (\(count) people live there)")
        }
    }

    func sequence(
        _ finding: Finding, _ kind: RuleKind, _ after: Milliseconds, _ floor: Int?, _ context: RuleContext
    ) -> LocalizedText {
        let time = moment(finding.started)
        let length = length(after)
        let subject = spot(finding, finding.device < 0 ? [] : [finding.device], context)
        switch kind {
        case .notReturned:
            let who = who(finding, context)
            let gate =
                finding.lastEvidence.map { label($0.device, context) } ?? LocalizedText(zh: "大门", en: "the gate")
            return LocalizedText(
                zh: "\(who.zh):\(time.zh) 由\(gate.zh)外出,\(length.zh)未见返回。请先联系本人或家属,联系不上请查找。",
                en: "\(who.en): went out by \(gate.en) at \(time.en) and has not come back for \(length.en). "
                    + "Please call them or their family; if nobody answers, look for them. ")
        case .ebikeStays:
            let zhFloor = floor.map { "(约\($0)层)" } ?? ""
            let enFloor = floor.map { " (about floor \($0))" } ?? ""
            return LocalizedText(
                zh: "\(subject.zh) 电动车进楼\(zhFloor),\(time.zh)至今\(length.zh)未见推出。请查看楼道和户内有无充电。",
                en: "\(subject.en): an e-bike went in\(enFloor) at \(time.en) and has not come out for \(length.en). "
                    + "Please look for charging in the hallways. ")
        case .doorForced:
            return LocalizedText(
                zh: "\(subject.zh) 门被打开,\(second(finding.started).zh),没有刷卡、刷脸或按钮开门记录。请到场查看门锁。",
                en: "\(subject.en): the door was opened at \(second(finding.started).en) without pass or button. "
                    + "Please look at the door. ")
        case .visitorOverstay:
            let visitor = visitor(finding, context)
            let gate = finding.device >= 0 ? label(finding.device, context) : nil
            return LocalizedText(
                zh: "访客 \(visitor.zh) \(time.zh) \(gate.map { "由\($0.zh)" } ?? "")进入,已超过\(length.zh)未离开。请联系被访住户核实。",
                en: "Visitor \(visitor.en) came in\(gate.map { " by \($0.en)" } ?? "") at \(time.en) and has not "
                    + "left within \(length.en). "
                    + "Please ask the household visited. ")
        default:
            return LocalizedText(
                zh: "\(subject.zh),\(time.zh)起。请查看并反馈。", en: "\(subject.en), since \(time.en). Please look. ")
        }
    }

    /// The visit's code; where a resident's own pass stands for it, the masked name.
    func visitor(_ finding: Finding, _ context: RuleContext) -> LocalizedText {
        let registry = context.registry
        let person = registry.resident(finding.key).map { registry.residents[Int($0.index)] }
        let name = person?.maskedName ?? finding.key
        return LocalizedText(zh: name, en: name)
    }

    func level(
        _ finding: Finding, _ kind: RuleKind, _ value: Double, _ limit: Double, _ context: RuleContext
    ) -> LocalizedText {
        let time = moment(finding.since ?? finding.started)
        switch kind {
        case .fever:
            let subject = subject(of: finding, context)
            let device = label(finding.device, context)
            let (degrees, usual) = (AlertText.tenths(value), AlertText.tenths(limit))
            return LocalizedText(
                zh: "\(subject.zh) 体温\(degrees)℃(限值\(usual)℃),\(time.zh) \(device.zh)测得。请复测,并按规定处理。",
                en: "\(subject.en): \(degrees) °C (limit \(usual) °C), measured at \(time.en) by \(device.en). "
                    + "Please measure again and follow the rules. ")
        case .lowBattery:
            let device = device(of: finding, context)
            return LocalizedText(
                zh: "\(device.zh)电量仅\(Int(value))%。请尽快更换电池,否则将失去守护。",
                en: "\(device.en): battery at \(Int(value)) %. Please change it soon. ")
        default:
            let subject = spot(finding, ownDevice(finding, context), context)
            return LocalizedText(
                zh: "\(subject.zh) 数值\(AlertText.tenths(value)),限值\(AlertText.tenths(limit)),\(time.zh)起。请查看并反馈。",
                en: "\(subject.en): \(AlertText.tenths(value)), limit \(AlertText.tenths(limit)), since \(time.en). "
                    + "Please look. ")
        }
    }

    func report(_ finding: Finding, _ category: Int32, _ text: Int32, _ context: RuleContext) -> LocalizedText {
        let subject = subject(of: finding, context)
        let what = category >= 0 ? context.word(category) : ""
        let words = text >= 0 ? context.word(text) : ""
        let time = moment(finding.started)
        let zh = [what, words].filter { !$0.isEmpty }.joined(separator: ":")
        let en = [what, words].filter { !$0.isEmpty }.joined(separator: ": ")
        return LocalizedText(
            zh: "\(subject.zh) 上报\(zh.isEmpty ? "" : "(\(zh))"),\(time.zh)。请处理并反馈。",
            en: "\(subject.en): a report\(en.isEmpty ? "" : " (\(en))"), \(time.en). Please see to it. ")
    }

    static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        let whole = Int((abs(value) * 10).rounded())
        return (value < 0 && whole > 0 ? "-" : "") + "\(whole / 10).\(whole % 10)"
    }
}

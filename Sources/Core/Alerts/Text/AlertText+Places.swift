import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// Too many people at a gate or inside an area: what is known of them, and nothing else.

extension AlertText {
    /// 北门 人流偏多:10分钟内通行20人次(限值20;进12、出8),区域内约11人(限值10)。请到场疏导。
    func flow(_ finding: Finding, _ facts: Finding.FlowFacts, _ context: RuleContext) -> LocalizedText {
        let subject = subject(of: finding, context)
        let since = facts.since.map(moment)
        let facts = crowd(facts)
        let zh = facts.map(\.zh).joined(separator: ",")
        let en = facts.map(\.en).joined(separator: ", ")
        return LocalizedText(
            zh: "\(subject.zh) \(since.map { "\($0.zh)起" } ?? "")人流偏多:\(zh)。请到场疏导。",
            en:
                "\(subject.en): crowded\(since.map { " since \($0.en)" } ?? ""), \(en). "
                + "Please go and guide people. ")
    }

    /// How many passed, and how many are inside.
    func crowd(_ facts: Finding.FlowFacts) -> [LocalizedText] { [passes(facts), inside(facts)].compactMap(\.self) }

    /// Of a rule of who is inside alone only where there are any.
    private func passes(_ facts: Finding.FlowFacts) -> LocalizedText? {
        if facts.passesMax == nil, facts.passes == 0 { return nil }
        let length = roughly(facts.within)
        let unknown = facts.passes - facts.passesIn - facts.passesOut
        var notes: [LocalizedText] = []
        if let limit = facts.passesMax { notes.append(LocalizedText(zh: "限值\(limit)", en: "limit \(limit)")) }
        if facts.passesIn + facts.passesOut > 0 {
            notes.append(
                LocalizedText(
                    zh: "进\(facts.passesIn)、出\(facts.passesOut)" + (unknown > 0 ? ",其余方向不明" : ""),
                    en: "\(facts.passesIn) in, \(facts.passesOut) out"
                        + (unknown > 0 ? ", the others either way" : "")))
        }
        let zhMore = facts.isAtLeast ? "以上" : ""
        let enMore = facts.isAtLeast ? " or more" : ""
        return LocalizedText(
            zh: "\(length.zh)内通行\(facts.passes)人次\(zhMore)\(noted(notes).zh)",
            en: "\(facts.passes)\(enMore) passes within \(length.en)\(noted(notes).en)")
    }

    private func inside(_ facts: Finding.FlowFacts) -> LocalizedText? {
        facts.inside.map { count in
            let notes = facts.insideMax.map { [LocalizedText(zh: "限值\($0)", en: "limit \($0)")] } ?? []
            return LocalizedText(
                zh: "区域内约\(count)人\(noted(notes).zh)", en: "about \(count) inside\(noted(notes).en)")
        }
    }

    private func noted(_ notes: [LocalizedText]) -> LocalizedText {
        if notes.isEmpty { return LocalizedText(zh: "", en: "") }
        return LocalizedText(
            zh: "(\(notes.map(\.zh).joined(separator: ";")))", en: " (\(notes.map(\.en).joined(separator: "; ")))")
    }
}

// Texts about passes: who went the same way twice, and where.

extension AlertText {
    func passback(
        _ finding: Finding, _ isInward: Bool, _ before: Trace, _ context: RuleContext
    ) -> LocalizedText {
        let who = holder(finding, context)
        let (first, again) = (second(before.at), second(finding.started))
        let (gate, other) = (label(before.device, context), label(finding.device, context))
        let zh =
            isInward
            ? "\(who.zh):\(first.zh) 由\(gate.zh)进入,没有出去的记录,\(again.zh) 又由\(other.zh)进入。"
            : "\(who.zh):\(first.zh) 由\(gate.zh)出去,没有进来的记录,\(again.zh) 又由\(other.zh)出去。"
        let en =
            isInward
            ? "\(who.en): in by \(gate.en) at \(first.en), no way out on record, and in again by \(other.en) at "
                + "\(again.en). "
            : "\(who.en): out by \(gate.en) at \(first.en), no way in on record, and out again by \(other.en) at "
                + "\(again.en). "
        return LocalizedText(
            zh: zh + "可能借卡、复制卡或跟随他人出入,请核对本人和录像。",
            en: en + "The credential may be lent or copied, or somebody slipped through with others: please ask its "
                + "holder, and look at the recordings. ")
    }

    /// Whose credential it is: a resident by name and home, a visitor by code, anybody else by the end of it.
    private func holder(_ finding: Finding, _ context: RuleContext) -> LocalizedText {
        if !finding.residents.isEmpty { return people(finding.residents, at: nil, tellsHome: true, context) }
        if finding.lastEvidence?.kind == .visitorPass {
            return LocalizedText(zh: "访客 \(finding.key)", en: "Visitor \(finding.key)")
        }
        // What is not on record may be a number of an identity card: its end is enough to find it.
        let end = finding.key.count > 4 ? "…" + finding.key.suffix(4) : finding.key
        return LocalizedText(zh: "未登记凭证 \(end)", en: "Unregistered credential \(end)")
    }
}

// Texts about places and devices: where, when, how sure, what to do.

extension AlertText {
    func sighting(
        _ finding: Finding, _ kind: RuleKind, _ count: Int, _ devices: [Int32], _ confidence: Float, _ floor: Int?,
        _ alarm: Finding.Alarm, _ context: RuleContext
    ) -> LocalizedText {
        if let pace = alarm.pace {
            var first = alarm
            first.pace = nil
            let call = sighting(finding, kind, count, devices, confidence, floor, first, context)
            let stuck = stuck(finding, count, pace)
            return LocalizedText(zh: call.zh + stuck.zh, en: call.en + stuck.en)
        }
        switch kind {
        case .thrownObject: return thrownObject(finding, devices.count, floor, context)
        case .ebikeInBuilding: return ebike(finding, devices, confidence, context)
        default: break
        }
        let time = second(finding.started)
        switch kind {
        case .sos, .fall, .smokeFire:
            return emergency(finding, kind, devices, confidence, alarm, context)
        case .leak:
            let place = spot(finding, devices, context)
            return LocalizedText(
                zh: "\(place.zh) 漏水报警,\(time.zh)。请查看并关闭水阀,注意用电安全。",
                en: "\(place.en): water leak, \(time.en). Please look, close the valve, mind the electricity. ")
        case .liftTrapped:
            let lift = spot(finding, devices, context)
            return LocalizedText(
                zh: "\(lift.zh) 电梯困人!\(time.zh)。请立即联系电梯维保和物业,安抚被困人员,不要强行扒门。",
                en: "\(lift.en): somebody is trapped in the lift! \(time.en). "
                    + "Call the lift company and the property now; talk to them; do not force the doors. ")
        case .liftFault:
            let lift = spot(finding, devices, context)
            return LocalizedText(
                zh: "\(lift.zh) 电梯故障,\(time.zh)。请停用电梯,张贴告示,联系维保。",
                en: "\(lift.en): lift fault, \(time.en). Take it out of use, put up a notice, call its company. ")
        default:
            let subject = spot(finding, ownDevice(finding, context), context)
            return LocalizedText(
                zh: "\(subject.zh),\(time.zh),\(count)次。请查看并反馈。",
                en: "\(subject.en), \(time.en), \(count) time\(count == 1 ? "" : "s"). Please look. ")
        }
    }

    /// A device that calls at an even pace: nobody does, so it is the device; but somebody has to see.
    private func stuck(_ finding: Finding, _ count: Int, _ pace: Milliseconds) -> LocalizedText {
        let since = moment(finding.started)
        let every = roughly(pace)
        return LocalizedText(
            zh: "该设备每\(every.zh)重复一次,\(since.zh)起已\(count)次,可能卡住:看过人后请复位或更换。",
            en: "The device repeats it every \(every.en), \(count) times since \(since.en), and may be stuck: once "
                + "somebody was there, reset or replace it. ")
    }

    private func thrownObject(
        _ finding: Finding, _ cameras: Int, _ floor: Int?, _ context: RuleContext
    ) -> LocalizedText {
        let place = place(finding, context)
        let zhFloor = floor.map { "(约\($0)层,仅供参考)" } ?? ""
        let enFloor = floor.map { " (about floor \($0), a hint only)" } ?? ""
        let time = second(finding.started)
        return LocalizedText(
            zh: "\(place.zh) 疑似高空抛物,\(time.zh),\(cameras)个摄像头拍到\(zhFloor)。请保安查看有无伤人,保护现场。",
            en: "\(place.en): suspected object thrown from height, \(time.en), seen by \(cameras) "
                + "camera\(cameras == 1 ? "" : "s")\(enFloor). Guard: see whether anybody is hurt, secure the scene. ")
    }

    private func ebike(
        _ finding: Finding, _ devices: [Int32], _ confidence: Float, _ context: RuleContext
    ) -> LocalizedText {
        let place = place(finding, context)
        let camera =
            devices.first.map { label($0, in: finding.place, context) } ?? LocalizedText(zh: "摄像头", en: "camera")
        let time = second(finding.started)
        let sure = sure(confidence)
        return LocalizedText(
            zh: "\(place.zh) 发现电动车进楼,\(time.zh),\(camera.zh)拍到\(sure.zh)。请保安到场劝离,电动车不得上楼充电。",
            en: "\(place.en): e-bike in the building, \(time.en), seen by \(camera.en)\(sure.en). "
                + "Guard: please go there; e-bikes must not be charged upstairs. ")
    }

    /// How sure a camera is of it; nothing where it did not say.
    func sure(_ confidence: Float) -> LocalizedText {
        guard confidence.isFinite else { return LocalizedText(zh: "", en: "") }
        let percent = Int((confidence * 100).rounded())
        return LocalizedText(zh: ",可信度\(percent)%", en: ", confidence \(percent) %")
    }

    func counted(
        _ finding: Finding, _ kind: RuleKind, _ count: Int, _ within: Milliseconds, _ devices: [Int32],
        _ people: Int, _ total: Int, _ context: RuleContext
    ) -> LocalizedText {
        let isOfPlace = kind == .thrownObjectRepeat || kind == .crowdedDwelling
        let isOfDoor = kind == .tailgating || kind == .accessDeniedBurst
        let about = isOfPlace ? [] : isOfDoor ? devices : ownDevice(finding, context)
        let subject = spot(finding, about, context)
        let length = roughly(within)
        let since = moment(finding.started)
        switch kind {
        case .thrownObjectRepeat:
            return LocalizedText(
                zh: "\(subject.zh) \(length.zh)内高空抛物\(count)次,\(since.zh)起。请入户宣传,查看录像锁定楼层。",
                en: "\(subject.en): \(count) objects thrown from height within \(length.en), since \(since.en). "
                    + "Talk to the households; find the floor on the recordings. ")
        case .accessDeniedBurst:
            let zhTotal = total > count ? ",累计\(total)次" : ""
            let enTotal = total > count ? ", \(total) in all" : ""
            return LocalizedText(
                zh: "\(subject.zh) \(length.zh)内门禁拒绝\(count)次,\(since.zh)起\(zhTotal)。请查看是否有人试图闯入或凭证失效。",
                en: "\(subject.en): refused \(count) times within \(length.en), since \(since.en)\(enTotal). "
                    + "See whether somebody tries to get in, or a credential has expired. ")
        case .tailgating:
            return LocalizedText(
                zh: "\(subject.zh) 疑似尾随进入,\(second(finding.started).zh),多\(count)人未刷卡。请查看。",
                en: "\(subject.en): people followed somebody in, \(second(finding.started).en), "
                    + "\(count) more than passed. Please look. ")
        case .crowdedDwelling:
            return LocalizedText(
                zh: "\(subject.zh) \(length.zh)内有\(people)人出入,疑似群租。请入户核实居住人数。",
                en: "\(subject.en): \(people) different people within \(length.en); it may be let to a group. "
                    + "Please check who lives there. ")
        default:
            let number = people > 0 ? people : count
            return LocalizedText(
                zh: "\(subject.zh) \(length.zh)内\(number)次,\(since.zh)起。请查看并反馈。",
                en: "\(subject.en): \(number) within \(length.en), since \(since.en). Please look. ")
        }
    }

    func lasting(
        _ finding: Finding, _ kind: RuleKind, _ after: Milliseconds, _ devices: [Int32], _ word: Int32,
        _ context: RuleContext
    ) -> LocalizedText {
        let subject = spot(finding, kind == .fireLaneBlocked ? [] : devices, context)
        let length = counted(after, finding)
        let since = moment(finding.since ?? finding.started)
        switch kind {
        case .fireLaneBlocked:
            let camera =
                devices.first.map { label($0, in: finding.place, context) }
                ?? LocalizedText(zh: "摄像头", en: "camera")
            let plate = word >= 0 ? context.word(word) : ""
            return LocalizedText(
                zh: "\(subject.zh) 消防通道被占\(length.zh),\(since.zh)起,\(camera.zh)拍到"
                    + "\(plate.isEmpty ? "" : ",车牌\(plate)")。请通知挪车,保持通道畅通。",
                en: "\(subject.en): the fire lane has been blocked for \(length.en), since \(since.en), seen by "
                    + "\(camera.en)\(plate.isEmpty ? "" : ", plate \(plate)"). Have it moved, keep the lane clear. ")
        case .doorHeldOpen:
            return LocalizedText(
                zh: "\(subject.zh) 门未关已\(length.zh),\(since.zh)起。请到场关门,查看是否有人顶门。",
                en: "\(subject.en): the door has stood open for \(length.en), since \(since.en). Please close it. ")
        case .liftFault:
            return LocalizedText(
                zh: "\(subject.zh) 电梯故障已\(length.zh),\(since.zh)起。请联系维保。",
                en: "\(subject.en): the lift has been out of order for \(length.en), since \(since.en). "
                    + "Call the lift company. ")
        default:
            return LocalizedText(
                zh: "\(subject.zh) 已持续\(length.zh),\(since.zh)起。请查看并反馈。",
                en: "\(subject.en): for \(length.en), since \(since.en). Please look. ")
        }
    }

    /// How long a state has lasted; where it began outside of the rule's hours, how long of them.
    private func counted(_ after: Milliseconds, _ finding: Finding) -> LocalizedText {
        let length = length(after)
        guard finding.since != nil else { return length }
        let from = moment(finding.started)
        return LocalizedText(zh: "\(length.zh)(\(from.zh)起算)", en: "\(length.en) (counted from \(from.en))")
    }
}

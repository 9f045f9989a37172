import Diagnostics

/// Why somebody is told of an alert: what stands in front of its own text.
///
/// Not persisted: a telling is frozen as words when it is committed.
package enum Purpose: Hashable, Sendable {
    /// The alert itself: its beginning, more of it, its end.
    case alert
    /// Nobody before has acknowledged.
    case escalated
    /// Somebody is at the door, and nobody opens.
    case noAccess
    /// A person asks for them by name or role.
    case calledIn
    /// It was acknowledged, and nobody has arrived in time.
    case late
    /// Told again, since nobody has acknowledged.
    case repeated
    /// In hand, and for long nothing was heard of it.
    case stoodStill
    /// It was handled, and is to be checked.
    case check
    /// It was to be checked, and is not.
    case checkAgain
    /// A person dispatched it to them.
    case assigned
    /// Somebody else gave it back.
    case returned
    /// It was given to somebody else.
    case withdrawn
    /// The check did not pass.
    case rework
    /// It was closed, and a person opened it again.
    case reopened
    /// Those who had it go off duty.
    case shiftChange
    /// The desk is to dispatch it.
    case desk
    /// Family, or whoever holds the key: no diagnosis.
    case family

    /// What stands in front of one alert's text; nil: nothing.
    var head: LocalizedText? {
        switch self {
        case .alert, .family: nil
        case .escalated:
            LocalizedText(
                zh: "【升级】前面通知的人还没有接单，请您马上处理并反馈。",
                en: "[Escalated] Nobody has taken this yet. Please see to it now and report back.")
        case .noAccess:
            LocalizedText(
                zh: "【敲门无人应】工作人员在门口，没有人开门。请马上支援：联系家属或钥匙保管人，情况紧急拨打110、119。",
                en: "[No answer at the door] A worker is there and nobody opens. Please help now: call the family or "
                    + "whoever holds the key; in an emergency 110 or 119.")
        case .calledIn:
            LocalizedText(
                zh: "【请您支援】现场需要您处理，请接单并反馈。", en: "[You are asked for] Please take this and report back.")
        case .late:
            LocalizedText(
                zh: "【未按时到场】有人接了单，还没有到场。请您前往或联系接单人。",
                en: "[Nobody there yet] It was taken, and nobody has arrived. Please go, or call whoever took it.")
        case .repeated:
            LocalizedText(zh: "【再次提醒】还没有人接单，请处理。", en: "[Reminder] Nobody has taken this yet. Please see to it.")
        case .stoodStill:
            LocalizedText(
                zh: "【久无进展】接单后两个多小时没有新情况，请反馈进展；办不了请交回。",
                en: "[No news] Nothing was heard of this for over two hours. Please report, or give it back.")
        default: laterHead
        }
    }

    private var laterHead: LocalizedText? {
        switch self {
        case .check:
            LocalizedText(
                zh: "【请核查】已有人处置。请核查：没问题就结案，有问题就退回。",
                en: "[Please check] It was handled. Please check it: close it, or send it back.")
        case .checkAgain:
            LocalizedText(
                zh: "【核查超时】处置后一直没有人核查，请现在核查。",
                en: "[Check overdue] It was handled and nobody has checked it. Please check it now.")
        case .assigned:
            LocalizedText(zh: "【派单】这一件派给您，请接单并到场。", en: "[For you] This is yours. Please take it and go there.")
        case .returned:
            LocalizedText(zh: "【转派】前一位已退回，请您接手。", en: "[Given back] Whoever had it gave it back. Please take it.")
        case .withdrawn:
            LocalizedText(
                zh: "【已转派】这一件已交给别人，您不用再去。", en: "[Not yours any more] Somebody else has it. You need not go.")
        case .rework:
            LocalizedText(
                zh: "【返工】核查没有通过，请再去处理。", en: "[To be done again] The check did not pass. Please see to it again.")
        case .reopened:
            LocalizedText(
                zh: "【重新打开】这一件结案后又被打开，请接单处理。",
                en: "[Opened again] This was closed and is open again. Please take it.")
        case .shiftChange:
            LocalizedText(
                zh: "【交接班】上一班还没有办完，请您接着跟进。", en: "[Handed over] The shift before did not finish this. Please go on.")
        case .desk:
            LocalizedText(
                zh: "【待派遣】请值班台派人；不派，到时自动派出。",
                en: "[To dispatch] Please send somebody; else it goes out by itself.")
        default: nil
        }
    }

    /// What stands in front of several alerts.
    func head(of count: Int, areEnds: Bool) -> LocalizedText {
        if let head {
            return LocalizedText(zh: "\(head.zh)共\(count)件：", en: "\(head.en) \(count) of them:")
        }
        return areEnds
            ? LocalizedText(zh: "【汇总】以下\(count)条预警同时解除：", en: "[Digest] \(count) alerts ended at once:")
            : LocalizedText(
                zh: "【汇总】以下\(count)条预警同时产生，请逐条核实并反馈：",
                en: "[Digest] \(count) alerts at once; please see to each and report back:")
    }
}

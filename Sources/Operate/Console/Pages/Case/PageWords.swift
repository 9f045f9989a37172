import Diagnostics
import Timekeeping
import Vocabulary

/// Words of the workers' pages that are chosen by a case's parts.
enum PageWords {
    static func severity(_ severity: Severity) -> LocalizedText {
        switch severity {
        case .critical: LocalizedText(zh: "紧急", en: "Critical")
        case .high: LocalizedText(zh: "重要", en: "High")
        case .medium: LocalizedText(zh: "一般", en: "Medium")
        case .low: LocalizedText(zh: "提示", en: "Low")
        }
    }

    /// How sure it is, and why.
    /// - Parameter isUnsupervised: nobody knows whether the devices work.
    static func verdict(_ verdict: Verdict, isUnsupervised: Bool = false) -> LocalizedText {
        switch verdict {
        case .notMoving where isUnsupervised:
            LocalizedText(
                zh: "不完全确定：没有活动，但设备好坏不明", en: "not quite sure: nothing moved, but nobody knows whether the devices work"
            )
        case .notMoving: LocalizedText(zh: "较确定：设备正常，家中确实没有活动", en: "fairly sure: the devices work, and nothing moved")
        case .sensorDead: LocalizedText(zh: "不确定：设备多半失联", en: "not sure: the devices are mostly silent")
        case .boxBlind: LocalizedText(zh: "不确定：主机多半时间没有收听", en: "not sure: the box did not listen for most of the time")
        case .wentOut: LocalizedText(zh: "可能不在家：最后一次是出门", en: "perhaps not at home: the last that was seen is leaving")
        case .notSeen: LocalizedText(zh: "不确定：家中无设备，门口也没见到人", en: "not sure: no device there, and no gate saw anybody")
        case .uncovered: LocalizedText(zh: "看不到：没有设备能看到这一户", en: "cannot be seen: no device covers this home")
        case .suspected: LocalizedText(zh: "疑似：只有一台摄像头看到", en: "suspected: one camera alone saw it")
        }
    }

    static func change(_ change: ChangeKind) -> LocalizedText {
        switch change {
        case .raised: LocalizedText(zh: "产生预警", en: "raised")
        case .updated: LocalizedText(zh: "有新情况", en: "there is more")
        case .renotified: LocalizedText(zh: "再次提醒", en: "told again")
        case .dispatched: LocalizedText(zh: "派遣", en: "dispatched")
        case .acknowledged: LocalizedText(zh: "签收", en: "accepted")
        case .arrived: LocalizedText(zh: "到场", en: "arrived")
        case .handled: LocalizedText(zh: "反馈", en: "reported")
        case .checked: LocalizedText(zh: "核查", en: "checked")
        case .returned: LocalizedText(zh: "转回", en: "handed back")
        case .suspended: LocalizedText(zh: "挂账", en: "put off")
        case .resumed: LocalizedText(zh: "恢复", en: "resumed")
        case .extended: LocalizedText(zh: "延时", en: "extended")
        case .merged: LocalizedText(zh: "并案", en: "merged")
        case .escalated: LocalizedText(zh: "升级", en: "escalated")
        case .noted: LocalizedText(zh: "备注", en: "noted")
        case .reopened: LocalizedText(zh: "重新打开", en: "reopened")
        case .resolved: LocalizedText(zh: "自动解除", en: "ended by itself")
        case .closed: LocalizedText(zh: "结案", en: "closed")
        }
    }

    /// The reasons for handing back, by their words in the record.
    static let returnReasons: [(word: String, title: LocalizedText)] = [
        ("off_duty", LocalizedText(zh: "不在岗", en: "I am off duty")),
        ("not_my_grid", LocalizedText(zh: "不是我的网格", en: "It is not my grid")),
        ("other", LocalizedText(zh: "其他", en: "Another reason")),
    ]

    /// A length of time as people say it.
    static func length(_ length: Milliseconds) -> LocalizedText {
        let minutes = max(0, length.count / 60_000)
        if minutes < 120 { return LocalizedText(zh: "\(minutes)分钟", en: "\(minutes) min") }
        if minutes < 48 * 60 { return LocalizedText(zh: "\(minutes / 60)小时", en: "\(minutes / 60) h") }
        return LocalizedText(zh: "\(minutes / 1440)天", en: "\(minutes / 1440) days")
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// In the site's zone; of the same day the time alone.
    static func moment(_ instant: Instant, now: Instant, in zone: Zone) -> LocalizedText {
        let civil = zone.civil(instant)
        let time = "\(ISO8601.two(civil.hour)):\(ISO8601.two(civil.minute))"
        let today = zone.civil(now).date
        if civil.date == today { return LocalizedText(zh: time, en: time) }
        let year = civil.date.year == today.year
        return LocalizedText(
            zh: (year ? "" : "\(civil.date.year)年") + "\(civil.date.month)月\(civil.date.day)日 \(time)",
            en: "\(civil.date.day) \(months[civil.date.month - 1])\(year ? "" : " \(civil.date.year)") \(time)")
    }
}

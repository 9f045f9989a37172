package import Diagnostics

extension CaseAnswer.Refusal {
    /// For people, whoever asks: what the act met.
    package var meaning: LocalizedText {
        switch self {
        case .unknown: LocalizedText(zh: "没有这条预警", en: "there is no such alert")
        case .isRaised: LocalizedText(zh: "已经报过", en: "it was raised before")
        case .isOver: LocalizedText(zh: "已经结束", en: "it is over")
        case .isRepeated: LocalizedText(zh: "同一动作已经做过", en: "the same act was done before")
        case .isIllegal:
            LocalizedText(zh: "现在的状态不能这样做，或有人更快", en: "its state does not allow that now, or somebody was faster")
        case .isOwnCheck: LocalizedText(zh: "不能复核自己处置的", en: "nobody checks what they handled themselves")
        case .isLifeSafety: LocalizedText(zh: "事关人命，不能挂起", en: "life safety is not put off")
        case .isTooOld: LocalizedText(zh: "结案已超过 30 天", en: "it was closed more than 30 days ago")
        case .isIntoNothing:
            LocalizedText(zh: "要并入的预警已结束、不存在，或就是它自己", en: "what it is to be joined to is over, not there, or itself")
        case .isNoVerb: LocalizedText(zh: "没有这个动作", en: "there is no such verb")
        }
    }
}

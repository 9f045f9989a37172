import Diagnostics
import Timekeeping

/// What can be wrong with a rule.
extension Fault {
    static let noRules = Fault(
        code: "config.no-rules",
        what: Phrase(zh: "没有任何规则,除人命安全外不会有预警", en: "there is no rule: nothing is raised but life safety"),
        remedy: Phrase(
            zh: "至少写一条,如 rules: {no-movement: {kind: no_movement}}",
            en: "write at least one, as rules: {no-movement: {kind: no_movement}}"))

    static func ruleNotBuilt(_ kind: RuleKind) -> Fault {
        let built = RuleKind.allCases.filter(RuleKind.built.contains).map(\.rawValue).joined(separator: ", ")
        return Fault(
            code: "rule.not-built",
            what: Phrase(
                zh: "本版本还没有 \(kind.rawValue) 规则", en: "this version does not have the rule \(kind.rawValue) yet"),
            remedy: Phrase(
                zh: "请先删除这条规则;现有:\(built)", en: "delete the rule for now; there are: \(built)"))
    }

    static func wasTaken(_ name: String) -> Fault {
        Fault(
            code: "rule.was-taken",
            what: Phrase(zh: "was 指向的“\(name.shown)”仍是另一条规则", en: "was: \"\(name.shown)\" is a rule that still exists"),
            remedy: Phrase(zh: "请删除 was,或删除旧规则", en: "delete was, or the old rule"))
    }

    static let afterAndStages = Fault(
        code: "rule.after-and-stages",
        what: Phrase(zh: "after 和 stages 不能同时写", en: "after and stages exclude each other"),
        remedy: Phrase(zh: "请删除其一", en: "delete one of them"))

    static let noStages = Fault(
        code: "rule.no-stages", what: Phrase(zh: "没有任何一级", en: "there is no stage"),
        remedy: Phrase(
            zh: "写 [{after: 24h, severity: medium}],或删除 stages", en: "write [{after: 24h}], or delete stages"))

    static func stagesOrder(_ last: Milliseconds) -> Fault {
        Fault(
            code: "rule.stages-order",
            what: Phrase(zh: "不晚于前一级的 \(last)", en: "it is not later than the stage before, \(last)"),
            remedy: Phrase(zh: "各级时间须递增", en: "stages must ascend"))
    }

    static func stageFalls(_ last: Severity) -> Fault {
        Fault(
            code: "rule.stage-falls",
            what: Phrase(
                zh: "级别低于前一级的 \(last.rawValue)", en: "it is less urgent than the stage before, \(last.rawValue)"),
            remedy: Phrase(zh: "后一级应更紧急", en: "a later stage is the more urgent one"))
    }

    static let noEvidence = Fault(
        code: "rule.no-evidence",
        what: Phrase(zh: "没有任何活动迹象,规则必然误报", en: "without evidence the rule always fires"),
        remedy: Phrase(zh: "请写出类型,或删除 kinds", en: "name some, or delete kinds"))

    static let noKey = Fault(
        code: "rule.no-key", what: Phrase(zh: "没有写按什么计", en: "it counts for nothing"),
        remedy: Phrase(zh: "写一个,或删除 key", en: "name one, or delete key"))

    static let oneKey = Fault(
        code: "rule.one-key", what: Phrase(zh: "只有计数类的规则可以按多个对象计", en: "only what counts may count for several keys"),
        remedy: Phrase(zh: "只留一个;或写成两条规则", en: "leave one; or write two rules"))

    static func foreignKind(_ kind: ObservationKind, _ own: [ObservationKind]) -> Fault {
        let names = own.map(\.name).joined(separator: ", ")
        return Fault(
            code: "rule.foreign-kind",
            what: Phrase(zh: "这种规则不看 \(kind.name)", en: "this kind of rule does not look at \(kind.name)"),
            remedy: Phrase(zh: "可用:\(names);其他请用 expression", en: "it may be: \(names); for others use expression"))
    }

    static let noKinds = Fault(
        code: "rule.no-kinds", what: Phrase(zh: "没有任何观测类型", en: "it looks at no observation"),
        remedy: Phrase(zh: "请写出类型", en: "name some"))

    static let neverHolds = Fault(
        code: "rule.never-holds",
        what: Phrase(zh: "except 盖住了规则生效的全部时段", en: "except covers all hours in which the rule holds"),
        remedy: Phrase(zh: "请缩短 except", en: "make except shorter"))

    static let lifeSafetyHours = Fault(
        code: "rule.life-safety-hours",
        what: Phrase(
            zh: "事关人命的规则不能只在部分时段生效:其余时段没有人会知道", en: "a rule of life safety has no hours: else nobody is told"),
        remedy: Phrase(
            zh: "请删除;夜里通知谁由 routes 决定", en: "delete it; whom to tell at which hours is for the routes"),
        costsItself: true)

    static func lifeSafetyOff(_ kind: RuleKind) -> Fault {
        Fault(
            code: "life-safety.off",
            what: Phrase(
                zh: "内置规则 \(kind.rawValue) 已关闭:没有写规则的地方,\(kind.title.zh)不会有任何预警",
                en: "the built-in rule \(kind.rawValue) is off: where no rule is written, nobody is told of it "
                    + "(\(kind.title.en))"),
            remedy: Phrase(zh: "除非另有系统值守,请删除", en: "delete it, unless another system watches for it"))
    }

    static let lifeSafetyCooldown = Fault(
        code: "rule.no-effect",
        what: Phrase(zh: "事关人命的规则不看 cooldown", en: "a rule of life safety does not look at cooldown"),
        remedy: Phrase(zh: "请删除;重复的由 merge 合并", en: "delete it; what repeats is joined by merge"))

    static func keyOfNobody(_ key: RuleKey) -> Fault {
        Fault(
            code: "rule.key-of-nobody",
            what: Phrase(zh: "\(key.rawValue) 不会进出", en: "a \(key.rawValue) goes neither in nor out"),
            remedy: Phrase(zh: "写 credential 或 person", en: "write credential or person"))
    }

    static let noWindow = Fault(
        code: "rule.no-window", what: Phrase(zh: "没有写窗口", en: "there is no window"),
        remedy: Phrase(
            zh: "写 session、count、distinct、dwell、sequence、threshold 中的一个",
            en: "write one of session, count, distinct, dwell, sequence, threshold"))

    static func twoWindows(_ other: String) -> Fault {
        Fault(
            code: "rule.two-windows",
            what: Phrase(zh: "已经写了窗口 \(other)", en: "there is a window already: \(other)"),
            remedy: Phrase(zh: "只留一个;另一个写成另一条规则", en: "leave one; write another rule for the other"))
    }

    static func notOfWindow(_ windows: String) -> Fault {
        Fault(
            code: "rule.unused-parameter",
            what: Phrase(zh: "这个窗口不用它", en: "this window does not use it"),
            remedy: Phrase(zh: "请删除;只用于 \(windows)", en: "delete it; it is for \(windows)"))
    }

    static let neverEnds = Fault(
        code: "rule.never-ends", what: Phrase(zh: "状态没有结束的条件", en: "nothing ends the state"),
        remedy: Phrase(
            zh: "写 until: {kinds: […]},或 gap:这么久没有再来即结束", en: "write until: {kinds: […]}, or gap: nothing for so long"))

    static let noLimit = Fault(
        code: "rule.no-limit", what: Phrase(zh: "没有写限值", en: "there is no limit"),
        remedy: Phrase(zh: "passes、inside 至少写一个", en: "write passes or inside, or both"))

    static let aboveOrBelow = Fault(
        code: "rule.above-or-below", what: Phrase(zh: "above、below 须写且只写一个", en: "it needs either above or below"),
        remedy: Phrase(zh: "两个方向写两条规则", en: "for both write two rules"))

    static func backBeyond(_ limit: Double, isAbove: Bool) -> Fault {
        Fault(
            code: "rule.back-beyond",
            what: Phrase(
                zh: "恢复值在限值 \(NumberText(limit)) 的另一边",
                en: "it ends on the wrong side of the limit \(NumberText(limit))"),
            remedy: Phrase(
                zh: isAbove ? "back 不能大于 above" : "back 不能小于 below",
                en: isAbove ? "back must not be greater than above" : "back must not be less than below"))
    }

    private static func neverFires(_ why: Phrase, _ remedy: Phrase) -> Fault {
        Fault(
            code: "rule.never-fires",
            what: Phrase(zh: "规则永远不会触发:\(why.zh)", en: "the rule can never fire: \(why.en)"), remedy: remedy)
    }

    static func tooFewDevices(_ named: Int, _ needed: Int) -> Fault {
        neverFires(
            Phrase(zh: "要 \(needed) 台设备,只写了 \(named) 台", en: "it needs \(needed) devices, and \(named) are named"),
            Phrase(zh: "请补上设备,或减小数目", en: "name more, or ask for fewer"))
    }

    static func tooManyFor(_ least: Int, _ within: Milliseconds, _ once: Milliseconds) -> Fault {
        neverFires(
            Phrase(
                zh: "\(within) 内容不下 \(least) 次间隔超过 \(once) 的事",
                en: "\(least) events more than \(once) apart do not fit into \(within)"),
            Phrase(zh: "请加长 within,或减小 once", en: "make within longer, or once shorter"))
    }

    static func outside(_ field: WindowSettings.NumberField, _ range: ClosedRange<Double>) -> Fault {
        let ends = "\(NumberText(range.lowerBound))–\(NumberText(range.upperBound))"
        return neverFires(
            Phrase(zh: "\(field.rawValue) 只在 \(ends) 之间", en: "\(field.rawValue) is between \(ends)"),
            Phrase(zh: "请改限值", en: "write another limit"))
    }
}

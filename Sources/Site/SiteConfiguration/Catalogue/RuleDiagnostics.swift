import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

/// What can be wrong with a rule.
extension UnplacedDiagnostic {
    static let noRules = UnplacedDiagnostic(
        code: "config.no-rules",
        what: LocalizedText(zh: "没有任何规则，除人命安全外不会有预警", en: "there is no rule: nothing is raised but life safety"),
        remedy: LocalizedText(
            zh: "至少写一条，如 rules: {no-movement: {kind: no_movement}}",
            en: "write at least one, as rules: {no-movement: {kind: no_movement}}"))

    static func ruleNotBuilt(_ kind: RuleKind) -> UnplacedDiagnostic {
        let built = RuleKind.allCases.filter(RuleKind.built.contains).map(\.rawValue).joined(separator: ", ")
        return UnplacedDiagnostic(
            code: "rule.not-built",
            what: LocalizedText(
                zh: "本版本还没有 \(kind.rawValue) 规则", en: "this version does not have the rule \(kind.rawValue) yet"),
            remedy: LocalizedText(
                zh: "请先删除这条规则；现有：\(built)", en: "delete the rule for now; there are: \(built)"))
    }

    static func wasTaken(_ name: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.was-taken",
            what: LocalizedText(
                zh: "was 指向的“\(name.shown)”仍是另一条规则", en: "was: \"\(name.shown)\" is a rule that still exists"),
            remedy: LocalizedText(zh: "请删除 was，或删除旧规则", en: "delete was, or the old rule"))
    }

    static let afterAndStages = UnplacedDiagnostic(
        code: "rule.after-and-stages",
        what: LocalizedText(zh: "after 和 stages 不能同时写", en: "after and stages exclude each other"),
        remedy: LocalizedText(zh: "请删除其一", en: "delete one of them"))

    static let noStages = UnplacedDiagnostic(
        code: "rule.no-stages", what: LocalizedText(zh: "没有任何一级", en: "there is no stage"),
        remedy: LocalizedText(
            zh: "写 [{after: 24h, severity: medium}]，或删除 stages", en: "write [{after: 24h}], or delete stages"))

    static func stagesOrder(_ last: Milliseconds) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.stages-order",
            what: LocalizedText(zh: "不晚于前一级的 \(last)", en: "it is not later than the stage before, \(last)"),
            remedy: LocalizedText(zh: "各级时间须递增", en: "stages must ascend"))
    }

    static func stageFalls(_ last: Severity) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.stage-falls",
            what: LocalizedText(
                zh: "级别低于前一级的 \(last.rawValue)", en: "it is less urgent than the stage before, \(last.rawValue)"),
            remedy: LocalizedText(zh: "后一级应更紧急", en: "a later stage is the more urgent one"))
    }

    static let noEvidence = UnplacedDiagnostic(
        code: "rule.no-evidence",
        what: LocalizedText(zh: "没有任何活动迹象，规则必然误报", en: "without evidence the rule always fires"),
        remedy: LocalizedText(zh: "请写出类型，或删除 kinds", en: "name some, or delete kinds"))

    static let noKey = UnplacedDiagnostic(
        code: "rule.no-key", what: LocalizedText(zh: "没有写按什么计", en: "it counts for nothing"),
        remedy: LocalizedText(zh: "写一个，或删除 key", en: "name one, or delete key"))

    static let oneKey = UnplacedDiagnostic(
        code: "rule.one-key",
        what: LocalizedText(zh: "只有计数类的规则可以按多个对象计", en: "only what counts may count for several keys"),
        remedy: LocalizedText(zh: "只留一个；或写成两条规则", en: "leave one; or write two rules"))

    static func foreignKind(_ kind: ObservationKind, _ own: [ObservationKind]) -> UnplacedDiagnostic {
        let names = own.map(\.name).joined(separator: ", ")
        return UnplacedDiagnostic(
            code: "rule.foreign-kind",
            what: LocalizedText(zh: "这种规则不看 \(kind.name)", en: "this kind of rule does not look at \(kind.name)"),
            remedy: LocalizedText(
                zh: "可用：\(names)；其他请用 expression", en: "it may be: \(names); for others use expression"))
    }

    static let noKinds = UnplacedDiagnostic(
        code: "rule.no-kinds", what: LocalizedText(zh: "没有任何观测类型", en: "it looks at no observation"),
        remedy: LocalizedText(zh: "请写出类型", en: "name some"))

    static let neverHolds = UnplacedDiagnostic(
        code: "rule.never-holds",
        what: LocalizedText(zh: "except 盖住了规则生效的全部时段", en: "except covers all hours in which the rule holds"),
        remedy: LocalizedText(zh: "请缩短 except", en: "make except shorter"))

    static let lifeSafetyHours = UnplacedDiagnostic(
        code: "rule.life-safety-hours",
        what: LocalizedText(
            zh: "事关人命的规则不能只在部分时段生效：其余时段没有人会知道", en: "a rule of life safety has no hours: else nobody is told"),
        remedy: LocalizedText(
            zh: "请删除；夜里通知谁由 routes 决定", en: "delete it; whom to tell at which hours is for the routes"),
        costsItself: true)

    static func lifeSafetyOff(_ kind: RuleKind) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "life-safety.off",
            what: LocalizedText(
                zh: "内置规则 \(kind.rawValue) 已关闭：没有写规则的地方，\(kind.title.zh)不会有任何预警",
                en: "the built-in rule \(kind.rawValue) is off: where no rule is written, nobody is told of it "
                    + "(\(kind.title.en))"),
            remedy: LocalizedText(zh: "除非另有系统值守，请删除", en: "delete it, unless another system watches for it"))
    }

    static let lifeSafetyCooldown = UnplacedDiagnostic(
        code: "rule.no-effect",
        what: LocalizedText(zh: "事关人命的规则不看 cooldown", en: "a rule of life safety does not look at cooldown"),
        remedy: LocalizedText(zh: "请删除；重复的由 merge 合并", en: "delete it; what repeats is joined by merge"))

    static func keyOfNobody(_ key: RuleKey) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.key-of-nobody",
            what: LocalizedText(zh: "\(key.rawValue) 不会进出", en: "a \(key.rawValue) goes neither in nor out"),
            remedy: LocalizedText(zh: "写 credential 或 person", en: "write credential or person"))
    }

    static let noWindow = UnplacedDiagnostic(
        code: "rule.no-window", what: LocalizedText(zh: "没有写窗口", en: "there is no window"),
        remedy: LocalizedText(
            zh: "写 session、count、distinct、dwell、sequence、threshold 中的一个",
            en: "write one of session, count, distinct, dwell, sequence, threshold"))

    static func twoWindows(_ other: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.two-windows",
            what: LocalizedText(zh: "已经写了窗口 \(other)", en: "there is a window already: \(other)"),
            remedy: LocalizedText(zh: "只留一个；另一个写成另一条规则", en: "leave one; write another rule for the other"))
    }

    static func notOfWindow(_ windows: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.unused-parameter",
            what: LocalizedText(zh: "这个窗口不用它", en: "this window does not use it"),
            remedy: LocalizedText(zh: "请删除；只用于 \(windows)", en: "delete it; it is for \(windows)"))
    }

    static let neverEnds = UnplacedDiagnostic(
        code: "rule.never-ends", what: LocalizedText(zh: "状态没有结束的条件", en: "nothing ends the state"),
        remedy: LocalizedText(
            zh: "写 until: {kinds: […]}，或 gap:这么久没有再来即结束", en: "write until: {kinds: […]}, or gap: nothing for so long"))

    static let noLimit = UnplacedDiagnostic(
        code: "rule.no-limit", what: LocalizedText(zh: "没有写限值", en: "there is no limit"),
        remedy: LocalizedText(zh: "passes、inside 至少写一个", en: "write passes or inside, or both"))

    static let aboveOrBelow = UnplacedDiagnostic(
        code: "rule.above-or-below",
        what: LocalizedText(zh: "above、below 须写且只写一个", en: "it needs either above or below"),
        remedy: LocalizedText(zh: "两个方向写两条规则", en: "for both write two rules"))

    static func backBeyond(_ limit: Double, isAbove: Bool) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.back-beyond",
            what: LocalizedText(
                zh: "恢复值在限值 \(NumberText(limit)) 的另一边",
                en: "it ends on the wrong side of the limit \(NumberText(limit))"),
            remedy: LocalizedText(
                zh: isAbove ? "back 不能大于 above" : "back 不能小于 below",
                en: isAbove ? "back must not be greater than above" : "back must not be less than below"))
    }

    private static func neverFires(_ why: LocalizedText, _ remedy: LocalizedText) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "rule.never-fires",
            what: LocalizedText(zh: "规则永远不会触发：\(why.zh)", en: "the rule can never fire: \(why.en)"), remedy: remedy)
    }

    static func tooFewDevices(_ named: Int, _ needed: Int) -> UnplacedDiagnostic {
        neverFires(
            LocalizedText(
                zh: "要 \(needed) 台设备，只写了 \(named) 台", en: "it needs \(needed) devices, and \(named) are named"),
            LocalizedText(zh: "请补上设备，或减小数目", en: "name more, or ask for fewer"))
    }

    static func tooManyFor(_ least: Int, _ within: Milliseconds, _ once: Milliseconds) -> UnplacedDiagnostic {
        neverFires(
            LocalizedText(
                zh: "\(within) 内容不下 \(least) 次间隔超过 \(once) 的事",
                en: "\(least) events more than \(once) apart do not fit into \(within)"),
            LocalizedText(zh: "请加长 within，或减小 once", en: "make within longer, or once shorter"))
    }

    static func outside(_ field: WindowSettings.NumberField, _ range: ClosedRange<Double>) -> UnplacedDiagnostic {
        let ends = "\(NumberText(range.lowerBound))–\(NumberText(range.upperBound))"
        return neverFires(
            LocalizedText(zh: "\(field.rawValue) 只在 \(ends) 之间", en: "\(field.rawValue) is between \(ends)"),
            LocalizedText(zh: "请改限值", en: "write another limit"))
    }
}

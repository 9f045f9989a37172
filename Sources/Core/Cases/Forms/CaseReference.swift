package import Diagnostics
import Vocabulary

/// The page about cases, made from the tables that decide: states, verbs, fields, words, rights, refusals.
package enum CaseReference {
    /// The whole of docs/cases.md, or of its Chinese twin.
    package static func markdown(_ language: Language) -> String {
        sections.map { $0(language) }.joined(separator: "\n\n") + "\n"
    }

    private static let sections: [@Sendable (Language) -> String] = [
        intro, states, verbs, notes, found, rights, fields, refusals,
    ]

    private static func pick(_ language: Language, _ zh: String, _ en: String) -> String {
        language == .zhHans ? zh : en
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func codes(_ words: [String], _ language: Language) -> String {
        words.map { "`\($0)`" }.joined(separator: pick(language, "、", ", "))
    }

    // MARK: States

    private static func intro(_ language: Language) -> String {
        pick(
            language,
            """
            # 处置

            由程序的状态表、权限表和词表生成。

            每条预警都可以由人接办、到场、处置、复核、结案。人做的每件事都是日志里的一条记录（`$shouwang/act`，见\
            [journal.md](journal.md)），是否合法在这条记录被处理时判定：先到先得，后到的什么也不改变，按当时的状态\
            拒绝。回放日志得到同样的结果。`key` 相同的同一动作只做一次。
            """,
            """
            # Cases

            Made from the program's tables of states, rights and words.

            Each alert can be taken, gone to, handled, checked and closed. Whatever people do is a record of the \
            journal (`$shouwang/act`, [journal.md](journal.md)); whether it is legal is decided when that record is \
            stepped over: the first has it, and what comes later changes nothing and is refused with the state that \
            it met. A replay gives the same. The same act told twice with one `key` is done once.
            """)
    }

    private static func states(_ language: Language) -> String {
        let head = language == .zhHans ? ["状态", "含义"] : ["state", "meaning"]
        let rows = AlertState.allCases.map { ["`\($0.rawValue)`", meaning(of: $0).text(in: language)] }
        return pick(language, "## 状态\n\n", "## States\n\n") + table(head, rows)
    }

    private static func meaning(of state: AlertState) -> LocalizedText {
        switch state {
        case .open: LocalizedText(zh: "已报，无人接办", en: "raised, and nobody has it")
        case .dispatched:
            LocalizedText(
                zh: "已派单，对方未接；能做的事与 `open` 相同",
                en: "somebody was told to go; what may be done is as of `open`")
        case .acknowledged: LocalizedText(zh: "有人接办", en: "somebody has taken it")
        case .onSite: LocalizedText(zh: "有人到场", en: "somebody is there")
        case .handled: LocalizedText(zh: "已处置，等待复核", en: "reported, and not checked yet")
        case .suspended: LocalizedText(zh: "挂起，到时自动恢复", en: "put off; comes back at its end by itself")
        case .resolved: LocalizedText(zh: "条件已消失而无人接办；不再改变", en: "its condition is over and nobody had it; final")
        case .closed: LocalizedText(zh: "已结案；30 天内可重开", en: "closed by people; may be reopened for 30 days")
        }
    }

    // MARK: Verbs

    private static func verbs(_ language: Language) -> String {
        let head =
            language == .zhHans
            ? ["动作", "从", "到", "变更", "谁可以"] : ["verb", "from", "to", "changes", "who may"]
        let rows = Verb.allCases.map { verb in
            let way = CaseTable.way(of: verb)
            return [
                "`\(verb.rawValue)`", from(way, language), to(way, language), changes(way, language),
                who(verb).text(in: language),
            ]
        }
        return pick(language, "## 动作\n\n", "## Verbs\n\n") + table(head, rows)
    }

    private static func from(_ way: CaseTable.Way, _ language: Language) -> String {
        let all = AlertState.allCases
        if way.from == all { return pick(language, "任何状态", "all") }
        if way.from == all.filter({ !$0.isOver }) { return pick(language, "未结束的任何状态", "all that are not over") }
        return codes(way.from.map(\.rawValue), language)
    }

    private static func to(_ way: CaseTable.Way, _ language: Language) -> String {
        switch (way.verb, way.to) {
        case (.check, _): pick(language, "通过：`closed`；不通过：`acknowledged`", "in order: `closed`; not: `acknowledged`")
        case (_, .state(let state)): "`\(state.rawValue)`"
        case (_, .same): pick(language, "不变", "the same")
        case (_, .before): pick(language, "挂起前的状态", "the state before")
        }
    }

    private static func changes(_ way: CaseTable.Way, _ language: Language) -> String {
        way.verb == .check
            ? pick(language, "`checked` 与 `closed`；不通过 `reopened`", "`checked` and `closed`, or `reopened`")
            : "`\(way.change.rawValue)`"
    }

    /// Asked of ``Rights``, of whom each stands for one row of its table.
    private static func who(_ verb: Verb) -> LocalizedText {
        var link = Asker(.worker, person: "link")
        link.linkedAlert = "a"
        link.linkedRole = "community"
        if Rights.has(Asker(.worker, person: "worker"), verb) {
            return LocalizedText(zh: "工作人员、管理员", en: "workers, managers")
        }
        return Rights.has(link, verb)
            ? LocalizedText(
                zh: "收到链接的物业、社区、街道、部门，管理员", en: "property, community, street, departments by their link; managers")
            : LocalizedText(zh: "管理员", en: "managers")
    }

    private static func notes(_ language: Language) -> String {
        pick(
            language,
            """
            * `ack`：先接的人得到它，以后由他负责，不论传感器再说什么；条件消失时只显示为 \
            `updated`。被 `escalate` 叫来的人可以 `ack` 别人手里的预警，状态和负责人不变。
            * `dispatch` 在已接办时是改派；到场以后请先退回。
            * `handle`：`by: visit` 而没有报到场的，处置的时刻就是到场的时刻，变更里写 `arrival_unreported`。本人 10 \
            分钟内可以再报一次更正：`reopened` 和 `handled` 两条变更。
            * `check`：处置的人不能复核自己，除非路由写了 `self_check`，这时 `closed` 带 `unchecked`。不通过的回到原来的人手里。
            * `close`：要写 `found` 或 `reason`；已处置的只能复核。
            * `return`：退给班上的其他人，不再派给退回的人。
            * `suspend`：要写 `until`，最长 90 天，到时由 `system` 恢复；事关人命的不能挂起。
            * `merge`：`into` 是本小区另一条未结束的预警，处置在那一条继续。
            * `escalate`：不写 `to` 就是下一级。`reason: no_access` 是敲门无人应，只在已接办或已到场时可报。
            """,
            """
            * `ack`: the first has it, and from then on it is theirs, whatever the sensors say: an end of the \
            condition is `updated` and no end. One who was called by an `escalate` may `ack` what another has in \
            hand; state and assignee stay.
            * `dispatch` of what somebody has taken gives it to another; whoever is there gives it back first.
            * `handle`: with `by: visit` and no arrival told, the arrival was at the same moment, and the change has \
            `arrival_unreported`. Whoever handled it may tell better for 10 minutes: two changes, `reopened` and \
            `handled`.
            * `check`: nobody checks what they handled, unless the route says `self_check`; then `closed` has \
            `unchecked`. What is not in order goes back to whoever had it.
            * `close`: needs `found` or `reason`; what was handled is checked, not closed.
            * `return`: goes to somebody else on shift, never back to the one who gave it back.
            * `suspend`: needs `until`, at most 90 days; at its end `system` resumes it. Not for life safety.
            * `merge`: `into` is another alert of this site that is not over; the case goes on there.
            * `escalate`: without `to` the next tier. `reason: no_access`, nobody opened, from `acknowledged` and \
            `on_site` alone.
            """)
    }

    // MARK: Words

    private static func found(_ language: Language) -> String {
        let rows = FoundWord.allCases.map { word in
            ["`\(word.rawValue)`", word.title.text(in: language), of(word).text(in: language)]
        }
        let head = language == .zhHans ? ["`found`", "含义", "对象"] : ["`found`", "meaning", "of"]
        let conditions = codes(DeviceCondition.allCases.map(\.rawValue), language)
        let behind = pick(
            language,
            "\n\n旁边可以写 `device`：\(conditions)。`alert_right` 说预警本身是否属实，误报率只看它。走失、无活动一类只有关于人的词，"
                + "设备和门只有关于事的词。见到的是本人时，这一户的无活动从这时重新计时，不论报警的规则是否还在；"
                + "单写 `device_fault` 是没有见到人：预警不变，同敲门无人应，逐级上报。",
            "\n\nBeside it stands `device`: \(conditions). `alert_right` says whether the alert itself was right, and "
                + "is all that the figures of false alarms go by. Of somebody who was missed a person's word alone is "
                + "taken, of devices and doors a thing's. Where a person was seen, their home's silence is counted "
                + "again from then, whether the rule that raised the alert is still there or not. `device_fault` alone "
                + "means that nobody was met: the case stays and is escalated, as where nobody opens.")
        return pick(language, "## 处置结果\n\n", "## What was found\n\n") + table(head, rows) + behind
    }

    private static func of(_ word: FoundWord) -> LocalizedText {
        word.isOfPerson ? LocalizedText(zh: "人", en: "a person") : LocalizedText(zh: "事", en: "a thing")
    }

    private static func rights(_ language: Language) -> String {
        pick(
            language,
            """
            ## 权限

            | 角色 | 可以 |
            |---|---|
            | viewer | 看，姓名打码 |
            | worker（本网格，或凭自己的链接） | `ack` `arrive` `handle` `return` `escalate` `note` |
            | 同上，链接发给物业、社区、街道、部门的 | 另可 `check` 别人处置的 |
            | manager、admin | 全部动作 |
            | auditor | 不看预警 |

            别的网格的预警如同不存在。
            """,
            """
            ## Rights

            | role | may |
            |---|---|
            | viewer | read, names masked |
            | worker, of the own grid or by the own link | `ack` `arrive` `handle` `return` `escalate` `note` |
            | the same, by a link to property, community, street or a department | also `check` what another handled |
            | manager, admin | every verb |
            | auditor | sees no alert |

            An alert of a foreign grid is as if it were not there.
            """)
    }

    // MARK: Fields

    private static func fields(_ language: Language) -> String {
        let head = language == .zhHans ? ["动作", "字段", "必填", "含义"] : ["verb", "field", "needed", "meaning"]
        func rows(_ fields: [ActField], _ verb: String) -> [[String]] {
            fields.map { field in
                let needed = field.isNeeded ? pick(language, "是", "yes") : "–"
                return [verb, "`\(field.name)`", needed, field.meaning.text(in: language)]
            }
        }
        let own = Verb.allCases.flatMap { rows(ActField.own(of: $0), "`\($0.rawValue)`") }
        let common = rows(ActField.common, pick(language, "任何", "any"))
        return pick(language, "## 字段\n\n", "## Fields\n\n") + table(head, own + common)
    }

    private static func refusals(_ language: Language) -> String {
        let head = language == .zhHans ? ["代码", "为什么不行"] : ["code", "why nothing came of it"]
        let told = CaseAnswer.Refusal.allCases.filter { $0 != .isRaised }
        let rows = told.map { ["`\($0.rawValue)`", $0.meaning.text(in: language)] }
        return pick(language, "## 拒绝\n\n", "## Refusals\n\n") + table(head, rows)
    }
}

package import Diagnostics

/// One own field of a verb, as records, the HTTP API, replies over MQTT and commands all have it.
package struct ActField: Sendable {
    /// What its value is.
    package enum Kind: Equatable, Sendable {
        /// Not empty, at most so many characters.
        case text(most: Int)
        case truth
        /// One of ``FoundWord`` that fits the alert.
        case found
        case word([String])
        /// A day, a time, a length of time; from now on, and at most so many days ahead.
        case instant(daysMost: Int64)
        /// A length of time as `2h`, at most so many days.
        case length(daysMost: Int64)
        /// A role, `department:NAME`, `partner:NAME` or `worker:ID`.
        case addressee
        /// An alert's id.
        case alert
        /// Photographs, by their hashes, at most so many.
        case hashes(most: Int)
    }

    package let name: String
    package let kind: Kind
    /// It must be there.
    package var isNeeded = false
    package let meaning: LocalizedText

    // MARK: The table

    /// The own fields of a verb, in the order of the records.
    package static func own(of verb: Verb) -> [ActField] {
        switch verb {
        case .dispatch:
            [.init(name: "to", kind: .addressee, isNeeded: true, meaning: .init(zh: "派给谁", en: "who is to go"))]
        case .ack, .arrive, .resume: []
        case .handle: handling
        case .check:
            [
                .init(
                    name: "ok", kind: .truth, isNeeded: true, meaning: .init(zh: "复核是否通过", en: "whether it is in order")
                )
            ]
        case .close: closing
        case .reopen:
            [.init(name: "reason", kind: .text(most: 200), isNeeded: true, meaning: .init(zh: "原因", en: "why"))]
        case .return: [.init(name: "reason", kind: .text(most: 200), meaning: .init(zh: "原因", en: "why"))]
        case .suspend:
            [
                .init(name: "reason", kind: .text(most: 200), isNeeded: true, meaning: .init(zh: "原因", en: "why")),
                .init(
                    name: "until", kind: .instant(daysMost: 90), isNeeded: true,
                    meaning: .init(zh: "挂起到何时，最长 90 天", en: "until when, at most 90 days")),
            ]
        case .extend:
            [
                .init(
                    name: "for", kind: .length(daysMost: 90), isNeeded: true,
                    meaning: .init(zh: "延长多久，如 2h、3d", en: "how long, as `2h`, `3d`")),
                .init(name: "reason", kind: .text(most: 200), isNeeded: true, meaning: .init(zh: "原因", en: "why")),
            ]
        case .merge:
            [.init(name: "into", kind: .alert, isNeeded: true, meaning: .init(zh: "并入哪条预警", en: "the open alert's id"))]
        case .escalate: escalating
        case .note:
            [.init(name: "note", kind: .text(most: 2000), isNeeded: true, meaning: .init(zh: "备注", en: "the words"))]
        }
    }

    private static let handling: [ActField] = [
        .init(name: "found", kind: .found, isNeeded: true, meaning: .init(zh: "处置结果", en: "what was found")),
        .init(
            name: "until", kind: .instant(daysMost: 366),
            meaning: .init(zh: "外出到哪天为止（含当天）", en: "of `away`: to the end of which day")),
        .init(
            name: "by", kind: .word(HandledBy.allCases.map(\.rawValue)),
            meaning: .init(zh: "到场还是电话", en: "went, or called")),
        .init(
            name: "alert_right", kind: .truth,
            meaning: .init(zh: "预警是否属实", en: "whether the alert was right")),
        .init(
            name: "device", kind: .word(DeviceCondition.allCases.map(\.rawValue)),
            meaning: .init(zh: "设备状况", en: "the device's condition")),
    ]
    private static let closing: [ActField] = [
        .init(
            name: "found", kind: .found,
            meaning: .init(zh: "处置结果；与 reason 至少填一项", en: "what was found; this or `reason` is needed")),
        .init(
            name: "until", kind: .instant(daysMost: 366),
            meaning: .init(zh: "外出到哪天为止（含当天）", en: "of `away`: to the end of which day")),
        .init(
            name: "reason", kind: .text(most: 200),
            meaning: .init(
                zh: "结案原因，如 duplicate、test、told_by_phone", en: "why: `duplicate`, `test`, `told_by_phone` …")),
        .init(
            name: "alert_right", kind: .truth,
            meaning: .init(zh: "预警是否属实", en: "whether the alert was right")),
    ]
    private static let escalating: [ActField] = [
        .init(
            name: "to", kind: .addressee,
            meaning: .init(zh: "上报给谁；不填为下一级", en: "who is told; left out: the next tier")),
        .init(
            name: "reason", kind: .text(most: 200),
            meaning: .init(zh: "原因；敲门无人应写 no_access", en: "why; `no_access`: nobody opened")),
    ]

    /// What every verb may have beside its own; `text` is read as `note`.
    package static let common: [ActField] = [
        .init(
            name: "key", kind: .text(most: 64),
            meaning: .init(zh: "同一动作重发时相同", en: "equal for the same act told twice")),
        .init(name: "seen", kind: .text(most: 40), meaning: .init(zh: "操作者看到的变更", en: "the change that was looked at")),
        .init(name: "actor", kind: .text(most: 64), meaning: .init(zh: "代谁填报", en: "for whom it is put in")),
        .init(name: "note", kind: .text(most: 2000), meaning: .init(zh: "备注", en: "words")),
        .init(name: "text", kind: .text(most: 2000), meaning: .init(zh: "同 note", en: "the same as `note`")),
        .init(
            name: "tapped", kind: .text(most: 40), meaning: .init(zh: "按下的时刻（手机时钟）", en: "when it was pressed")),
        .init(name: "photos", kind: .hashes(most: 9), meaning: .init(zh: "照片（哈希）", en: "photographs, by hash")),
    ]
}

package import Diagnostics
package import Vocabulary

/// What somebody found who went there, or asked: of a person, or of a thing. The words of the records; a test pins
/// their spelling.
package enum FoundWord: String, Sendable, CaseIterable {
    // Of a person.
    case well, unwell, rescued, deceased, away
    /// Nobody was met, and the device is at fault: the case stays, as where nobody opens.
    case deviceFault = "device_fault"
    // Of a thing.
    case real
    case notReal = "not_real"
    case mended, referred, dissuaded
    case notOurs = "not_ours"

    package var isOfPerson: Bool {
        switch self {
        case .well, .unwell, .rescued, .deceased, .away, .deviceFault: true
        case .real, .notReal, .mended, .referred, .dissuaded, .notOurs: false
        }
    }

    /// Whether it can be what was found of an alert of a kind: of somebody who was missed a person's word alone, of
    /// what can concern either both, of devices and doors a thing's.
    package func fits(_ kind: RuleKind) -> Bool {
        switch kind {
        case .noMovement, .unusualInactivity, .notReturned: isOfPerson
        case .sos, .fall, .liftTrapped, .smokeFire, .leak, .fever, .visitorOverstay, .crowdedDwelling, .report,
            .expression:
            true
        default: !isOfPerson
        }
    }

    /// For people.
    package var title: LocalizedText {
        switch self {
        case .well: LocalizedText(zh: "平安", en: "well")
        case .unwell: LocalizedText(zh: "需就医", en: "unwell, needs a doctor")
        case .rescued: LocalizedText(zh: "已施救", en: "rescued")
        case .deceased: LocalizedText(zh: "已故", en: "deceased")
        case .away: LocalizedText(zh: "外出", en: "away")
        case .deviceFault: LocalizedText(zh: "设备故障", en: "a fault of the device")
        case .real: LocalizedText(zh: "属实", en: "real")
        case .notReal: LocalizedText(zh: "不属实", en: "not real")
        case .mended: LocalizedText(zh: "已修复", en: "mended")
        case .referred: LocalizedText(zh: "已移交", en: "referred")
        case .dissuaded: LocalizedText(zh: "已劝阻", en: "dissuaded")
        case .notOurs: LocalizedText(zh: "非本区", en: "not ours")
        }
    }
}

import Diagnostics
import Vocabulary

/// What a worker may report, as buttons of the result's form: of people, or of things.
enum FoundChoice: String, CaseIterable {
    case well, unwell, rescued, away, deceased
    case real
    case notReal = "not_real"
    case mended, referred, dissuaded
    case notOurs = "not_ours"

    static let ofPeople: [FoundChoice] = [.well, .unwell, .rescued, .away, .deceased]
    static let ofThings: [FoundChoice] = [.real, .notReal, .mended, .dissuaded, .referred, .notOurs]

    var title: LocalizedText {
        switch self {
        case .well: LocalizedText(zh: "平安", en: "Well")
        case .unwell: LocalizedText(zh: "需就医", en: "Needs a doctor")
        case .rescued: LocalizedText(zh: "已施救", en: "Rescued")
        case .away: LocalizedText(zh: "外出", en: "Away")
        case .deceased: LocalizedText(zh: "已故", en: "Deceased")
        case .real: LocalizedText(zh: "属实", en: "It is so")
        case .notReal: LocalizedText(zh: "不属实", en: "It is not so")
        case .mended: LocalizedText(zh: "已修复", en: "Mended")
        case .referred: LocalizedText(zh: "已移交", en: "Referred")
        case .dissuaded: LocalizedText(zh: "已劝阻", en: "Dissuaded")
        case .notOurs: LocalizedText(zh: "非本区", en: "Not ours")
        }
    }
}

/// The language in which people read what the program says (`site.language`).
package enum Language: String, Sendable, CaseIterable {
    case zhHans = "zh-Hans"
    case en
}

/// A text in both languages of the product.
package struct Phrase: Equatable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    package func text(in language: Language) -> String { language == .zhHans ? zh : en }
}

/// A text in both languages of the product.
package struct LocalizedText: Equatable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    package func text(in language: Language) -> String { language == .zhHans ? zh : en }
}

/// The language in which people read what the program says (`site.language`).
package enum Language: String, Sendable, CaseIterable {
    case zhHans = "zh-Hans"
    case en
}

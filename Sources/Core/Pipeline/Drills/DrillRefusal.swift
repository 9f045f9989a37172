package import Community
package import Diagnostics
package import Feeds
package import SiteConfiguration

/// Why no drill can be made of what was asked for: told before its record is written, since the record of one that
/// cannot be raised is only counted.
package enum DrillRefusal: Error, Equatable, Sendable {
    case unknownRule(String, nearest: String?)
    case unknownResident(String)
    /// The resident's row has no dwelling.
    case homeless(String)
    case unknownPlace(String)
    /// Neither resident nor place, or both.
    case noPlace

    /// The first that is wrong; nil where nothing is. O(rules).
    package static func find(in drill: Drill, settings: Settings, registry: Registry) -> DrillRefusal? {
        let names = settings.allRules.map(\.name)
        guard names.contains(drill.rule) else {
            return .unknownRule(drill.rule, nearest: SpellingSuggestion.name(to: drill.rule, among: names))
        }
        switch (drill.resident, drill.place) {
        case (let name?, nil):
            guard let resident = registry.resident(name) else { return .unknownResident(name) }
            return registry.residents[Int(resident.index)].dwelling == nil ? .homeless(name) : nil
        case (nil, let name?): return registry.place(name) == nil ? .unknownPlace(name) : nil
        default: return .noPlace
        }
    }

    /// The field that is wrong, as the API names it.
    package var field: String {
        switch self {
        case .unknownRule: "rule"
        case .unknownResident, .homeless: "resident"
        case .unknownPlace, .noPlace: "place"
        }
    }

    /// What is wrong, and what to do.
    package var phrase: LocalizedText {
        switch self {
        case .unknownRule(let name, let nearest):
            LocalizedText(
                zh: "没有名为“\(name)”的规则" + (nearest.map { "；是不是“\($0)”" } ?? "；规则名见 shouwang.yaml 的 rules"),
                en: "there is no rule \"\(name)\"; "
                    + (nearest.map { "did you mean \"\($0)\"?" } ?? "the names stand under rules in the configuration"))
        case .unknownResident(let id):
            LocalizedText(
                zh: "登记表里没有编号为“\(id)”的居民；编号见 residents.csv",
                en: "there is no resident \"\(id)\"; the ids stand in residents.csv")
        case .homeless(let id):
            LocalizedText(
                zh: "居民“\(id)”没有住址，没有人可以上门；请在 residents.csv 里补上",
                en: "resident \"\(id)\" has no dwelling to go to; add it in residents.csv")
        case .unknownPlace(let id):
            LocalizedText(
                zh: "登记表里没有“\(id)”这个场所；写 places.csv 的编号，或地址，如 3栋/2单元/502",
                en: "there is no place \"\(id)\"; write an id of places.csv, or an address as 3栋/2单元/502")
        case .noPlace:
            LocalizedText(
                zh: "演练要有一位居民或一个场所，二者只写一个", en: "a drill is for a resident or for a place: name one of them")
        }
    }
}

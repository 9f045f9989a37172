import Diagnostics

/// One of the files of the registry; `shifts` may be missing.
package enum SheetKind: String, Sendable, CaseIterable {
    case places, devices, residents, workers, shifts

    package var fileName: String { rawValue + ".csv" }

    var title: LocalizedText {
        switch self {
        case .places: LocalizedText(zh: "场所表", en: "the places sheet")
        case .devices: LocalizedText(zh: "设备表", en: "the devices sheet")
        case .residents: LocalizedText(zh: "居民表", en: "the residents sheet")
        case .workers: LocalizedText(zh: "网格员表", en: "the workers sheet")
        case .shifts: LocalizedText(zh: "调班表", en: "the shifts sheet")
        }
    }
}

extension SheetKind {
    /// The headers of a sheet that is to be filled in by hand, in Chinese, in the contract's order.
    package var chineseHeaders: [String] {
        let columns = SheetColumn.all(of: self).filter { ![.building, .unit, .room].contains($0.field) }
        return columns.filter { $0.field != .name || self != .devices }.compactMap(\.aliases.first)
    }
}

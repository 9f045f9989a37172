/// The kinds of place, from the largest.
package enum PlaceKind: String, Sendable, CaseIterable {
    case site, building, unit, floor, dwelling, area

    static let names = PlaceKind.allCases.map(\.rawValue)

    /// Reads the contract's word or what a Chinese sheet says; nil for anything else. Case does not count.
    init?(written: String) {
        if let kind = PlaceKind(rawValue: written.lowercased()) {
            self = kind
            return
        }
        switch written {
        case "小区", "社区", "院落", "园区": self = .site
        case "楼栋", "楼", "栋", "幢", "楼宇", "号楼": self = .building
        case "单元", "梯": self = .unit
        case "楼层", "层": self = .floor
        case "住户", "户", "房", "室", "房间", "房屋", "住宅", "住房": self = .dwelling
        case "区域", "公共区域", "公区", "公共": self = .area
        default: return nil
        }
    }
}

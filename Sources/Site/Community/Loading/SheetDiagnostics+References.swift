import Diagnostics

/// Problems between rows: names that stand twice, and names that stand nowhere.
extension UnplacedDiagnostic {
    static func duplicateID(_ id: String, firstLine: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "duplicate-id",
            LocalizedText(
                zh: "编号 \(shown(id)) 在第\(firstLine)行已用过，此行未读",
                en: "the id \"\(shown(id))\" is used in line \(firstLine) already; the row is left out"),
            LocalizedText(zh: "请给其中一行换一个编号，或删去重复的行", en: "give one of the two another id, or delete one row"))
    }

    static func duplicateIdentity(_ identity: String, firstLine: Int, _ cost: Cost) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "duplicate-identity",
            LocalizedText(
                zh: "标识 \(shown(identity)) 与第\(firstLine)行的设备相同，\(cost.phrase.zh)",
                en: "the identity \"\(shown(identity))\" belongs to line \(firstLine); \(cost.phrase.en)"),
            LocalizedText(zh: "请核对两台设备的标识", en: "check the identity of both devices"))
    }

    static func duplicateCredential(firstLine: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "duplicate-credential",
            LocalizedText(
                zh: "这里有一个凭证与第\(firstLine)行的居民相同，分不清是谁；该凭证对两人都不作数",
                en: "a credential is also that of the resident in line \(firstLine), so nobody can tell who it is; "
                    + "it counts for neither"),
            LocalizedText(
                zh: "请把凭证只留给实际持有的人；若各门禁自行编号，写成 设备编号:号码",
                en: "leave it with the one who holds it; if each gate numbers people itself, write gate-north:22"))
    }

    static func unknownParent(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-parent",
            LocalizedText(
                zh: "没有编号为 \(shown(value)) 的上级场所，此行按没有上级处理",
                en: "there is no place \"\(shown(value))\" to be its parent; the row is read as if it had none"),
            LocalizedText(
                zh: meant.zh + "请改正上级编号，或为它加一行", en: meant.en + "correct the parent's id, or add a row for it"))
    }

    static func cycle(_ chain: [String]) -> UnplacedDiagnostic {
        let shownChain = chain.prefix(8).map(shown).joined(separator: " > ")
        return UnplacedDiagnostic(
            .error, "cycle",
            LocalizedText(
                zh: "上级关系成了一个圈：\(shownChain)，此行按没有上级处理",
                en: "the parents run in a circle: \(shownChain); this row is read as if it had none"),
            LocalizedText(zh: "请改正圈中一行的上级", en: "correct the parent of one of them"))
    }

    /// A reference to a row that was left out because of its own error.
    static func leftOutReference(_ id: String, line: Int, _ lost: LocalizedText) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "left-out-reference",
            LocalizedText(
                zh: "所引用的 \(shown(id)) 在场所表第\(line)行有误而未读，\(lost.zh)",
                en: "it refers to \"\(shown(id))\", which was left out (line \(line) of the places); \(lost.en)"),
            LocalizedText(zh: "请先改正场所表第\(line)行", en: "correct line \(line) of the places first"))
    }

    static func unknownPlace(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-place",
            LocalizedText(
                zh: "没有编号为 \(shown(value)) 的场所，此行未读", en: "there is no place \"\(shown(value))\"; the row is left out"),
            LocalizedText(
                zh: meant.zh + "请改正，或在场所表加一行", en: meant.en + "correct it, or add a row to the places"))
    }

    static func noPlace() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "no-place", LocalizedText(zh: "设备没有写位置", en: "the device has no place"),
            LocalizedText(zh: "请填场所编号或住址，否则它不覆盖任何人", en: "fill in a place: without one it covers nobody"))
    }

    static func unknownDwelling(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-dwelling",
            LocalizedText(
                zh: "没有这个住址：\(shown(value))，此行未读", en: "there is no dwelling \"\(shown(value))\"; the row is left out"),
            LocalizedText(
                zh: meant.zh + "请写住户的编号，或写成 楼栋/单元/室（楼栋须在场所表中）",
                en: meant.en + "write the dwelling's id, or building/unit/room with a building of the places"))
    }

    static func notADwelling(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "not-a-dwelling",
            LocalizedText(
                zh: "\(shown(value)) 不是一户，而是楼栋、单元或区域，此行未读",
                en: "\"\(shown(value))\" is no dwelling but a larger place; the row is left out"),
            LocalizedText(zh: "请写到室，如 3栋/2单元/502", en: "write it down to the room, as 3栋/2单元/502"))
    }

    static func incompleteAddress() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "incomplete-address",
            LocalizedText(zh: "住址不全，此行未读", en: "the address is not complete; the row is left out"),
            LocalizedText(zh: "请把楼栋和室都填上", en: "fill in both building and room"))
    }

    static func ambiguousBuilding(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "ambiguous-building",
            LocalizedText(
                zh: "有几栋楼都叫 \(shown(value))，此行未读",
                en: "several buildings are named \"\(shown(value))\"; the row is left out"),
            LocalizedText(zh: "请改写楼栋的编号", en: "write the building's id instead"))
    }

    static func duplicateAddress(line: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "duplicate-address",
            LocalizedText(zh: "与第\(line)行是同一个地址", en: "it has the same address as line \(line)"),
            LocalizedText(zh: "请删去一行，或改正名称", en: "delete one of them, or correct the name"))
    }

    static func unknownShiftWorker(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-worker",
            LocalizedText(
                zh: "网格员表里没有 \(shown(value))，此行未用",
                en: "the workers sheet has no \"\(shown(value))\"; the row is left out"),
            LocalizedText(zh: meant.zh + "请写网格员表里的编号", en: meant.en + "write an id of the workers sheet"))
    }

    static func unknownGrid(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .warning, "unknown-grid",
            LocalizedText(zh: "场所表里没有网格 \(shown(value))", en: "no place is in the grid \"\(shown(value))\""),
            LocalizedText(
                zh: meant.zh + "请核对网格名，否则此人收不到该网格的预警",
                en: meant.en + "check the name: this worker gets no alert of that grid"))
    }
}

package import Timekeeping

/// A row of `devices.csv`.
package struct Device: Sendable {
    package var id: String
    package var place: PlaceID?
    /// `access`, `camera`, `elder` or `report`; where the sheet says nothing, what the kind suggests, or empty.
    package var family: String
    /// `gate`, `unit_door`, `lift`, `facade`, `lane`, `pir`, `contact`, `meter`, `bed`, `button` or another word: lower
    /// case, with `_`.
    package var kind: String
    /// How often it is heard from at least; nil where nobody promised.
    package var heartbeat: Milliseconds?
    /// Its name in its own feed; nil where that is the id.
    package var identity: String?
    /// The hub or gateway behind which it is.
    package var via: String?
    package var direction: DirectionRule
    /// What people call it; the id where the sheet has no name.
    package var name: String
    package var line: Int

    /// Whether a pass here leads into or out of the community.
    package var isOuterGate: Bool { kind == "gate" }

    static let families = ["access", "camera", "elder", "report"]

    /// Reads the contract's word or what a Chinese sheet says.
    static func family(written: String) -> String? {
        let folded = written.lowercased()
        if families.contains(folded) { return folded }
        switch written {
        case "门禁", "通行", "出入": return "access"
        case "摄像", "摄像头", "摄像机", "相机", "监控", "视频": return "camera"
        case "居家", "养老", "长者", "老人", "居家养老", "传感", "传感器", "居家传感": return "elder"
        case "上报", "报事", "报修": return "report"
        default: return nil
        }
    }

    /// A contact of a dwelling's own front door: that it opens says little of whoever is inside.
    package static let entrance = "entrance"

    static func kind(written: String) -> String {
        switch written {
        case "大门", "围门", "小区门", "小区大门", "外门", "院门": "gate"
        case "单元门": "unit_door"
        case "电梯": "lift"
        case "外立面", "立面", "高空抛物": "facade"
        case "消防通道", "通道": "lane"
        case "红外", "人体红外", "人体感应", "红外探测器": "pir"
        case "门磁", "门窗磁": "contact"
        case "入户门", "入户门磁", "进户门", "进户门磁", "户门", "entrance_door", "front_door": entrance
        case "电表", "水表", "仪表", "表计": "meter"
        case "床垫", "床带", "床": "bed"
        case "按钮", "呼叫器", "一键呼叫", "紧急按钮": "button"
        default: String(written.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
        }
    }

    /// The family that a kind belongs to, for sheets that have no such column.
    static func family(ofKind kind: String) -> String {
        switch kind {
        case "gate", "unit_door", "door", "turnstile": "access"
        case "facade", "lane", "lift", "camera", "lobby": "camera"
        case "pir", "contact", entrance, "meter", "bed", "button", "water", "power", "presence": "elder"
        default: ""
        }
    }
}

package import Timekeeping

/// A row of `workers.csv`.
package struct Worker: Sendable {
    package var id: String
    package var name: String
    /// With `-`: `grid-worker`, `guard`, … or `department:NAME`; empty where the sheet says nothing.
    package var role: String
    package var phone: String
    package var grids: [GridID]
    package var channels: [ChannelAddress]
    /// nil: always on duty.
    package var shift: WeekHours?
    package var line: Int

    static let roles = ["grid-worker", "guard", "property", "community", "street", "family", "volunteers"]
    /// Roles that have a name behind the colon.
    static let namedRoles = ["department:", "partner:"]

    /// The one spelling of a role: lower case with `-`; what stands behind `department:` is left as it is. Chinese
    /// words for the known roles are read.
    package static func canonicalRole(_ written: String) -> String {
        switch written {
        case "网格员": return "grid-worker"
        case "保安", "安保", "秩序员": return "guard"
        case "物业": return "property"
        case "社区": return "community"
        case "街道": return "street"
        case "家属": return "family"
        case "志愿者": return "volunteers"
        default: break
        }
        let parts = written.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let role = parts[0].lowercased().replacing("_", with: "-").replacing(" ", with: "-")
        return parts.count == 2 ? role + ":" + parts[1] : role
    }
}

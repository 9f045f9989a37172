import Timekeeping

/// What went wrong first is told first: the order in which waiting deliveries are leased.
enum SeverityRank {
    /// 0 for critical to 3 for low; an unknown word ranks as low.
    static func of(_ severity: String) -> Int {
        switch severity {
        case "critical": 0
        case "high": 1
        case "medium": 2
        default: 3
        }
    }
}

import Vocabulary

/// What went wrong first is told first: the order in which waiting deliveries are leased.
enum SeverityRank {
    /// The most severe first.
    private static let order = Severity.allCases.sorted(by: >)

    /// 0 for critical to 3 for low; an unknown word ranks as low.
    static func of(_ severity: String) -> Int {
        Severity(rawValue: severity).flatMap(order.firstIndex) ?? order.count - 1
    }
}

import Vocabulary

extension Severity {
    /// The column `rank` of the outbox, in the order of which waiting deliveries are leased: 0 for the most urgent.
    var outboxRank: Int { Severity.allCases.count { $0 > self } }
}

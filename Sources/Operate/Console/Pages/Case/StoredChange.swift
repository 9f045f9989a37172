import Foundation
import Ledger
import Timekeeping
import Vocabulary

/// What pages read of an alert change's JSON, as the ledger keeps it. What is missing is nil; what is no such JSON has
/// nothing.
struct StoredChange: Decodable, Sendable {
    struct Evidence: Decodable, Sendable {
        var at: String
        var device: String
        var kind: String
    }

    struct Act: Decodable, Sendable {
        var key: String?
        var reason: String?
        var by: String?
        var ok: Bool?
        var tapped: String?
        var to: String?
    }

    struct Detail: Decodable, Sendable {
        /// Nobody knows whether the devices work.
        var unsupervised: Bool?
    }

    var detail: Detail?
    var place: String?
    var grid: String?
    var person: String?
    var device: String?
    var lastEvidence: String?
    var actor: String?
    var assignee: String?
    var due: String?
    var found: String?
    var note: String?
    var verdict: String?
    var evidence: [Evidence]?
    var message: [String: String]?
    var act: Act?

    private enum CodingKeys: String, CodingKey {
        case place, grid, person, device, actor, assignee, due, found, note, verdict, evidence, message, act
        case detail
        case lastEvidence = "last_evidence"
    }

    private init() {}

    static func read(_ json: [UInt8]) -> StoredChange {
        do { return try JSONDecoder().decode(StoredChange.self, from: Data(json)) } catch {
            return StoredChange()  // The columns beside it tell what and since when.
        }
    }
}

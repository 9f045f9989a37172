import Cases
import Crypto
import Feeds
import JSONWriting
import Ledger
import Pipeline
import Timekeeping
import Vocabulary

extension LedgerAct {
    /// What an act came to, as the ledger keeps it; nil for one without a key, which nobody can ask for again.
    init?(_ outcome: ActOutcome) {
        guard let key = outcome.act.key else { return nil }
        let result: Result =
            switch outcome.result {
            case .done(let ordinal): .done(ordinal: ordinal)
            case .takenIn: .done(ordinal: LedgerAct.noChange)
            case .refused(let why, let state): .refused(why.rawValue, state: state?.rawValue)
            }
        self.init(
            person: outcome.act.person, key: key, hash: outcome.act.contentHash, record: outcome.record,
            result: result, at: outcome.at)
    }
}

extension Act {
    /// Whose keys are meant: of whoever put it in.
    var person: String { enteredBy ?? actor ?? "" }

    /// Of all that it says, but for the page, which the daemon puts in: 32 bytes of SHA-256.
    var contentHash: [UInt8] {
        let content = JSONWriter.object { writer in
            writer.text("alert", ifAny: alert)
            writer.text("resident", ifAny: resident)
            writer.text("actor", ifAny: actor)
            writeOwnFields(to: &writer)
        }
        return Array(SHA256.hash(data: content))
    }
}

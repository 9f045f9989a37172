import Cases
import JSONWriting
import Ledger
import Vocabulary

/// A change as the stream tells it: without names and words.
struct StreamEvent: Sendable {
    let number: EventNumber
    /// What decides who may see it.
    let facts: CaseFacts
    /// `id`, `event` and `data` lines.
    let text: String

    init(_ change: LedgerChange) {
        number = EventNumber(change.record, change.ordinal)
        facts = AlertJSON(change).facts
        let data = JSONWriter.text { object in
            object.text("id", change.alert)
            object.text("change", change.change)
            object.text("state", change.state)
            object.text("severity", change.severity.rawValue)
        }
        text = "id: \(number)\nevent: change\ndata: \(data)\n\n"
    }
}

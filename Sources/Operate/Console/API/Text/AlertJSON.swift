import Cases
import JSONWriting
import Ledger
import Vocabulary

/// An alert as the API answers with it: the contract's JSON of a change, and beside it what only the API says.
struct AlertJSON: Sendable {
    /// The change's number.
    let record: Int64
    let ordinal: Int32
    let id: String
    let state: String
    private let kind: String
    private let members: [(key: String, raw: ArraySlice<UInt8>)]

    /// The alert as it stands now: its last change, in the state that the ledger says.
    init(_ row: AlertRow) {
        self.init(id: row.id, record: row.record, ordinal: row.ordinal, state: row.state, kind: row.kind, row.json)
    }

    /// The alert as a change left it.
    init(_ event: LedgerChange) {
        self.init(
            id: event.alert, record: event.record, ordinal: event.ordinal, state: event.state, kind: event.kind,
            event.json)
    }

    private init(id: String, record: Int64, ordinal: Int32, state: String, kind: String, _ json: [UInt8]) {
        self.id = id
        self.record = record
        self.ordinal = ordinal
        self.state = state
        self.kind = kind
        do throws(JSONValue.Problem) {
            members = try JSONReader.members(of: json)
        } catch {
            // What this program did not write is shown by its columns alone.
            members = []
        }
    }

    /// `record.ordinal`: what `seen` and the stream's ids are.
    var number: String { "\(record).\(ordinal)" }

    /// What people call it.
    static func short(_ id: String) -> String { String(id.prefix(6)).uppercased() }

    /// A text of the change.
    func text(_ key: String) -> String? {
        guard let raw = members.first(where: { $0.key == key })?.raw else { return nil }
        do throws(JSONValue.Problem) { return try JSONValue(Array(raw)).text } catch { return nil }
    }

    /// What decides who may see it; what may be done is told by ``CaseHistory`` as well.
    var facts: CaseFacts {
        var facts = CaseFacts(
            alert: id, state: AlertState(rawValue: state) ?? .open, kind: RuleKind(rawValue: kind) ?? .expression,
            grid: text("grid"))
        facts.assignee = text("assignee")
        return facts
    }

    /// Writes its keys; `allowed` are the verbs for who asks.
    func write(to object: inout JSONWriter, allowed: [Verb], clocks: CaseClockView?) {
        for member in members {
            if member.key == "state" {
                object.text("state", state)
            } else {
                object.raw(member.key, String(decoding: member.raw, as: UTF8.self))
            }
        }
        object.text("short", AlertJSON.short(id))
        object.text("number", number)
        object.text("lamp", ifAny: clocks?.lamp)
        object.texts("allowed", allowed.map(\.rawValue))
    }

    /// Writes a change as one of a list: its number, and the contract's JSON.
    func writeEvent(to object: inout JSONWriter) {
        object.text("number", number)
        for member in members { object.raw(member.key, String(decoding: member.raw, as: UTF8.self)) }
    }
}

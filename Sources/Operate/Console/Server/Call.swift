import Hummingbird
import NIOCore

/// A request that may be answered: who asks, and what, checked against the operation's form.
struct Call: Sendable {
    let api: API
    let caller: Caller
    let request: Request
    /// The connection.
    let channel: (any Channel)?
    /// Of path and query, by name.
    let values: [String: String]
    /// The body's bytes; of a JSON body what they say.
    let bytes: [UInt8]
    let body: JSONValue

    func value(_ name: String) -> String? { values[name] }
    func list(_ name: String) -> [String] { values[name].map(ValueForm.parts) ?? [] }
    func integer(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    /// How many rows of a list are asked for.
    var limit: Int { integer("limit").map(Int.init) ?? API.pageDefault }

    /// A parameter that the path always has.
    func needed(_ name: String) -> String { values[name] ?? "" }
}

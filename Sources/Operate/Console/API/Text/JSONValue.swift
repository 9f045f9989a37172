/// A JSON text that somebody sent, read strictly (RFC 8259): UTF-8, one value, no key twice, nothing nested deeper than
/// ``depthMax``. Numbers stay as they were written.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case truth(Bool)
    case number(String)
    case text(String)
    case list([JSONValue])
    case object([Member])

    /// A key of an object with its value, in the text's order.
    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSONValue
    }

    /// Why a text is no JSON of ours: what is wrong, and at which byte.
    package struct Problem: Error, Equatable, Sendable {
        package var what: String
        package var at: Int
    }

    /// What is sent to us is flat.
    package static let depthMax = 16

    package init(_ bytes: [UInt8]) throws(Problem) {
        var reader = JSONReader(bytes)
        self = try reader.document()
    }

    /// The value of a key; nil where this is no object or has no such key.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }
    package var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
    package var integer: Int64? { if case .number(let number) = self { Int64(number) } else { nil } }

    /// What people call such a value.
    package var kind: String {
        switch self {
        case .null: "null"
        case .truth: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

import Foundation

/// A JSON value that the console answered, for commands that show it. Numbers as they are needed: whole ones.
package enum ConsoleValue: Equatable, Sendable {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([ConsoleValue])
    case object([String: ConsoleValue])

    /// Nil where the bytes are no JSON.
    package init?(_ bytes: [UInt8]) {
        do { self = try JSONDecoder().decode(ConsoleValue.self, from: Data(bytes)) } catch { return nil }
    }

    /// The value of a key; nil where this is no object or has none of it.
    package subscript(_ key: String) -> ConsoleValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }
    package var list: [ConsoleValue]? { if case .list(let list) = self { list } else { nil } }
    package var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    /// The texts of a list; none where it is no list.
    package var texts: [String] { list?.compactMap(\.text) ?? [] }

    /// The members of an object, by key.
    package var members: [(key: String, value: ConsoleValue)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ConsoleValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let one = try decoder.singleValueContainer()
        if one.decodeNil() {
            self = .null
        } else if let truth = ConsoleValue.value(Bool.self, one) {
            self = .truth(truth)
        } else if let number = ConsoleValue.value(Double.self, one) {
            self = .number(number)
        } else if let text = ConsoleValue.value(String.self, one) {
            self = .text(text)
        } else if let list = ConsoleValue.value([ConsoleValue].self, one) {
            self = .list(list)
        } else {
            self = .object(try one.decode([String: ConsoleValue].self))
        }
    }

    /// Nil where it is of another type.
    private static func value<Value: Decodable>(
        _ type: Value.Type, _ one: any SingleValueDecodingContainer
    ) -> Value? {
        do { return try one.decode(type) } catch { return nil }
    }
}

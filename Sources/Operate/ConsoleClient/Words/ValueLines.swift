/// A JSON value as lines for people, where the program has no words of its own for what is in it: a key a line, what is
/// nested indented, a list of objects as a table.
package enum ValueLines {
    /// Keys in alphabetical order.
    package static func of(_ value: ConsoleValue, width: Int = TextTable.widthMin, indent: Int = 0) -> [String] {
        let blanks = String(repeating: " ", count: indent)
        let keys = value.members.map { DisplayWidth.of($0.key) }.max() ?? 0
        return value.members.flatMap { key, value -> [String] in
            switch value {
            case .object: return [blanks + key] + of(value, width: width, indent: indent + 2)
            case .list(let items) where items.contains { !$0.members.isEmpty }:
                return [blanks + key]
                    + table(items).lines(width: max(40, width - indent - 2)).map { blanks + "  " + $0 }
            default:
                let head = blanks + DisplayWidth.padded(key, to: keys) + "  "
                let room = max(20, width - DisplayWidth.of(head))
                let lines = DisplayWidth.lines(TextTable.clean(text(value)), width: room)
                return lines.enumerated().map { index, line in
                    (index == 0 ? head : DisplayWidth.padded("", to: DisplayWidth.of(head))) + line
                }
            }
        }
    }

    /// The keys of all of them, in the order in which they come first.
    private static func table(_ items: [ConsoleValue]) -> TextTable {
        var keys: [String] = []
        for item in items { keys += item.members.map(\.key).filter { !keys.contains($0) } }
        var table = TextTable(keys)
        for item in items { table.add(keys.map { item[$0].map(text) ?? "" }) }
        return table
    }

    /// A value on one line.
    static func text(_ value: ConsoleValue) -> String {
        switch value {
        case .null: "–"
        case .truth(let truth): truth ? "yes" : "no"
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .text(let text): text
        case .list(let items): items.isEmpty ? "–" : items.map(text).joined(separator: ", ")
        case .object: value.members.map { "\($0.key)=\(text($0.value))" }.joined(separator: " ")
        }
    }
}

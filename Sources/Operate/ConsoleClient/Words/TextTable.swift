/// Rows under a header, in columns as wide as what is in them, within the width of a terminal. The last column gets
/// what is left, and is cut.
package struct TextTable: Sendable {
    /// What a terminal has at least.
    package static let widthMin = 80

    private let header: [String]
    private var rows: [[String]] = []

    package init(_ header: [String]) { self.header = header }

    /// Takes a row; of control characters, which would move a terminal's cursor, nothing is left.
    package mutating func add(_ cells: [String]) {
        rows.append(cells.map(TextTable.clean))
    }

    /// Without control characters, on one line.
    package static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// The header and the rows, none wider than asked for; the widest columns give way to the last.
    package func lines(width: Int = widthMin) -> [String] {
        let all = [header] + rows
        let widths = widths(of: all, width: width)
        return all.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() where column < header.count - 1 {
                line += DisplayWidth.padded(DisplayWidth.cut(cell, to: widths[column]), to: widths[column]) + " "
            }
            line += DisplayWidth.cut(cells[header.count - 1], to: max(1, width - DisplayWidth.of(line)))
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What the last column has at least, where it has so much to say.
    private static let lastMin = 20

    private func widths(of all: [[String]], width: Int) -> [Int] {
        var widths = header.indices.map { column in min(width, all.map { DisplayWidth.of($0[column]) }.max() ?? 0) }
        let last = min(widths.last ?? 0, TextTable.lastMin)
        let room = max(width - last - (header.count - 1), header.count - 1)
        while let widest = widths.dropLast().max(), widths.dropLast().reduce(0, +) > room, widest > 1 {
            let column = widths.firstIndex(of: widest) ?? 0
            widths[column] -= 1
        }
        return widths
    }
}

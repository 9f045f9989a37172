/// A CSV as its cells: RFC 4180 with what spreadsheets add (three separators, a `sep=` line, lone carriage returns).
///
/// Cells are ranges of ``text``, not strings, so reading a megabyte costs a few milliseconds. A quote that is never
/// closed would swallow the rest of the file; it costs its own line instead, and reading goes on with the next.
struct CSVTable {
    struct Cell {
        /// Where the content lies in ``CSVTable/text``.
        var start: Int32
        var end: Int32
        /// Where the cell begins in the file's text, its quote included.
        var position: Int32
    }

    enum Fault {
        case unclosedQuote
        /// Something stands between a closing quote and the separator.
        case strayQuote
        case nul
    }

    struct Row {
        var firstCell: Int32
        var cellCount: Int32
        /// The physical line on which the row begins, from 1.
        var line: Int32
        /// Where the row begins in the text.
        var position: Int32
        var fault: Fault?
        var faultPosition: Int32 = 0
    }

    /// The file's text, and behind it the cells in which quotes were doubled, as they are meant.
    var text: [UInt8]
    /// How much of ``text`` is the file's own.
    var fileCount: Int
    var cells: [Cell] = []
    var rows: [Row] = []
    var separator: UInt8 = 0x2C

    init(text: [UInt8]) {
        self.text = text
        fileCount = text.count
    }
}

import Diagnostics

/// Problems of a whole file, of its header line and of the form of a row.
extension UnplacedDiagnostic {
    private static let saveAsCSV = LocalizedText(
        zh: "请在表格软件中打开，用“另存为”选“CSV UTF-8(逗号分隔)”，不要只改文件名",
        en: "open it in the spreadsheet program and use Save As with \"CSV UTF-8\"; renaming the file is not enough")

    static func refused(_ refusal: TextEncoding.Refusal) -> UnplacedDiagnostic {
        switch refusal {
        case .xlsx:
            UnplacedDiagnostic(
                .error, "xlsx-not-csv",
                LocalizedText(zh: "这是 Excel 工作簿（.xlsx），不是 CSV", en: "this is an Excel workbook (.xlsx), not a CSV"),
                saveAsCSV)
        case .xls:
            UnplacedDiagnostic(
                .error, "xls-not-csv",
                LocalizedText(zh: "这是旧版 Excel 工作簿（.xls），不是 CSV", en: "this is an old Excel workbook (.xls), not a CSV"),
                saveAsCSV)
        case .utf16:
            UnplacedDiagnostic(
                .error, "utf-16",
                LocalizedText(zh: "文件是 UTF-16 编码（“Unicode 文本”），不能读取", en: "the file is UTF-16 (\"Unicode text\")"),
                saveAsCSV)
        case .noConverter:
            UnplacedDiagnostic(
                .error, "no-gb18030",
                LocalizedText(
                    zh: "文件不是 UTF-8，而本机缺少 GB18030 转换表",
                    en: "the file is not UTF-8, and this machine cannot read GB18030"),
                saveAsCSV)
        }
    }

    static func tooLarge(limit: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "too-large",
            LocalizedText(zh: "文件超过 \(limit >> 20) MB", en: "the file is larger than \(limit >> 20) MB"),
            LocalizedText(zh: "登记表不会这么大，请检查是否放错了文件", en: "no registry is that large: check that it is the right file"))
    }

    static func noHeader(_ kind: SheetKind, foundInLine line: Int?) -> UnplacedDiagnostic {
        let example = SheetColumn.all(of: kind).prefix(4).map { $0.aliases.first ?? $0.name }.joined(separator: ",")
        let names = SheetColumn.all(of: kind).prefix(4).map(\.name).joined(separator: ",")
        let what = LocalizedText(
            zh: "第一行不是表头，没有认识的列名", en: "the first line is no header line: it has no known column name")
        if let line {
            return UnplacedDiagnostic(
                .error, "no-header", what,
                LocalizedText(
                    zh: "表头像是在第\(line)行，请删去它上面的行", en: "the header seems to be line \(line): delete the lines above it")
            )
        }
        return UnplacedDiagnostic(
            .error, "no-header", what,
            LocalizedText(zh: "请在最上面加一行表头，如 \(example)", en: "put a header line on top, as \(names)"))
    }

    static func fullWidthSeparator() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "full-width-separator",
            LocalizedText(
                zh: "表头用全角标点（\u{FF0C}\u{FF1B}、）分隔，不是 CSV 的分隔符",
                en: "the header is separated by full-width punctuation, which does not separate the cells of a CSV"),
            LocalizedText(zh: "请改用半角逗号 ，分隔", en: "separate the cells with a plain comma (,)"))
    }

    static func missingColumn(_ column: SheetColumn, _ kind: SheetKind) -> UnplacedDiagnostic {
        let chinese = column.aliases.first ?? column.name
        return UnplacedDiagnostic(
            .error, "missing-column",
            LocalizedText(
                zh: "\(kind.title.zh)缺少“\(chinese)”（\(column.name)）一列",
                en: "\(kind.title.en) has no column \"\(column.name)\""),
            LocalizedText(
                zh: "请在表头加上“\(chinese)”，并逐行填写",
                en: "add the header \"\(column.name)\" (or \(chinese)) and fill in the column"))
    }

    static func unknownColumn(nearest: String?) -> UnplacedDiagnostic {
        guard let nearest else {
            return UnplacedDiagnostic(
                .warning, "unknown-column",
                LocalizedText(zh: "不认识这一列，整列不读", en: "this column is not known and is not read"),
                LocalizedText(zh: "如不需要，可不管或删去此列", en: "leave it, or delete the column"))
        }
        return UnplacedDiagnostic(
            .warning, "unknown-column",
            LocalizedText(zh: "不认识这一列，整列不读", en: "this column is not known and is not read"),
            LocalizedText(zh: "若本意是“\(nearest)”，请改表头", en: "if \"\(nearest)\" was meant, rename the header"))
    }

    static func duplicateColumn(first letter: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "duplicate-column",
            LocalizedText(
                zh: "这一列与\(letter)列含义相同，只读了\(letter)列",
                en: "this column means the same as column \(letter), which alone is read"),
            LocalizedText(zh: "请合并成一列，或改表头", en: "merge the two columns, or rename one"))
    }

    static func headerPunctuation(readAs header: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "header-punctuation",
            LocalizedText(
                zh: "表头里有全角标点或空格，按“\(header)”读取",
                en: "the header has full-width punctuation; it is read as \"\(header)\""),
            LocalizedText(zh: "请把表头改成“\(header)”", en: "write the header as \"\(header)\""))
    }

    static func unnamedColumn() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "unnamed-column",
            LocalizedText(zh: "此列有内容而没有表头，整列不读", en: "this column has content but no header, and is not read"),
            LocalizedText(zh: "请给此列加上表头，或清空它", en: "give the column a header, or clear it"))
    }

    /// - Parameter costsRow: the row's id or place cannot be read.
    static func form(_ fault: CSVTable.Fault, costsRow: Bool = true) -> UnplacedDiagnostic {
        let rest = LocalizedText(zh: "从这里起各格按没有填处理", en: "the cells from there on are read as if they were empty")
        let cost = costsRow ? Cost.row.phrase : fault == .nul ? Cost.cell.phrase : rest
        return switch fault {
        case .unclosedQuote:
            UnplacedDiagnostic(
                .error, "unclosed-quote",
                LocalizedText(zh: "双引号没有配对，\(cost.zh)", en: "a double quote is never closed; \(cost.en)"),
                LocalizedText(zh: "请补上或删去这个双引号", en: "close the quote, or delete it"))
        case .strayQuote:
            UnplacedDiagnostic(
                .error, "stray-quote",
                LocalizedText(zh: "双引号后面还有文字，\(cost.zh)", en: "there is text behind a closing quote; \(cost.en)"),
                LocalizedText(zh: "单元格内的双引号要写两个（\"\"）", en: "write a quote inside a cell twice (\"\")"))
        case .nul:
            UnplacedDiagnostic(
                .error, "nul-bytes",
                LocalizedText(
                    zh: "此行含有 NUL 字节，文件可能已损坏，\(cost.zh)",
                    en: "the row has NUL bytes: the file may be damaged; \(cost.en)"),
                LocalizedText(
                    zh: "请在表格软件中重新输入此行并另存为 CSV", en: "type the row again in the spreadsheet program and save as CSV")
            )
        }
    }

    static func badEncoding(_ cost: Cost) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-encoding",
            LocalizedText(
                zh: "有乱码：这里的字节既不是 UTF-8 也不是 GB18030，或文字早已损坏，\(cost.phrase.zh)",
                en: "these bytes are neither UTF-8 nor GB18030, or the text was destroyed before; \(cost.phrase.en)"),
            LocalizedText(zh: "请重新输入这一格，并另存为 CSV UTF-8", en: "type the cell again and save as CSV UTF-8"))
    }

    static func tooManyCells(_ count: Int, headers: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "too-many-cells",
            LocalizedText(
                zh: "此行有\(count)格，表头只有\(headers)列，各格可能错位",
                en: "the row has \(count) cells, the header only \(headers); its cells may be shifted"),
            LocalizedText(
                zh: "多半是某格里有分隔符：请给那一格加双引号，或删去多余的格",
                en: "a cell probably contains the separator: put that cell in double quotes, or delete the surplus"))
    }
}

import ConfigReading
import FileIO
import Diagnostics
import Foundation
import Timekeeping

/// The sheet of `site.holidays`: a header line, then a line a day. It is small and has three columns of plain words, so
/// it is divided at its separators; a wrong row costs that row, as in the registry's sheets.
struct HolidaySheet {
    /// More are many years' worth; a wrong file has more.
    static let rowsMax = 10_000
    private static let dateNames = ["date", "日期"]
    private static let kindNames = ["kind", "类型", "类别", "种类"]
    private static let nameNames = ["name", "名称", "节日", "备注"]

    private let file: String
    private let findings: Findings
    private var separator: Character = ","
    private var headers: [String] = []

    private init(file: String, findings: Findings) {
        self.file = file
        self.findings = findings
    }

    /// - Returns: nil where the file is no such sheet at all; told.
    static func read(_ bytes: [UInt8], file: String, findings: Findings) -> SiteDays? {
        var sheet = HolidaySheet(file: file, findings: findings)
        guard let text = sheet.decode(bytes) else { return nil }
        return sheet.days(text)
    }

    /// UTF-8, or what spreadsheet programs in China save by default.
    private func decode(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= SourceText.bytesMax, String(validating: bytes, as: UTF8.self) == nil else {
            return SourceText.decode(bytes, file: file, findings: findings)
        }
        // The number of GB 18030 among Foundation's encodings.
        return String(data: Data(bytes), encoding: String.Encoding(rawValue: 0x8000_0632))
            ?? SourceText.decode(bytes, file: file, findings: findings)
    }

    private mutating func days(_ text: String) -> SiteDays? {
        var days: [Day: SiteDays.Kind] = [:]
        var lines: [Day: Int] = [:]
        var columns: (date: Int, kind: Int)?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            guard let columns else {
                columns = header(line, number)
                if columns == nil { return nil }
                continue
            }
            guard index < HolidaySheet.rowsMax else {
                findings.add(.error, .tooManyRows, at: Position(file: file, line: number, column: 1))
                return nil
            }
            guard let row = row(line, number, columns.date, columns.kind) else { continue }
            if let known = days[row.day], known != row.kind {
                tell(.twoKinds(lines[row.day] ?? 0), number, columns.kind, line)
                continue
            }
            days[row.day] = row.kind
            lines[row.day] = number
        }
        if columns == nil { findings.add(.error, .noHolidayHeader, at: Position(file: file, line: 1, column: 1)) }
        return columns == nil ? nil : SiteDays(days)
    }

    private mutating func header(_ line: Substring, _ number: Int) -> (date: Int, kind: Int)? {
        separator = [",", ";", "\t"].max { a, b in line.count { $0 == a } < line.count { $0 == b } } ?? ","
        headers = cells(line).map { $0.lowercased() }
        let date = headers.firstIndex { HolidaySheet.dateNames.contains($0) }
        let kind = headers.firstIndex { HolidaySheet.kindNames.contains($0) }
        guard let date, let kind else {
            findings.add(.error, .noHolidayHeader, at: Position(file: file, line: number, column: 1))
            return nil
        }
        return (date, kind)
    }

    private func row(_ line: Substring, _ number: Int, _ date: Int, _ kind: Int) -> (day: Day, kind: SiteDays.Kind)? {
        let cells = cells(line)
        let dateText = date < cells.count ? cells[date] : ""
        let kindText = kind < cells.count ? cells[kind] : ""
        guard let day = HolidaySheet.day(dateText) else {
            tell(.badDate(dateText), number, date, line)
            return nil
        }
        switch kindText.lowercased() {
        case "holiday", "节假日", "假日", "放假", "休", "休息": return (day, .holiday)
        case "workday", "调休上班", "调休", "补班", "上班", "班": return (day, .workday)
        default:
            tell(.badDayKind(kindText), number, kind, line)
            return nil
        }
    }

    private func tell(_ fault: UnplacedDiagnostic, _ line: Int, _ column: Int, _ text: Substring) {
        let before = text.split(separator: separator, omittingEmptySubsequences: false).prefix(column)
        let at = before.reduce(1) { $0 + $1.unicodeScalars.count + 1 }
        let letter = Unicode.Scalar(UInt8(ascii: "A") + UInt8(min(column, 25)))
        findings.add(
            row: fault, at: Position(file: file, line: line, column: at),
            cell: Diagnostic.Cell(letter: String(Character(letter)), header: headers[column]))
    }

    private func cells(_ line: Substring) -> [String] {
        line.split(separator: separator, omittingEmptySubsequences: false).map { cell in
            String(cell).trimmingCharacters(
                in: CharacterSet.whitespaces.union(CharacterSet(charactersIn: "\"\u{FEFF}")))
        }
    }

    /// 2024-05-01, 2024/5/1, 2024年5月1日; nil for anything else.
    private static func day(_ text: String) -> Day? {
        var text = text
        if text.hasSuffix("日") { text.removeLast() }
        let parts = text.split(omittingEmptySubsequences: false) { "-/年月".contains($0) }
        guard parts.count == 3, parts[0].utf8.count == 4,
            parts.allSatisfy({ (1...4).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        return Day(year: year, month: month, day: day)
    }
}

extension SettingsReader {
    /// - Returns: nil where the file cannot be read, or is no sheet; told.
    func holidays(_ section: Section) -> SiteDays? {
        guard let path = section.path("holidays") else { return nil }
        do throws(FileError) {
            return HolidaySheet.read(try readFile(path), file: path, findings: findings)
        } catch {
            section.error(.unreadable(path, error), at: "holidays")
            return nil
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static let noHolidayHeader = UnplacedDiagnostic(
        code: "holidays.no-header",
        what: LocalizedText(zh: "没有 date 和 kind 两列的表头", en: "there is no header line with the columns date and kind"),
        remedy: LocalizedText(
            zh: "第一行写 date,kind,name(或 日期,类型,名称)", en: "write date,kind,name as the first line"))

    fileprivate static let tooManyRows = UnplacedDiagnostic(
        code: "holidays.too-many-rows",
        what: LocalizedText(
            zh: "超过 \(HolidaySheet.rowsMax) 行，不像节假日表",
            en: "no sheet of holidays has more than \(HolidaySheet.rowsMax) lines"),
        remedy: LocalizedText(zh: "请检查是否指错了文件", en: "check that this is the right file"))

    fileprivate static func badDate(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "holidays.bad-date",
            what: LocalizedText(
                zh: "“\(text.shown)”不是日期，此行未用", en: "\"\(text.shown)\" is no date; the row is left out"),
            remedy: LocalizedText(zh: "写成 2026-10-01", en: "write it as 2026-10-01"))
    }

    fileprivate static func badDayKind(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "holidays.bad-kind",
            what: LocalizedText(
                zh: "“\(text.shown)”不是日子的类型，此行未用", en: "\"\(text.shown)\" is no kind of day; the row is left out"),
            remedy: LocalizedText(
                zh: "写 holiday（节假日）或 workday（调休上班）", en: "write holiday, or workday for a make-up day"))
    }

    fileprivate static func twoKinds(_ line: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "holidays.two-kinds",
            what: LocalizedText(
                zh: "第 \(line) 行说这一天是另一种，此行未用", en: "line \(line) says otherwise of this day; the row is left out"),
            remedy: LocalizedText(zh: "请删除其中一行", en: "delete one of the two"))
    }
}

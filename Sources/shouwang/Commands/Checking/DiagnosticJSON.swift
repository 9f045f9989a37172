import Community
import Diagnostics
import JSONWriting
import RecordLog
import SiteConfiguration

/// A diagnostic as one JSON object, for editors and scripts.
enum DiagnosticJSON {
    static func line(_ diagnostic: Diagnostic, _ language: Language) -> String {
        JSONWriter.text { writer in
            writer.text("severity", diagnostic.severity.rawValue)
            writer.text("code", diagnostic.code)
            writer.text("file", diagnostic.file)
            writer.number("line", diagnostic.line)
            writer.number("column", diagnostic.column)
            if let cell = diagnostic.cell {
                writer.text("letter", cell.letter)
                writer.text("header", cell.header)
            }
            writer.text("what", diagnostic.what.text(in: language))
            writer.text("remedy", diagnostic.remedy.text(in: language))
        }
    }
}

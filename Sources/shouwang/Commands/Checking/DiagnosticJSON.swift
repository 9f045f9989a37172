import Community
import Diagnostics
import RecordLog
import SiteConfiguration

/// A diagnostic as one JSON object, for editors and scripts.
enum DiagnosticJSON {
    static func line(_ diagnostic: Diagnostic, _ language: Language) -> String {
        var out: [UInt8] = Array("{\"severity\":".utf8)
        func add(_ key: String, _ value: String) {
            out.append(contentsOf: ",\"\(key)\":".utf8)
            JSONText.appendString(value, to: &out)
        }
        JSONText.appendString(diagnostic.severity.rawValue, to: &out)
        add("code", diagnostic.code)
        add("file", diagnostic.file)
        out.append(contentsOf: ",\"line\":\(diagnostic.line),\"column\":\(diagnostic.column)".utf8)
        if let cell = diagnostic.cell {
            add("letter", cell.letter)
            add("header", cell.header)
        }
        add("what", diagnostic.what.text(in: language))
        add("remedy", diagnostic.remedy.text(in: language))
        out.append(0x7D)
        return String(decoding: out, as: UTF8.self)
    }
}

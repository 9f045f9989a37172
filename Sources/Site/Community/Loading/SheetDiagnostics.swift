import Diagnostics

/// What is wrong in a sheet, before the place is known. The table of all of it is in the extensions,
/// `SheetDiagnostics+Files`, `SheetDiagnostics+Cells` and `SheetDiagnostics+References`. The code is the suffix given
/// there until the sheet puts its name before it, and scripts rely on it.
extension UnplacedDiagnostic {
    init(_ severity: Diagnostic.Severity, _ suffix: String, _ what: LocalizedText, _ remedy: LocalizedText) {
        self.init(severity, code: suffix, what: what, remedy: remedy)
    }

    /// A value for a message: shortened, without line ends or control characters.
    static func shown(_ value: String) -> String {
        let scalars = value.unicodeScalars.prefix(40).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        return String(String.UnicodeScalarView(scalars)) + (value.unicodeScalars.count > 40 ? "…" : "")
    }

    /// `; did you mean …` in both languages, or nothing.
    static func meant(_ nearest: String?) -> LocalizedText {
        guard let nearest else { return LocalizedText(zh: "", en: "") }
        return LocalizedText(zh: "是不是“\(nearest)”？", en: "did you mean \"\(nearest)\"? ")
    }
}

/// A spreadsheet's name of a column: A … Z, AA …
func columnLetter(_ index: Int) -> String {
    var letters = ""
    var rest = index
    while rest >= 0 {
        letters = String(UnicodeScalar(UInt8(65 + rest % 26))) + letters
        rest = rest / 26 - 1
    }
    return letters
}

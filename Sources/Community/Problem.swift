import Diagnostics

/// What is wrong in a sheet, without the place where it stands. The table of all of them is in the extensions:
/// `Problem+Files`, `Problem+Cells`, `Problem+References`. A code is the sheet's name and the suffix given there, and
/// scripts rely on it.
struct Problem {
    var severity: Diagnostic.Severity
    var suffix: String
    var what: Phrase
    var remedy: Phrase

    init(_ severity: Diagnostic.Severity, _ suffix: String, _ what: Phrase, _ remedy: Phrase) {
        self.severity = severity
        self.suffix = suffix
        self.what = what
        self.remedy = remedy
    }

    /// A value for a message: shortened, without line ends or control characters.
    static func shown(_ value: String) -> String {
        let scalars = value.unicodeScalars.prefix(40).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        return String(String.UnicodeScalarView(scalars)) + (value.unicodeScalars.count > 40 ? "…" : "")
    }

    /// `; did you mean …` in both languages, or nothing.
    static func meant(_ nearest: String?) -> Phrase {
        guard let nearest else { return Phrase(zh: "", en: "") }
        return Phrase(zh: "是不是“\(nearest)”?", en: "did you mean \"\(nearest)\"? ")
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

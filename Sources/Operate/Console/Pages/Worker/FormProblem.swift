import Diagnostics

/// Why a form makes no act.
enum FormProblem: Error {
    /// No page of ours sends it.
    case malformed
    /// It is asked once more, with these fields.
    case wantsConfirmation([(name: String, value: String)])
    /// Somebody has to correct something.
    case wrong(LocalizedText)
}

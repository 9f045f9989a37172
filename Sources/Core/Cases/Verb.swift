/// What a person may do to a case: the words of the records under `$shouwang/act`. A test pins their spelling.
package enum Verb: String, Sendable, CaseIterable {
    case dispatch, ack, arrive, handle, check, close, reopen
    case `return`, suspend, resume, extend, merge, escalate, note
}

import CSIMDJSON
import CZlib
import Glibc

/// What cannot be opened or read at all; a damaged part inside a log is a ``Refusal``.
package enum LogError: Error, Equatable {
    case cannotOpen(path: String, reason: String)
    case notReadable(path: String, reason: String)
    case noSegments(path: String)
    /// What stood at the position was removed, or was never there.
    case positionGone(folder: String, position: JournalPosition)
}

import Foundation
import Timekeeping
package import Vocabulary

/// Which alerts are asked for. An empty list asks for any.
package struct AlertFilter: Equatable, Sendable {
    package var states: [String] = []
    package var severities: [Severity] = []
    package var kinds: [String] = []
    package var rules: [String] = []
    /// The alert's id begins so.
    package var prefix = ""
    /// Only alerts behind this one in the list: the last of the page before.
    package var after: AlertRow?
    /// 1 to 1,000.
    package var limit = 100

    package init() {}
}

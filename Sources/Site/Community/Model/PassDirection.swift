/// Which way a pass leads.
package enum PassDirection: String, Sendable {
    case `in`, out
}

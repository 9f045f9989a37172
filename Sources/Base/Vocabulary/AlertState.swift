/// Names that go over the wire; a test pins their spelling.
package enum AlertState: String, Sendable, CaseIterable {
    case open, dispatched, acknowledged
    case onSite = "on_site"
    case handled, suspended, resolved, closed
}

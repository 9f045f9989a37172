/// What a change is; the names are the contract's.
package enum ChangeKind: String, Sendable, CaseIterable {
    case raised, updated, renotified, dispatched, acknowledged, arrived, handled, checked, returned, suspended, resumed
    case extended, merged, escalated, noted, reopened, resolved, closed
}

/// Who may do what to a case: the one table that API, pages and commands ask.
package enum Rights {
    /// Whether an asker may see a case at all: a foreign one is as if it were not there.
    package static func sees(_ asker: Asker, _ facts: CaseFacts) -> Bool {
        if let alert = asker.linkedAlert { return alert == facts.alert }
        guard asker.role == .worker, !asker.grids.isEmpty, let grid = facts.grid else { return true }
        return asker.grids.contains(grid)
    }

    /// The verbs that are legal in this state and allowed to this asker, in the order of ``Verb``.
    package static func allowed(_ asker: Asker, _ facts: CaseFacts) -> [Verb] {
        Verb.allCases.filter { may($0, asker, facts) }
    }

    /// Whether the asker may do this, as far as it is legal in the state.
    package static func may(_ verb: Verb, _ asker: Asker, _ facts: CaseFacts) -> Bool {
        sees(asker, facts)
    }
}

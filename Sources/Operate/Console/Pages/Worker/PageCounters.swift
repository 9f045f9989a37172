import Synchronization

/// How the workers' pages are used, since the start.
package final class PageCounters: Sendable {
    package enum Event: String, Sendable, CaseIterable {
        /// A page was shown, an act went through, an act came too late.
        case shown, done, refused
        /// No such link; one that has ended; too often; a name that did not fit; a form of another site; the ledger or
        /// the journal could not.
        case unknown, ended, limited, unnamed, foreign, unavailable
    }

    private let counts = Mutex([Event: Int]())

    package init() {}

    func count(_ event: Event) { counts.withLock { $0[event, default: 0] += 1 } }

    /// For `/metrics`; no link and no name is in it.
    package var metrics: [Metric] {
        let counts = counts.withLock { $0 }
        return Event.allCases.map { event in
            Metric(
                "shouwang_worker_pages_total", "Requests for workers' pages, by what came of them.", .counter,
                Double(counts[event] ?? 0), ["outcome": event.rawValue])
        }
    }
}

package import Community
package import Ledger
package import SiteConfiguration
package import Timekeeping

/// What the workers' pages are made of; given by whoever composes the console.
package struct WorkerPageParts: Sendable {
    package var site: SiteSettings
    package var registry: Registry
    package var ledger: Ledger
    package var key: LinkKey
    package var desk: any CaseDesk
    /// How the box is reached from outside, without a slash at its end; nil: only as it is addressed.
    package var publicURL: String?
    /// Whether an alert's route lets whoever handled it check.
    package var mayCheckOwn: @Sendable (AlertRow) -> Bool = { _ in false }
    package var now: @Sendable () -> Instant
    /// Milliseconds of a clock that does not go back, for limits.
    package var steady: @Sendable () -> Int64
    /// Random bytes, for the keys of forms.
    package var random: @Sendable (Int) -> [UInt8]

    package init(
        site: SiteSettings, registry: Registry, ledger: Ledger, key: LinkKey, desk: any CaseDesk, publicURL: String?,
        now: @escaping @Sendable () -> Instant, steady: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.site = site
        self.registry = registry
        self.ledger = ledger
        self.key = key
        self.desk = desk
        self.publicURL = publicURL
        self.now = now
        self.steady = steady
        self.random = random
    }
}

import Cases
package import Community
package import Feeds
package import Ledger
package import Logging
package import SiteConfiguration
package import Timekeeping

/// What the console's API works with: whatever composes the daemon fills it.
package struct ConsoleParts: Sendable {
    package var ledger: Ledger
    package var registry: Registry
    package var settings: Settings
    package var desk: any CaseDesk
    /// Nil: no case can be made by hand.
    package var reports: (any ReportDesk)?
    package var log: Logger
    /// Wall time.
    package var now: @Sendable () -> Instant
    /// The folder of the photographs.
    package var photos: String
    /// The tokens of `console.tokens`.
    package var fixedTokens: [TokenRow] = []
    /// Refused records by code, since the watch began.
    package var refused: @Sendable () -> [String: Int] = { [:] }
    /// Sends a trial message over a channel; nil where no such channel can be used.
    package var testChannel: @Sendable (String) async -> ChannelTest? = { _ in nil }
    /// Raises a drill; its `id` is the person's and the key's. Nil: none can be made.
    package var drill: (@Sendable (Drill) async -> DrillAnswer)?
    /// Forgets a resident, or says what would become of what is kept of them. Nil: nobody can be forgotten.
    package var forget: (@Sendable (_ resident: String, _ isDry: Bool) async -> ForgetAnswer)?
    /// Something waits in the outbox again.
    package var wakeSender: @Sendable () -> Void = {}
    /// Whether the route of an alert lets whoever handled check.
    package var mayCheckOwn: @Sendable (AlertRow) -> Bool = { _ in false }
    /// How a case stands by its clocks, from its changes.
    package var clocks: (@Sendable (AlertRow, [LedgerChange]) -> CaseClockView?)?

    /// What the workers' pages work with; nil: there are none.
    package var pages: WorkerPageParts?

    package init(
        ledger: Ledger, registry: Registry, settings: Settings, desk: any CaseDesk, photos: String, log: Logger,
        now: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        self.registry = registry
        self.settings = settings
        self.desk = desk
        self.photos = photos
        self.log = log
        self.now = now
    }
}

package import ConfigReading
package import Diagnostics
package import Feeds
package import Timekeeping

/// A configuration that passed: every value is in its range, every name is known, every path is resolved against the
/// folder of the file in which it stands. Secrets are places, not values (``Secret``).
package struct Settings: Equatable, Sendable {
    package var site: SiteSettings
    package var mqtt: MQTTSettings
    /// The folder of the registry's CSV files.
    package var registry: String
    /// In the file's order; names are unique.
    package var feeds: [FeedSettings]
    package var store: StoreSettings
    /// In the file's order; names are unique.
    package var rules: [RuleSettings]
    /// The rules of life safety for what none of ``rules`` has in its scope.
    package var builtInRules: [RuleSettings] = []
    /// In the file's order, which is the order of matching.
    package var routes: [RouteSettings]
    package var channels: [ChannelSettings]
    /// nil: no console.
    package var console: ConsoleSettings?
    package var limits: LimitSettings
    /// Not acted on yet.
    package var heartbeat: HeartbeatSettings?
    /// The configuration file, as it was named.
    package var file: String
    /// What the daemon reads at its start besides this file, the registry and the mappings.
    package var needs: [NeededFile] = []
    /// Errors of `check` that a daemon runs with: each costs the key that it stands at, which older versions took.
    package var dropped: [Diagnostic] = []

    /// All that run: those of the file, then the built-in ones.
    package var allRules: [RuleSettings] { rules + builtInRules }

    package init(
        site: SiteSettings, mqtt: MQTTSettings, registry: String, feeds: [FeedSettings], store: StoreSettings,
        rules: [RuleSettings], routes: [RouteSettings], channels: [ChannelSettings], console: ConsoleSettings? = nil,
        limits: LimitSettings, heartbeat: HeartbeatSettings? = nil, file: String
    ) {
        self.site = site
        self.mqtt = mqtt
        self.registry = registry
        self.feeds = feeds
        self.store = store
        self.rules = rules
        self.routes = routes
        self.channels = channels
        self.console = console
        self.limits = limits
        self.heartbeat = heartbeat
        self.file = file
    }
}

package struct SiteSettings: Equatable, Sendable {
    /// Part of topics, alert ids and the default client id.
    package var id: String
    package var name: String
    package var zone: Zone
    package var language: Language
    /// Holidays and make-up days, as the sheet `site.holidays` has them.
    package var days: SiteDays

    package init(id: String, name: String, zone: Zone, language: Language, days: SiteDays = .none) {
        self.id = id
        self.name = name
        self.zone = zone
        self.language = language
        self.days = days
    }
}

package struct MQTTSettings: Equatable, Sendable {
    /// The protocol's own numbers.
    package enum Version: Int, Sendable {
        /// MQTT 3.1.1
        case v311 = 4
        case v5 = 5
    }

    package var broker: BrokerAddress
    package var clientID: String
    /// The publishing client's.
    package var outClientID: String { clientID + "-out" }
    package var username: String?
    package var password: SecretSource?
    package var tls: TLSSettings?
    /// 0 or 1.
    package var qos: Int
    package var version: Version
    /// How many messages may be unacknowledged at once; 1…65535.
    package var inflight: Int

    package init(
        broker: BrokerAddress, clientID: String, username: String? = nil, password: SecretSource? = nil,
        tls: TLSSettings? = nil, qos: Int, version: Version, inflight: Int
    ) {
        self.broker = broker
        self.clientID = clientID
        self.username = username
        self.password = password
        self.tls = tls
        self.qos = qos
        self.version = version
        self.inflight = inflight
    }
}

/// Paths of PEM files. `cert` and `key` are both there or both not.
package struct TLSSettings: Equatable, Sendable {
    package var ca: String?
    package var cert: String?
    package var key: String?

    package init(ca: String? = nil, cert: String? = nil, key: String? = nil) {
        self.ca = ca
        self.cert = cert
        self.key = key
    }
}

package struct StoreSettings: Equatable, Sendable {
    package enum Sync: Equatable, Sendable {
        /// Each batch is on disk before it is acknowledged.
        case batch
        /// At most this much is lost in a power cut.
        case interval(Milliseconds)
        case off
    }

    package var path: String
    package var sync: Sync
    package var keep: Milliseconds
    /// Bytes that the journal may take.
    package var max: Int64
    /// Bytes of one segment; at most a quarter of ``max``.
    package var segment: Int64
    /// How often the state is kept, so that a start need not step over the whole journal.
    package var snapshot: Milliseconds

    package init(
        path: String, sync: Sync, keep: Milliseconds, max: Int64, segment: Int64, snapshot: Milliseconds = .minutes(10)
    ) {
        self.path = path
        self.sync = sync
        self.keep = keep
        self.max = max
        self.segment = segment
        self.snapshot = snapshot
    }
}

package struct ConsoleSettings: Equatable, Sendable {
    package var listen: ListenAddress
    /// Not acted on yet.
    package var publicURL: WebAddress?
    /// Not acted on yet.
    package var tokens: SecretSource?

    package init(listen: ListenAddress, publicURL: WebAddress? = nil, tokens: SecretSource? = nil) {
        self.listen = listen
        self.publicURL = publicURL
        self.tokens = tokens
    }
}

/// Bounds of what may pile up (invariant 8).
package struct LimitSettings: Equatable, Sendable {
    /// Bytes of the largest payload that is read.
    package var payload: Int
    /// Refused records that are kept.
    package var rejects: Int
    /// Rows of the outbox.
    package var outbox: Int

    package init(payload: Int, rejects: Int, outbox: Int) {
        self.payload = payload
        self.rejects = rejects
        self.outbox = outbox
    }
}

package struct HeartbeatSettings: Equatable, Sendable {
    package var url: WebAddress
    package var every: Milliseconds

    package init(url: WebAddress, every: Milliseconds) {
        self.url = url
        self.every = every
    }
}

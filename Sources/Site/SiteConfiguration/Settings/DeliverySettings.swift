package import ConfigReading
package import Diagnostics
package import Timekeeping
package import Vocabulary

/// Who is told of what. The first route that matches is taken, and the next ones too where it says `continue`.
package struct RouteSettings: Equatable, Sendable {
    package var match: RouteMatch
    /// Not empty.
    package var to: [Target]
    /// Ascending; not acted on yet.
    package var escalate: [EscalationSettings]
    package var `continue`: Bool
    package var position: Position

    package init(
        match: RouteMatch, to: [Target], escalate: [EscalationSettings], `continue`: Bool, position: Position
    ) {
        self.match = match
        self.to = to
        self.escalate = escalate
        self.continue = `continue`
        self.position = position
    }
}

/// An empty list matches all; of a list that is not, one must fit; all lists must hold.
package struct RouteMatch: Equatable, Sendable {
    package var kind: [RuleKind] = []
    package var severity: [Severity] = []
    package var verdict: [String] = []
    package var place: [String] = []

    package init(kind: [RuleKind] = [], severity: [Severity] = [], verdict: [String] = [], place: [String] = []) {
        self.kind = kind
        self.severity = severity
        self.verdict = verdict
        self.place = place
    }
}

package struct EscalationSettings: Equatable, Sendable {
    package var after: Milliseconds
    package var to: [Target]

    package init(after: Milliseconds, to: [Target]) {
        self.after = after
        self.to = to
    }
}

/// Somebody or something that can be told.
package enum Target: Hashable, Sendable {
    /// A channel of this configuration, by name.
    case channel(String)
    /// A worker's role in the registry, in the spelling with `-`; `department:NAME` keeps the name.
    case role(String)
    /// A worker's id in the registry, which `check` looks up.
    case worker(String)

    package static let roles = ["grid-worker", "guard", "property", "community", "street", "family", "volunteers"]
}

package struct ChannelSettings: Equatable, Sendable {
    package var name: String
    package var kind: ChannelKind
    package var parameters: ChannelParameters
    package var position: Position

    package init(name: String, kind: ChannelKind, parameters: ChannelParameters, position: Position) {
        self.name = name
        self.kind = kind
        self.parameters = parameters
        self.position = position
    }
}

package enum ChannelParameters: Equatable, Sendable {
    case webhook(WebhookSettings)
    case wecom(WeComSettings)
    case mqtt(MQTTChannelSettings)

    /// The authorities of its own; nil where the system's are trusted, or nothing goes over HTTP.
    package var ca: CertificateFile? {
        switch self {
        case .webhook(let webhook): webhook.ca
        case .wecom(let wecom): wecom.ca
        case .mqtt: nil
        }
    }

    /// The longest wait for an answer; nil where nothing goes over HTTP.
    package var timeout: Milliseconds? {
        switch self {
        case .webhook(let webhook): webhook.timeout
        case .wecom(let wecom): wecom.timeout
        case .mqtt: nil
        }
    }
}

/// A file of PEM certificates: the authorities that a channel trusts in place of the system's.
package struct CertificateFile: Equatable, Sendable {
    /// Resolved.
    package var path: String
    /// Where the configuration names it.
    package var position: Position

    package init(path: String, position: Position) {
        self.path = path
        self.position = position
    }
}

package struct WebhookSettings: Equatable, Sendable {
    package var url: WebAddress
    /// The key of the signature; nil: requests are not signed.
    package var secret: SecretSource?
    /// In place of the URL's scheme, host and port.
    package var baseURL: WebAddress?
    package var timeout: Milliseconds
    package var ca: CertificateFile?

    package init(
        url: WebAddress, secret: SecretSource? = nil, baseURL: WebAddress? = nil, timeout: Milliseconds,
        ca: CertificateFile? = nil
    ) {
        self.url = url
        self.secret = secret
        self.baseURL = baseURL
        self.timeout = timeout
        self.ca = ca
    }
}

package struct WeComSettings: Equatable, Sendable {
    package var key: SecretSource
    package var baseURL: WebAddress
    /// Member ids; `@all` is everybody.
    package var mention: [String]
    package var timeout: Milliseconds
    package var ca: CertificateFile?

    package init(
        key: SecretSource, baseURL: WebAddress, mention: [String], timeout: Milliseconds, ca: CertificateFile? = nil
    ) {
        self.key = key
        self.baseURL = baseURL
        self.mention = mention
        self.timeout = timeout
        self.ca = ca
    }
}

package struct MQTTChannelSettings: Equatable, Sendable {
    /// May hold `{site}`, `{id}` and the other names of the settings reference.
    package var topic: String
    package var retain: Bool

    package init(topic: String, retain: Bool) {
        self.topic = topic
        self.retain = retain
    }
}

/// The ways to tell somebody (`kind:` of a channel).
package enum ChannelKind: String, Sendable, CaseIterable {
    case webhook, wecom
    case wecomApp = "wecom_app"
    case dingtalk, feishu, mqtt, smtp, sms, ntfy, gotify, bark, http, cap, exec

    /// The channels that this version sends through.
    package static let built: Set<ChannelKind> = [.webhook, .wecom, .mqtt]

    /// Whether it takes a change's JSON; the others take words.
    package var takesChanges: Bool { self == .webhook || self == .mqtt }
}

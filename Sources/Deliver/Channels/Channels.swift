package import ConfigReading

/// The kinds of channel that this version sends through: the one list of them. A kind is a folder beside this file; to
/// add one, copy a folder and its test, and add a line here.
package enum Channels {
    package static let all: [any ChannelSettings.Type] = [
        WebhookSettings.self,
        WeComSettings.self,
        MQTTChannelSettings.self,
    ]

    /// The names that the contract has for kinds, in its order. Those without a line above are not built yet.
    private static let contract = [
        "webhook", "wecom", "wecom_app", "dingtalk", "feishu", "mqtt", "smtp", "sms", "ntfy", "gotify", "bark", "http",
        "cap", "exec",
    ]

    /// What `kind:` may say; ``kind(named:)`` has those that are built.
    package static let names = contract + built.filter { !contract.contains($0) }

    /// What `kind:` says of the kinds that are built.
    package static let built = all.map { $0.kind }

    package static func kind(named name: String) -> (any ChannelSettings.Type)? { all.first { $0.kind == name } }

    /// The keys of all kinds, beside `kind` itself, in the form of the settings table.
    package static let keys: [SettingKey] = ChannelKeys.merged(all, under: "channels.*")
}
